import type { Clock } from '../platform/clock.ts';
import { createBatcher } from '../streams/batches.ts';
import type { Flows } from '../streams/flow.ts';

/** Of each step the last so many characters are kept. */
const keptCharacters = 64 * 1024;
const batchBytes = 64 * 1024;
const bufferedBytes = 1024 * 1024;

interface Tail {
  text: string;
  dropped: number;
  ended: boolean;
  readonly readers: Set<{ push(text: string): void; end(): void }>;
}

export interface OutputBook {
  add(runId: string, step: string, text: string): void;
  /** No more comes. Returns what was kept; undefined: nothing was written. */
  end(runId: string, step: string): string | undefined;
  /** It begins anew. */
  clear(runId: string, step: string): void;
  follow(
    at: { readonly runId: string; readonly step: string; readonly flow: { streamId: string; window: number } },
    before: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<{ text: string; dropped: number }, void, undefined>;
}

/** What steps write, while they do: a bounded tail of each, and whoever reads along. */
export function createOutputBook(deps: {
  readonly clock: Clock;
  readonly flows: Flows;
  /** Takes out of a text what must not be shown or kept. */
  readonly hide?: (text: string) => string;
}): OutputBook {
  const hide = deps.hide ?? ((text) => text);
  const tails = new Map<string, Tail>();
  const keyOf = (runId: string, step: string): string => `${runId}/${step}`;

  return {
    add(runId, step, written) {
      if (written === '') return;
      const text = hide(written);
      const key = keyOf(runId, step);
      const tail = tails.get(key) ?? { text: '', dropped: 0, ended: false, readers: new Set() };
      tails.set(key, tail);
      const joined = tail.text + text;
      const over = Math.max(0, joined.length - keptCharacters);
      tail.text = over === 0 ? joined : joined.slice(over);
      tail.dropped += over;
      for (const reader of tail.readers) reader.push(text);
    },
    end(runId, step) {
      const tail = tails.get(keyOf(runId, step));
      tails.delete(keyOf(runId, step));
      if (tail === undefined) return undefined;
      for (const reader of tail.readers) reader.end();
      // Also what came in two pieces.
      return hide(tail.text);
    },
    clear(runId, step) {
      for (const reader of tails.get(keyOf(runId, step))?.readers ?? []) reader.end();
      tails.delete(keyOf(runId, step));
    },
    async *follow({ runId, step, flow }, before, signal) {
      const gate = deps.flows.open(flow);
      const tail = tails.get(keyOf(runId, step));
      const batcher = createBatcher<string>({
        maxMs: 16,
        maxBytes: batchBytes,
        sizeOf: (text) => text.length,
        maxBufferedBytes: bufferedBytes,
        clock: deps.clock,
      });
      let lost = tail?.dropped ?? 0;
      const first = tail?.text ?? before;
      if (first !== undefined && first !== '') batcher.push(first);
      const reader = { push: batcher.push, end: batcher.end };
      if (tail === undefined) batcher.end();
      else tail.readers.add(reader);
      try {
        for await (const { items, dropped } of batcher.batches(gate, signal)) {
          if (items.length === 0 && dropped + lost === 0) continue;
          yield { text: items.join(''), dropped: dropped + lost };
          lost = 0;
        }
      } finally {
        tail?.readers.delete(reader);
        gate.close();
      }
    },
  };
}
