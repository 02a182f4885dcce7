import type { DaySummary } from '../../../shared/contract/summary.ts';
import { clockTime } from '../../../shared/domain/clock-words.ts';

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** For the stand-up: what was done, what went wrong, in a few lines that paste well anywhere. */
export function markdownOf(summary: Omit<DaySummary, 'markdown'>, utcOffsetMinutes: (at: number) => number): string {
  const { totals, repositories, entries, environments } = summary;
  const lines = [`## ${dayWords(summary.day)}`, '', figures(totals), ''];
  for (const { name, branch, commits } of repositories) {
    if (commits.length === 0) continue;
    lines.push(`### ${plain(name)}${branch === null ? '' : `, ${plain(branch)}`}`, '');
    lines.push(...[...commits].reverse().map((one) => `- ${plain(one.subject)} (\`${one.commit}\`)`), '');
  }
  const rest = entries.filter((one) => one.kind !== 'commits');
  if (rest.length > 0) {
    lines.push('### What happened', '');
    for (const one of rest) {
      const at = Date.parse(one.at);
      const detail = one.detail === null ? '' : `: ${plain(one.detail)}`;
      lines.push(`- ${clockTime(at, utcOffsetMinutes(at))} ${plain(one.title)}${detail}`);
    }
    lines.push('');
  }
  if (environments.length > 1) {
    lines.push('### Environments', '');
    lines.push(...environments.map((one) => `- ${plain(one.environmentId)}: ran ${hours(one.runningMs)}`), '');
  }
  if (lines[2] === '' && rest.length === 0) lines.push('Nothing was done.', '');
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

function figures(totals: DaySummary['totals']): string {
  const some = (value: number, one: string, many = `${one}s`): string[] =>
    value === 0 ? [] : [`${value} ${value === 1 ? one : many}`];
  const said = [
    ...(totals.spanMs === null || totals.spanMs < 60_000 ? [] : [hours(totals.spanMs)]),
    ...some(totals.commits, 'commit'),
    ...(totals.commits === 0 ? [] : some(totals.filesChanged, 'file changed', 'files changed')),
    ...some(totals.restores, 'restore'),
    ...some(totals.captures, 'golden image'),
    ...(totals.incidents === 0
      ? []
      : [`${totals.incidents === 1 ? '1 incident' : `${totals.incidents} incidents`} (${hours(totals.incidentMs)})`]),
    ...(totals.uptime === null ? [] : [`services healthy ${percent(totals.uptime)} of the time`]),
  ];
  return said.length === 0 ? '' : `${said.join(' · ')}`;
}

/** `9 h 21 min`, `4 min`, `under a minute`. */
export function hours(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'under a minute';
  const [h, min] = [Math.floor(minutes / 60), minutes % 60];
  return [...(h === 0 ? [] : [`${h} h`]), ...(min === 0 ? [] : [`${min} min`])].join(' ');
}

/** Rounded down, so that 100 % means always. */
function percent(ratio: number): string {
  const tenths = Math.floor(ratio * 1000) / 10;
  return `${Number.isInteger(tenths) ? tenths : tenths.toFixed(1)} %`;
}

function dayWords(day: string): string {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  const weekday = days[new Date(year, month - 1, date).getDay()];
  return `${weekday}, ${date} ${months[month - 1]}`;
}

/** Names and messages are somebody's text: one line, and nothing in it turns into markup that fetches or links. */
function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>|]/g, (mark) => `\\${mark}`)
    .trim();
}
