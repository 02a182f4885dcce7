import type { Clock } from '../../platform/clock.ts';
import type { DockerClient } from './client.ts';
import { openEvents } from './events.ts';

/** Says when containers changed, so that whoever waits for them looks again at once and need not ask all the time. */
export interface Changes {
  /** Where the report stands. Take it before looking: what happens during the look is not missed then. */
  mark(): number;
  /**
   * Resolves when something has happened to one of these containers since the mark, at the latest after `heard` ms, or
   * `unheard` ms while the engine's events cannot be heard. Rejects when the signal is aborted.
   */
  next(ids: readonly string[], since: number, ms: { readonly heard: number; readonly unheard: number }): Promise<void>;
}

/** Listens to the events of one project from the first `next` on, until the signal ends. */
export function createChanges(
  { client, clock }: { readonly client: DockerClient; readonly clock: Clock },
  projectName: string,
  signal: AbortSignal,
): Changes {
  const waiting = new Set<{ readonly ids: readonly string[]; readonly wake: () => void }>();
  const last = new Map<string, number>();
  let count = 0;
  let state: 'unopened' | 'unheard' | 'heard' = 'unopened';

  const wakeAll = (): void => {
    for (const each of [...waiting]) each.wake();
  };

  async function listen(): Promise<void> {
    state = 'unheard';
    await openEvents(
      client,
      { signal, projectName },
      ({ containerId }) => {
        count += 1;
        last.set(containerId, count);
        for (const each of [...waiting]) if (each.ids.includes(containerId)) each.wake();
      },
      () => {
        state = 'unheard';
        wakeAll();
      },
    );
    state = 'heard';
    // What happened before the engine accepted is found by looking once more.
    wakeAll();
  }

  return {
    mark: () => count,
    async next(ids, since, ms) {
      // Without events it goes by the clock alone.
      if (state === 'unopened') listen().catch(() => undefined);
      if (ids.some((id) => (last.get(id) ?? 0) > since)) return;
      const woken = new AbortController();
      const entry = { ids, wake: () => woken.abort() };
      waiting.add(entry);
      try {
        const either = AbortSignal.any([signal, woken.signal]);
        await clock.sleep(state === 'heard' ? ms.heard : ms.unheard, either).catch(() => undefined);
      } finally {
        waiting.delete(entry);
      }
      signal.throwIfAborted();
    },
  };
}
