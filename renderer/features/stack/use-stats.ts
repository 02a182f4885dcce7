import { useEffect, useState } from 'react';
import { useAppClient } from '../../client/app-client.ts';
import { followStream } from '../../client/follow.ts';
import { createStatsSeries, type StatsSeries } from './stats-series.ts';

export interface Stats {
  readonly series: StatsSeries;
  /** Grows with every batch. */
  readonly version: number;
}

/** Figures of an environment's services for as long as somebody looks. */
export function useStats(environmentId: string, live: boolean): Stats {
  const client = useAppClient();
  const [stats, setStats] = useState<Stats>(() => ({ series: createStatsSeries(), version: 0 }));
  useEffect(() => {
    const series = createStatsSeries();
    setStats({ series, version: 0 });
    if (!live) return;
    const stop = new AbortController();
    void followStream(client, {
      open: (api, flow, options) => api.stats.watch({ flow, environmentId }, options),
      onBatch: (batch) => {
        series.add(batch.samples);
        setStats((last) => (last.series === series ? { series, version: last.version + 1 } : last));
      },
      // An engine that cannot give figures now may give them in a moment; rows say "–" until then.
      onError: () => true,
      signal: stop.signal,
      window: 4,
    });
    return () => stop.abort();
  }, [client, environmentId, live]);
  return stats;
}
