import type { DaySummary } from '../../../shared/contract/summary.ts';
import { formatDuration } from '../../ui/format.ts';

const noon = (day: string): Date => new Date(`${day}T12:00:00`);

/** `Today`, `Yesterday`, else the weekday; and the date. */
export function dayName(day: string, today: string): { readonly title: string; readonly note: string } {
  const passed = Math.round((noon(today).getTime() - noon(day).getTime()) / 86_400_000);
  const date = noon(day).toLocaleDateString('en-GB', { day: 'numeric', month: 'long' });
  const weekday = noon(day).toLocaleDateString('en-GB', { weekday: 'long' });
  if (passed === 0) return { title: 'Today', note: 'so far' };
  if (passed === 1) return { title: 'Yesterday', note: `${weekday} ${date}` };
  return passed < 7 ? { title: weekday, note: date } : { title: date, note: weekday };
}

const clock = (iso: string): string => new Date(iso).toTimeString().slice(0, 5);

/** The figures of a day worth a line; those that are nothing are left out. */
export function totalsOf(
  summary: DaySummary,
  /** The day goes on. */
  open: boolean,
): readonly { readonly figure: string; readonly words: string }[] {
  const { totals, from, to } = summary;
  const list: { figure: string; words: string }[] = [];
  if (totals.spanMs !== null && from !== null && to !== null)
    list.push({
      figure: formatDuration(totals.spanMs),
      words: open ? `since ${clock(from)}` : `${clock(from)} to ${clock(to)}`,
    });
  if (totals.uptime !== null) list.push({ figure: percent(totals.uptime), words: 'healthy' });
  const counted = (n: number, one: string, many: string): void => {
    if (n > 0) list.push({ figure: String(n), words: n === 1 ? one : many });
  };
  counted(totals.incidents, 'incident', 'incidents');
  counted(totals.commits, 'commit', 'commits');
  return list;
}

/** Never `100 %` while something was wrong. */
function percent(share: number): string {
  const value = 100 * share;
  if (value >= 100) return '100 %';
  return `${Math.min(99.9, Math.floor(value * 10) / 10).toFixed(1)} %`;
}
