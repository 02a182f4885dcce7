import type { HealthState } from './health.ts';

/** States that say nothing about whether a service works: nobody could look, or it was not meant to run. */
const notCounted: ReadonlySet<HealthState> = new Set(['unknown', 'unreachable', 'stopped', 'paused', 'starting']);
/** One failed probe is not yet a failure. */
const up: ReadonlySet<HealthState> = new Set(['healthy', 'suspect']);

export interface StateSpan {
  /** Ms since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly state: HealthState;
}

/** How long it was watched while it was meant to work, and how long of that it did; ms. */
export function uptimeOf(spans: readonly StateSpan[]): { readonly upMs: number; readonly countedMs: number } {
  let [upMs, countedMs] = [0, 0];
  for (const { from, to, state } of spans) {
    if (notCounted.has(state) || to <= from) continue;
    countedMs += to - from;
    if (up.has(state)) upMs += to - from;
  }
  return { upMs, countedMs };
}

/** Total length of the union of intervals, ms: how long at least one of them was on. */
export function coveredMs(intervals: readonly { readonly from: number; readonly to: number }[]): number {
  let [total, end] = [0, Number.NEGATIVE_INFINITY];
  for (const { from, to } of [...intervals].sort((a, b) => a.from - b.from)) {
    if (to <= end) continue;
    total += to - Math.max(from, end);
    end = to;
  }
  return total;
}
