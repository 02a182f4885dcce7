/** Lets one or more waiters sleep until something happens. A wake with nobody waiting is lost: check, then wait. */
export interface Waker {
  wake(): void;
  /** Resolves at the next wake; rejects with the signal's reason. */
  wait(signal: AbortSignal): Promise<void>;
}

export function createWaker(): Waker {
  let waiters = new Set<() => void>();
  return {
    wake() {
      const woken = waiters;
      waiters = new Set();
      for (const resolve of woken) resolve();
    },
    wait: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason);
          return;
        }
        const onAbort = (): void => {
          waiters.delete(onWake);
          reject(signal.reason);
        };
        const onWake = (): void => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        };
        waiters.add(onWake);
        signal.addEventListener('abort', onAbort, { once: true });
      }),
  };
}
