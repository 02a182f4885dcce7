import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../shared/contract/settings.ts';
import type { AppState, StateEvent } from '../../../shared/contract/streams.ts';
import { systemClock } from '../platform/clock.ts';
import { createStateHub } from './hub.ts';

const empty: AppState = {
  engines: [],
  environments: [],
  discovered: [],
  operations: [],
  images: [],
  store: null,
  watch: { incidents: [], notices: [], pausedUntil: {}, snoozes: [], tellWhenHealthy: [] },
  routineRuns: [],
  settings: defaultSettings,
};

function removed(id: string): { type: 'environment.removed'; id: string } {
  return { type: 'environment.removed', id };
}

describe('state hub', () => {
  it('sends a snapshot first, then changes in order, the newest of each thing only', async () => {
    const hub = createStateHub({ epoch: 'e1', snapshot: () => empty, clock: systemClock });
    const stop = new AbortController();
    const seen: StateEvent[] = [];
    for await (const event of hub.watch(undefined, stop.signal)) {
      seen.push(event);
      if (event.kind === 'snapshot') {
        hub.publish(removed('a/main'));
        hub.publish(removed('b/main'));
        hub.publish(removed('a/main'));
      } else {
        stop.abort();
      }
    }
    expect(seen[0]).toMatchObject({ kind: 'snapshot', seq: 0 });
    expect(seen[1]).toMatchObject({ kind: 'changes', seq: 3, changes: [{ id: 'b/main' }, { id: 'a/main' }] });
  });

  it('resumes after a known sequence number and starts over in another epoch', async () => {
    const hub = createStateHub({ epoch: 'e1', snapshot: () => empty, clock: systemClock });
    hub.publish(removed('a/main'));
    hub.publish(removed('b/main'));
    const first = async (since: { epoch: string; seq: number }): Promise<StateEvent | undefined> => {
      for await (const event of hub.watch(since, new AbortController().signal)) return event;
      return undefined;
    };
    expect(await first({ epoch: 'e1', seq: 1 })).toMatchObject({
      kind: 'changes',
      seq: 2,
      changes: [{ id: 'b/main' }],
    });
    expect(await first({ epoch: 'e0', seq: 1 })).toMatchObject({ kind: 'snapshot', seq: 2 });
    expect(await first({ epoch: 'e1', seq: 99 })).toMatchObject({ kind: 'snapshot' });
  });

  it('ends and lets go when the reader leaves', async () => {
    const hub = createStateHub({ epoch: 'e1', snapshot: () => empty, clock: systemClock });
    const stop = new AbortController();
    const stream = hub.watch(undefined, stop.signal);
    await stream.next();
    const waiting = stream.next();
    stop.abort();
    expect(await waiting).toMatchObject({ done: true });
  });
});
