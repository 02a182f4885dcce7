import { useState } from 'react';
import type { DaySummary } from '../../../shared/contract/summary.ts';
import { type Query, useAppState, useQuery } from '../../client/hooks.ts';
import { useFocusRefresh } from '../../client/use-routines.ts';
import { dayOf, daysBefore, partOfDay, type WorkingDay } from '../../ui/routine-hour.ts';
import { useRefresh } from '../../ui/use-refresh.ts';

/** After a weekend and a holiday the last working day is four days back. */
const lookBack = 4;

export interface ShownSummary {
  readonly summary: DaySummary | null;
  readonly error: Query<DaySummary>['error'];
  readonly today: string;
  /** Shows the other one of the two: the last working day, or today. */
  readonly other: () => void;
}

/** In the morning how the last day that anything happened went, later how this one goes. */
export function useShownSummary(now: number, day: WorkingDay): ShownSummary {
  const [turned, setTurned] = useState(false);
  const today = dayOf(now);
  const before = (partOfDay(now, day) === 'morning') !== turned;
  const query = useQuery(`summary ${before ? 'before' : 'of'} ${today}`, async (api, options) => {
    const at = (which: string): Promise<DaySummary> =>
      api.summary.day({ day: which }, { ...options, context: { deadlineMs: 60_000 } });
    if (!before) return await at(today);
    for (let days = 1; days <= lookBack; days += 1) {
      const found = await at(daysBefore(now, days));
      if (found.entries.length > 0) return found;
    }
    return await at(daysBefore(now, 1));
  });
  const sign = useAppState((state) =>
    [
      state.operations.filter((one) => one.endedAt !== null).length,
      state.routineRuns.filter((one) => one.endedAt !== null).length,
      state.watch.incidents.length,
    ].join(' '),
  );
  useRefresh(sign, query.refetch);
  useFocusRefresh(query.refetch);
  return {
    summary: query.data,
    error: query.error,
    today,
    other: () => setTurned(!turned),
  };
}
