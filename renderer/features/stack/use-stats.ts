import { useEffect, useState } from 'react';
import { useAppClient } from '../../client/app-client.ts';
import { followStream } from '../../client/follow.ts';
import { createStatsSeries, pastSamples, type StatsSeries, span } from './stats-series.ts';

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
    // What was measured before this page was opened: the lines begin ten minutes ago, not now.
    const to = Date.now();
    client
      .call(
        (api, options) =>
          api.metrics.query(
            { environmentId, metrics: ['cpu_percent', 'memory_bytes'], from: to - span, to, points: 60 },
            options,
          ),
        { signal: stop.signal },
      )
      .then(
        (past) => {
          if (stop.signal.aborted) return;
          series.add(
            pastSamples(environmentId, past.series).filter(
              ({ at, service }) => at < (series.of(service)[0]?.at ?? '~'),
            ),
          );
          setStats((last) => (last.series === series ? { series, version: last.version + 1 } : last));
        },
        // Without a past the lines begin now.
        () => undefined,
      );
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
