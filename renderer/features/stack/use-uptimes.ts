import { useMemo } from 'react';
import { useQuery } from '../../client/hooks.ts';
import { useNow } from '../../ui/use-now.ts';

const day = 86_400_000;
const fresh = 300_000;

/** Share of the last day in which each service was not down, 0 to 1; absent where nobody watched. */
export function useUptimes(environmentId: string): ReadonlyMap<string, number> {
  const turn = Math.floor(useNow() / fresh);
  const query = useQuery(`uptimes ${environmentId} ${turn}`, (api, options) =>
    api.metrics.query(
      { environmentId, metrics: ['uptime_ratio'], from: turn * fresh - day, to: (turn + 1) * fresh, points: 48 },
      options,
    ),
  );
  return useMemo(() => {
    const found = new Map<string, number>();
    for (const { service, points } of query.data?.series ?? []) {
      if (service === null || points.length === 0) continue;
      found.set(service, points.reduce((sum, point) => sum + point.average, 0) / points.length);
    }
    return found;
  }, [query.data]);
}
