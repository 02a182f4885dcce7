import { applyEvent, type Known } from './app-state.ts';
import { pause, type Session } from './connection.ts';

/**
 * Follows `state.watch` for the life of one session: from where we were if the engine still has it, from a snapshot
 * otherwise. A gap in the numbers, or a stream that ends, leads to a new subscription.
 */
export async function watchState(
  session: Session,
  read: () => Known | null,
  write: (known: Known) => void,
  retryMs = 250,
): Promise<void> {
  let trust = true;
  while (!session.ended.aborted) {
    const before = read();
    const resume = trust && before !== null && before.epoch === session.hello.epoch;
    trust = true;
    const stop = new AbortController();
    const signal = AbortSignal.any([session.ended, stop.signal]);
    try {
      const input = resume ? { since: { epoch: before.epoch, seq: before.seq } } : {};
      for await (const event of await session.client.state.watch(input, { signal })) {
        const applied = applyEvent(read(), event);
        if (!applied.ok) {
          trust = false;
          // Before leaving the loop, which waits for the other side to end: it may be asleep until something changes.
          stop.abort();
          break;
        }
        write(applied.known);
      }
    } catch {
      // The session's end shows in its signal; anything else is worth another try.
    } finally {
      stop.abort();
    }
    if (trust) await pause(retryMs, session.ended);
  }
}
