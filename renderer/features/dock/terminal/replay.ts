import type { TerminalBatch } from '../../../../shared/contract/streams.ts';

export interface Replayed {
  /** What to write. */
  readonly data: string;
  /** Part of the output is not kept any more: what is on the screen does not join up, so start with a clean one. */
  readonly reset: boolean;
  /** Total output seen after this batch. */
  readonly offset: number;
}

/**
 * What of a batch is new to someone who has seen the first `seen` UTF-16 units. After an attach the engine repeats the
 * kept tail; offsets tell how much of it is known.
 */
export function newOutput(batch: Pick<TerminalBatch, 'data' | 'offset'>, seen: number): Replayed {
  const start = batch.offset - batch.data.length;
  // Less output than we saw: another terminal under the same id, or one that was started over.
  if (batch.offset < seen) return { data: batch.data, reset: true, offset: batch.offset };
  if (start > seen) return { data: batch.data, reset: true, offset: batch.offset };
  return { data: batch.data.slice(seen - start), reset: false, offset: batch.offset };
}
