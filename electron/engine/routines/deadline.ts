import type { Clock } from '../platform/clock.ts';

/** A time limit that can be paused: a person who is asked something takes as long as that takes. */
export interface Deadline {
  readonly signal: AbortSignal;
  pause(): void;
  resume(): void;
  end(): void;
}

export function createDeadline(clock: Clock, ms: number, reason: () => unknown): Deadline {
  const controller = new AbortController();
  let left = ms;
  let since = 0;
  let timer: AbortController | undefined;

  function resume(): void {
    if (timer !== undefined || controller.signal.aborted) return;
    const mine = new AbortController();
    timer = mine;
    since = clock.monotonic();
    clock.sleep(Math.max(0, left), mine.signal).then(
      () => {
        if (timer === mine) controller.abort(reason());
      },
      () => undefined,
    );
  }

  function pause(): void {
    if (timer === undefined) return;
    left -= clock.monotonic() - since;
    timer.abort(new DOMException('The deadline is paused.', 'AbortError'));
    timer = undefined;
  }

  resume();
  return { signal: controller.signal, pause, resume, end: pause };
}
