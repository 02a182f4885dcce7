import { useSyncExternalStore } from 'react';

/** One shared ticking clock per period, running only while somebody looks. */
function ticker(periodMs: number): { subscribe: (wake: () => void) => () => void; now: () => number } {
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | null = null;
  const waiting = new Set<() => void>();
  return {
    now: () => now,
    subscribe: (wake) => {
      waiting.add(wake);
      if (timer === null) {
        now = Date.now();
        timer = setInterval(() => {
          now = Date.now();
          for (const one of waiting) one();
        }, periodMs);
      }
      return () => {
        waiting.delete(wake);
        if (waiting.size > 0 || timer === null) return;
        clearInterval(timer);
        timer = null;
      };
    },
  };
}

const seconds = ticker(1000);
const slow = ticker(15_000);

/** The current time, ms since the epoch, renewed every second or every 15 s. */
export function useNow(every: 'second' | 'quarter-minute' = 'quarter-minute'): number {
  const clock = every === 'second' ? seconds : slow;
  return useSyncExternalStore(clock.subscribe, clock.now);
}
