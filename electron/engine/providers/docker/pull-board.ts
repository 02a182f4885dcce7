import type { StepPart } from '../../../../shared/contract/operations.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Progress } from '../provider.ts';
import type { Pulled } from './pull.ts';
import { createPullProgress, type PullProgress } from './pull-progress.ts';
import { createRate } from './pull-rate.ts';

/** What one image's pull tells while it runs. */
export interface Row {
  readonly progress: PullProgress;
  begin(): void;
  /** After each line of the engine that changed something. */
  changed(): void;
  retry(words: string): void;
  done(pulled: Pulled): void;
  /** With the reason in words. */
  failed(reason: string): void;
}

export interface Board {
  row(image: string): Row;
  /** Once a second: a line that stands still tells nothing, and its rate must not stay as it was. */
  tick(): void;
}

type Entry = { part: StepPart; readonly counts: PullProgress; readonly rate: ReturnType<typeof createRate> };

/** One row per image, shown as the parts of a step, and their sum as the step's progress. */
export function createBoard(clock: Clock, images: readonly string[], progress: Progress): Board {
  const entries = new Map<string, Entry>();
  for (const name of images) {
    const part: StepPart = { name, state: 'waiting', progress: null, perSecond: null, detail: null };
    entries.set(name, { part, counts: createPullProgress(), rate: createRate(clock) });
  }

  const show = (): void => {
    const all = [...entries.values()];
    progress.parts?.(all.map((entry) => entry.part));
    const { done, total } = sumOf(all);
    if (done > 0 || (total !== null && total > 0)) progress.progress(done, total, 'bytes');
    const busy = all.filter((entry) => entry.part.state === 'running').map((entry) => entry.part.name);
    const [first] = busy;
    if (first === undefined) return;
    progress.detail(`Pulling ${first}${busy.length > 1 ? ` and ${busy.length - 1} more` : ''}`);
  };
  const set = (entry: Entry, change: Partial<StepPart>): void => {
    entry.part = { ...entry.part, ...change };
    show();
  };

  return {
    row(image) {
      const entry = entries.get(image);
      if (entry === undefined) throw new Error(`${image} is not among those to pull`);
      return createRow(clock, image, entry, (change) => set(entry, change), progress);
    },
    tick() {
      for (const entry of entries.values()) {
        if (entry.part.state !== 'running' || entry.part.perSecond === null) continue;
        set(entry, { perSecond: entry.rate.take(entry.counts.sums().done) });
      }
    },
  };
}

function createRow(
  clock: Clock,
  image: string,
  { counts, rate }: Entry,
  set: (change: Partial<StepPart>) => void,
  progress: Progress,
): Row {
  let startedAt = clock.monotonic();
  return {
    progress: counts,
    begin() {
      startedAt = clock.monotonic();
      set({ state: 'running', detail: counts.words() });
    },
    changed() {
      for (const layer of counts.finished()) {
        if (layer.bytes > 0) progress.log(`${image}: layer ${layer.id}, ${sizeText(layer.bytes)} downloaded.`);
      }
      const sums = counts.sums();
      set({ progress: measured(sums), perSecond: rate.take(sums.done), detail: counts.words() });
    },
    retry(words) {
      progress.log(words);
      set({ perSecond: null, detail: 'The connection was lost; trying again' });
    },
    done(pulled) {
      const { done } = counts.sums();
      const { all, here } = counts.layers();
      const digest = pulled.digest === null ? '' : `, ${pulled.digest}`;
      const seconds = Math.max(0.1, (clock.monotonic() - startedAt) / 1000).toFixed(1);
      const words = all === 0 ? 'Here' : `${all - here} of ${all} layers new`;
      progress.log(
        pulled.upToDate
          ? `${image} is up to date${digest}.`
          : `Pulled ${image}: ${words}, ${sizeText(done)} in ${seconds} s${digest}.`,
      );
      set({
        state: 'done',
        progress: measured({ done, total: done }),
        perSecond: null,
        detail: pulled.upToDate ? 'Up to date' : words,
      });
    },
    failed(reason) {
      set({ state: 'failed', perSecond: null, detail: reason });
    },
  };
}

type Sums = { readonly done: number; readonly total: number | null };

/** Null while nothing was or will be downloaded, as far as is known. */
function measured({ done, total }: Sums): StepPart['progress'] {
  return done === 0 && (total === null || total === 0) ? null : { done, total, unit: 'bytes' };
}

/** Until every image has said how large it is, nobody knows the whole. */
function sumOf(all: readonly Entry[]): Sums {
  let done = 0;
  let total: number | null = 0;
  for (const { part, counts } of all) {
    const sums = counts.sums();
    const ended = part.state === 'done' || part.state === 'failed';
    const known: number | null = ended ? sums.done : sums.total;
    done += sums.done;
    total = total === null || known === null ? null : total + known;
  }
  return { done, total };
}

/** As the window writes sizes: powers of 1000. */
function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
