import type { RoutineTrend } from '../../../shared/contract/routines.ts';
import { formatDuration } from '../../ui/format.ts';
import type { Tone } from '../../ui/health.ts';
import { verdictLook } from '../../ui/routine-words.ts';

export interface Bar {
  readonly id: string;
  /** Part of the highest, never invisible. */
  readonly height: number;
  readonly tone: Tone;
  readonly words: string;
}

const most = 20;

/** The last runs as bars, oldest first. */
export function bars(runs: RoutineTrend['runs'], routine = 'morning'): readonly Bar[] {
  const last = runs.slice(-most);
  const highest = Math.max(1, ...last.map((one) => one.tookMs));
  return last.map((one) => {
    const look = verdictLook(one.verdict, routine);
    return {
      id: one.id,
      height: Math.max(0.06, one.tookMs / highest),
      tone: look.tone,
      words: `${formatDuration(one.tookMs)}, ${look.word.toLowerCase()}`,
    };
  });
}

/** What changed in how long it takes; what is usual when nothing did. */
export function trendWords(trend: RoutineTrend): string {
  if (trend.words !== null) return trend.words;
  return trend.nowMs === null ? '' : `Takes ${formatDuration(trend.nowMs)} these days.`;
}
