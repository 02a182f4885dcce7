import type { RoutineTrend, Verdict } from '../contract/routines.ts';
import { durationWords } from './condition-words.ts';

export interface TrendRun {
  readonly id: string;
  /** Ms since the epoch. */
  readonly at: number;
  readonly tookMs: number;
  readonly verdict: Verdict['kind'];
  /** It ended well and was not taken up by a later life: its time says something. */
  readonly counts: boolean;
  /** What each step took by itself, ms; null: it did nothing. */
  readonly steps: readonly { readonly id: string; readonly title: string; readonly ms: number | null }[];
}

const weekMs = 7 * 86_400_000;
/** Less than this, or than a fifth, is no change worth a word. */
const leastMs = 2000;

/** Null without values. Of an even number the lower of the two in the middle. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

/** `runs` oldest first. */
export function trendOf(title: string, runs: readonly TrendRun[], now: number): RoutineTrend {
  const counted = runs.filter(({ counts }) => counts);
  const recent = counted.filter(({ at }) => at > now - weekMs);
  const before = counted.filter(({ at }) => at <= now - weekMs && at > now - 2 * weekMs);
  const nowMs = median(recent.map(({ tookMs }) => tookMs));
  const beforeMs = median(before.map(({ tookMs }) => tookMs));
  const last = new Map(counted.flatMap(({ steps }) => steps.map((step) => [step.id, step.title] as const)));
  const steps = [...last].map(([id, words]) => ({
    id,
    title: words,
    nowMs: median(timesOf(recent, id)),
    beforeMs: median(timesOf(before, id)),
  }));
  return {
    runs: runs.map(({ id, at, tookMs, verdict }) => ({ id, at: new Date(at).toISOString(), tookMs, verdict })),
    nowMs,
    beforeMs,
    words: trendWords(title, nowMs, beforeMs, steps),
    steps,
  };
}

const timesOf = (runs: readonly TrendRun[], id: string): number[] =>
  runs.flatMap(({ steps }) => steps.find((step) => step.id === id)?.ms ?? []);

function trendWords(
  title: string,
  nowMs: number | null,
  beforeMs: number | null,
  steps: RoutineTrend['steps'],
): string | null {
  if (nowMs === null || beforeMs === null) return null;
  const difference = nowMs - beforeMs;
  if (Math.abs(difference) < Math.max(leastMs, beforeMs / 5)) return null;
  // The step that changed most in the same direction; one that was not there before took no time.
  const [most] = steps
    .map((step) => ({ ...step, difference: (step.nowMs ?? 0) - (step.beforeMs ?? 0) }))
    .filter((step) => Math.sign(step.difference) === Math.sign(difference))
    .sort((one, other) => Math.abs(other.difference) - Math.abs(one.difference));
  const cause = most === undefined || Math.abs(most.difference) < Math.abs(difference) / 3 ? '' : `: ${most.title}`;
  return `${title} takes ${durationWords(nowMs)}, was ${durationWords(beforeMs)} the week before${cause}`;
}
