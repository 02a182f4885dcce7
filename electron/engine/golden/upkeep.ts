import { z } from 'zod';
import { environmentId } from '../../../shared/contract/common.ts';
import type { OperationKind } from '../operations/types.ts';
import { labels } from '../providers/provider.ts';
import type { Golden } from './context.ts';
import { removeContainer } from './engine-facts.ts';
import { sweepStore } from './scripts/store.ts';
import { collectExpired } from './switch.ts';
import { done } from './switch-parts.ts';
import { measuringRole } from './users.ts';

const minute = 60_000;
const hour = 60 * minute;
/** What nobody has claimed for so long is left over. */
const leftOverAfter = 24 * hour;

const tidyInput = z.object({ environmentId, key: z.string() });
export type TidyInput = z.infer<typeof tidyInput>;

/** Removes undo points whose time is over, in turn with everything else that happens to the environment. */
export function tidyKind(golden: Golden): OperationKind<TidyInput> {
  return {
    kind: 'golden.tidy',
    input: tidyInput,
    title: (input) => `Remove undo points of ${input.environmentId} whose time is over`,
    environmentId: (input) => input.environmentId,
    async run(input, context) {
      await context.step('remove', { title: 'Delete their data', result: done }, async (step) => {
        await golden.store.scan(step.signal);
        await collectExpired(golden, input.key, step.signal);
        return {};
      });
      return { summary: `Removed undo points of ${input.environmentId} whose time was over.` };
    },
    async undo() {
      // What was not removed yet is, the next time.
    },
  };
}

export interface Upkeep {
  /** One round: looks for expired undo points and, once a day, for what ended operations left in the store. */
  round(signal: AbortSignal): Promise<void>;
  /** Rounds until the signal is aborted: one soon, then hourly. */
  keep(signal: AbortSignal): Promise<void>;
}

export function createUpkeep(golden: Golden, tidy: OperationKind<TidyInput>): Upkeep {
  /** When each engine's store was swept last, ms of the monotonic clock. */
  const swept = new Map<string, number>();

  async function round(signal: AbortSignal): Promise<void> {
    if (!(await golden.helper.exists(signal))) return;
    const content = await golden.store.known(signal);
    const now = golden.clock.now().toISOString();
    for (const environment of content.environments.values()) {
      const busy = golden.operations.busy().some((each) => each.environmentId === environment.environmentId);
      const expired = [...environment.generations.values()].some(
        (each) => each.generation.id !== environment.currentId && each.left !== null && each.left.keptUntil < now,
      );
      if (busy || !expired) continue;
      golden.operations.start(
        tidy,
        { environmentId: environment.environmentId, key: environment.key },
        { who: 'upkeep', reason: 'their time is over', service: null },
      );
    }
    const { engineId } = golden.docker();
    const last = swept.get(engineId);
    if (last !== undefined && golden.clock.monotonic() - last < leftOverAfter) return;
    await sweep(golden, signal);
    swept.set(engineId, golden.clock.monotonic());
  }

  return {
    round,
    async keep(signal) {
      for (let pause = minute; ; pause = hour) {
        await golden.clock.sleep(pause, signal);
        try {
          await round(signal);
        } catch {
          signal.throwIfAborted();
          // No engine, or one that has other worries. The next round finds the same.
        }
      }
    },
  };
}

/** Removes what operations that are over left behind: unfinished copies in the store, containers that copied. */
async function sweep(golden: Golden, signal: AbortSignal): Promise<void> {
  const unfinished = golden.operations.busy().map((each) => each.id);
  await golden.helper.run(sweepStore, [String(leftOverAfter / minute), ...unfinished], {
    signal,
    what: 'remove what ended operations left behind',
    timeoutMs: 600_000,
  });
  const docker = golden.docker();
  const oldest = golden.clock.now().getTime() - leftOverAfter;
  for (const role of ['worker', 'probe', measuringRole]) {
    const found = await docker.call('list left-over containers', { signal }, (api, abortSignal) =>
      api.listContainers({ all: true, filters: { label: [`${labels.role}=${role}`] }, abortSignal }),
    );
    for (const container of found) {
      const claimed = unfinished.some((id) => container.Names.some((name) => name.includes(id)));
      if (claimed || container.Created * 1000 > oldest) continue;
      await removeContainer(docker, container.Id, signal);
    }
  }
}
