import type { ReactNode } from 'react';
import { formatAgo, formatDuration, formatElapsed, formatExact, formatMoment } from './format.ts';
import { useNow } from './use-now.ts';

/** A time in relative words under a day; the exact one on hover. */
export function Ago({ at }: { readonly at: string }): ReactNode {
  const now = useNow();
  return (
    <time dateTime={at} title={formatExact(at)}>
      {formatAgo(at, now)}
    </time>
  );
}

/** A time of day, with the date when it was not today. */
export function Moment({ at }: { readonly at: string }): ReactNode {
  const now = useNow();
  return (
    <time dateTime={at} title={formatExact(at)}>
      {formatMoment(at, now)}
    </time>
  );
}

/** How long since: `2 h 25 min`. */
export function Since({ at }: { readonly at: string }): ReactNode {
  const now = useNow();
  return (
    <time dateTime={at} title={formatExact(at)}>
      {formatDuration(Math.max(0, now - new Date(at).getTime()))}
    </time>
  );
}

/** A running clock: `0:12`. */
export function Elapsed({ from }: { readonly from: string }): ReactNode {
  const now = useNow('second');
  return <span className="tn">{formatElapsed(now - new Date(from).getTime())}</span>;
}
