import { type ReactNode, useId } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { DaySummary } from '../../../shared/contract/summary.ts';
import styles from './horizon.module.css';
import { RowLine } from './horizon-lines.tsx';
import { axisOf, rowsOf, together } from './horizon-model.ts';
import { shareWords } from './horizon-words.ts';
import day from './today.module.css';
import { useTimelines } from './use-timelines.ts';

const height = 16;

/** A day that is over in one ribbon: the worst of all services at each moment. */
export function DayRibbon(props: {
  readonly summary: DaySummary;
  readonly environments: readonly EnvironmentView[];
  readonly working: { readonly fromMinute: number; readonly toMinute: number };
}): ReactNode {
  const { summary } = props;
  const hatch = useId();
  const noon = new Date(`${summary.day}T12:00:00`).getTime();
  const axis = axisOf(props.working, noon);
  const from = Math.min(axis.from, wholeHour(summary.from, axis.from, Math.floor));
  const to = Math.max(axis.to, wholeHour(summary.to, axis.to, Math.ceil));
  const ids = props.environments.filter((one) => one.services.length > 0).map((one) => one.id);
  const timelines = useTimelines(ids, from, to, noon);
  const rows = rowsOf(timelines ?? []);
  if (rows.length === 0) return null;
  const spans = together(rows.map((one) => one.spans));
  const row = { key: summary.day, label: summary.day, environmentId: '', service: null, spans };
  const share = summary.totals.uptime === null ? '' : `, ${shareWords(100 * summary.totals.uptime)} healthy`;
  return (
    <div className={day.ribbon}>
      <span>{hour(from)}</span>
      <svg height={height} role="img" aria-label={`All services from ${hour(from)} to ${hour(to)}${share}`}>
        <defs>
          <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <line className={styles.hatch} x1="0" y1="0" x2="0" y2="5" />
          </pattern>
        </defs>
        <RowLine row={row} y={height / 2} from={from} to={to} hatch={hatch} />
      </svg>
      <span>{hour(to)}</span>
    </div>
  );
}

const hourMs = 3_600_000;
const hour = (at: number): string => String(new Date(at).getHours()).padStart(2, '0');

function wholeHour(iso: string | null, otherwise: number, round: (hours: number) => number): number {
  if (iso === null) return otherwise;
  const midnight = new Date(iso);
  midnight.setHours(0, 0, 0, 0);
  return midnight.getTime() + round((Date.parse(iso) - midnight.getTime()) / hourMs) * hourMs;
}
