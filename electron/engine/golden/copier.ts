import { AppError } from '../../../shared/errors.ts';
import type { StepContext } from '../operations/types.ts';
import { copyDeadline, type Golden } from './context.ts';
import type { Worker } from './helper.ts';
import { plainRoot } from './layout.ts';
import { catchUpTrees, compareTrees, copyAhead, copyTrees } from './scripts/copy.ts';
import { compareHashes, hashAhead } from './scripts/hashes.ts';
import { stopwatch } from './stopwatch.ts';
import type { Way } from './store.ts';

/** One tree to copy: both paths as a worker sees them, relative to the store or absolute. */
export interface CopyJob {
  readonly label: string;
  readonly source: string;
  readonly destination: string;
  readonly way: Way;
  readonly bytes: number;
  /** The source will go: contents are compared with it too, not only names and attributes. Copies only. */
  readonly hashed?: boolean;
}

/** A reflink of everything that takes no longer than this is simply made again while the services are frozen. */
const quickCloneMs = 250;
/** Catch-up passes go on beside the running services until one is this short, or does not get shorter. */
const shortPassMs = 400;
const maxPasses = 5;
const tickSeconds = '0.5';

export type AheadMode = 'whole' | 'delta';

/** Copies trees in two parts: ahead, while they change, and the rest, while they hold still. */
export interface Copier {
  /** Copies beside the running services. Says what is left for the frozen part. */
  ahead(step: StepContext): Promise<AheadMode>;
  /** Hashes what is to be hashed, beside the running services, so that only what changes later is left. */
  hash(step: StepContext): Promise<void>;
  /** The sources hold still now: makes the copies equal. */
  rest(mode: AheadMode, signal: AbortSignal): Promise<void>;
  /** Compares what was copied with what the sources held. Throws when they differ. */
  check(mode: AheadMode, signal: AbortSignal): Promise<void>;
}

export function createCopier(golden: Golden, worker: Worker, operationId: string, jobs: readonly CopyJob[]): Copier {
  const groups = (['reflink', 'copy'] as const)
    .map((way) => ({ way, work: `${operationId}/${way}`, jobs: jobs.filter((job) => job.way === way) }))
    .filter((group) => group.jobs.length > 0);
  const bytes = jobs.reduce((sum, job) => sum + job.bytes, 0);
  const timeoutMs = copyDeadline(bytes);
  const pairs = (group: { readonly jobs: readonly CopyJob[] }): string[] =>
    group.jobs.flatMap((job) => [job.source, job.destination]);

  async function catchUp(live: boolean, signal: AbortSignal): Promise<void> {
    for (const group of groups) {
      await worker.run(catchUpTrees, [group.way, worker.grade, live ? '1' : '0', group.work, ...pairs(group)], {
        signal,
        operationId,
        timeoutMs,
        what: 'copy what changed meanwhile',
      });
    }
  }

  const copies = groups.find((group) => group.way === 'copy');
  const hashed = (copies?.jobs ?? []).flatMap((job, index) =>
    job.hashed === true ? [String(index), job.source, job.destination] : [],
  );

  return {
    async hash(step) {
      if (copies === undefined || hashed.length === 0) return;
      await worker.run(hashAhead, [copies.work, ...hashed], {
        signal: step.signal,
        operationId,
        timeoutMs: timeoutMs * 2,
        what: 'hash the data',
        onLine: (line) => {
          const index = /^hashing (\d+)$/.exec(line)?.[1];
          if (index !== undefined) step.detail(`Hashing ${copies.jobs[Number(index)]?.label ?? 'the data'}`);
        },
      });
      await catchUp(true, step.signal);
    },
    async ahead(step) {
      const meter = createMeter(step, bytes);
      const time = stopwatch(golden.clock);
      for (const group of groups) {
        await worker.run(copyAhead, [group.way, tickSeconds, group.work, ...pairs(group)], {
          signal: step.signal,
          operationId,
          timeoutMs,
          what: 'copy the data',
          onLine: meter.line(group.jobs),
        });
        meter.done(group.jobs);
      }
      const first = time();
      step.log(`The first pass took ${first} ms.`);
      if (groups.every((group) => group.way === 'reflink') && first <= quickCloneMs) return 'whole';
      let before = Number.POSITIVE_INFINITY;
      for (let pass = 2; pass <= maxPasses; pass++) {
        const took = stopwatch(golden.clock);
        await catchUp(true, step.signal);
        const ms = took();
        step.log(`Pass ${pass} took ${ms} ms.`);
        if (ms <= shortPassMs || ms > before * 0.7) break;
        before = ms;
      }
      return 'delta';
    },
    async rest(mode, signal) {
      if (mode === 'delta') {
        await catchUp(false, signal);
        return;
      }
      for (const group of groups) {
        await worker.run(copyTrees, [group.way, tickSeconds, group.work, ...pairs(group)], {
          signal,
          operationId,
          timeoutMs,
          what: 'clone the data',
        });
      }
    },
    async check(mode, signal) {
      if (mode === 'whole') return;
      for (const group of groups) {
        const lines = await worker.run(compareTrees, [group.work, ...group.jobs.map((job) => job.destination)], {
          signal,
          operationId,
          timeoutMs,
          what: 'compare the copy with the data',
        });
        const bad = /^differs (\d+)/.exec(lines.find((line) => line.startsWith('differs')) ?? '')?.[1];
        if (bad !== undefined) throw changedMeanwhile(group.jobs[Number(bad)]?.label ?? '');
      }
      if (copies === undefined || hashed.length === 0) return;
      const options = { signal, operationId, timeoutMs, what: 'compare the hashes of the copy with those of the data' };
      const lines = await worker.run(compareHashes, [copies.work, ...hashed], options);
      const bad = /^differs (\d+)/.exec(lines.find((line) => line.startsWith('differs')) ?? '')?.[1];
      if (bad !== undefined) throw changedMeanwhile(copies.jobs[Number(bad)]?.label ?? '');
    },
  };
}

/** Where a worker sees the nth plain volume. */
export const plainPath = (index: number): string => `${plainRoot}/${index}`;

type Measured = Pick<CopyJob, 'label' | 'bytes'>;

/** Adds up the `progress <index> <bytes>` lines of the copy scripts. */
export function createMeter(step: StepContext, total: number) {
  let finished = 0;
  return {
    line: (jobs: readonly Measured[]) => (text: string) => {
      const [, index, bytes] = /^progress (\d+) (\d+)$/.exec(text) ?? [];
      if (index === undefined || bytes === undefined) return;
      const earlier = jobs.slice(0, Number(index)).reduce((sum, job) => sum + job.bytes, 0);
      step.progress(Math.min(total, finished + earlier + Number(bytes)), total, 'bytes');
      step.detail(`Copying ${jobs[Number(index)]?.label ?? 'the data'}`);
    },
    done(jobs: readonly Measured[]): void {
      finished += jobs.reduce((sum, job) => sum + job.bytes, 0);
      step.progress(Math.min(total, finished), total, 'bytes');
    },
  };
}

function changedMeanwhile(volume: string): AppError {
  return new AppError({
    code: 'golden.corrupt',
    message: `The copy of volume ${volume} does not match the data it was made from.`,
    remedy: 'Check that nothing outside the stack writes to the volume, and capture again. No image was made.',
    details: { volume },
  });
}
