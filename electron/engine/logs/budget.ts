import type { Clock } from '../platform/clock.ts';

/** What one reader of logs may cost per second, however much the containers write. */
export interface Budget {
  /** True when a message of this size may be decoded now. */
  afford(bytes: number): boolean;
}

export interface BudgetOptions {
  readonly clock: Clock;
  readonly linesPerSecond: number;
  readonly bytesPerSecond: number;
}

/** A token bucket one second deep, so that a burst at the start of a stream passes. */
export function createBudget({ clock, linesPerSecond, bytesPerSecond }: BudgetOptions): Budget {
  let lines = linesPerSecond;
  let bytes = bytesPerSecond;
  let last = clock.monotonic();

  return {
    afford(size) {
      if (lines < 1 || bytes < size) {
        const now = clock.monotonic();
        const passed = (now - last) / 1000;
        last = now;
        lines = Math.min(linesPerSecond, lines + passed * linesPerSecond);
        bytes = Math.min(bytesPerSecond, bytes + passed * bytesPerSecond);
        if (lines < 1 || bytes < size) return false;
      }
      lines -= 1;
      bytes -= size;
      return true;
    },
  };
}
