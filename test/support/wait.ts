import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** Completes "… did not happen within": names the condition in the failure. */
  readonly what: string;
  /** Milliseconds until the wait fails. Default 30 s. */
  readonly deadlineMs?: number;
  /** Milliseconds between two looks. Default 50 ms. */
  readonly intervalMs?: number;
}

/**
 * Polls until the condition gives a value that is neither false, null nor undefined, and returns it. A condition that
 * throws counts as not yet true; the last error is the cause of the failure.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: WaitOptions,
): Promise<Exclude<T, false | null | undefined>> {
  const deadlineMs = options.deadlineMs ?? 30_000;
  const end = performance.now() + deadlineMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await condition();
      cause = undefined;
      if (value !== false && value !== null && value !== undefined) {
        return value as Exclude<T, false | null | undefined>;
      }
    } catch (error) {
      cause = error;
    }
    if (performance.now() > end) {
      throw new Error(`${options.what}: not within ${deadlineMs} ms`, cause === undefined ? undefined : { cause });
    }
    await delay(options.intervalMs ?? 50);
  }
}
