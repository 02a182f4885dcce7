/** How numbers and times are written. Pure; `now` is an argument so that a test can choose it. */

const oneDecimal = (value: number): string => (value >= 100 ? String(Math.round(value)) : trimZero(value.toFixed(1)));
const trimZero = (text: string): string => (text.endsWith('.0') ? text.slice(0, -2) : text);

function scaled(bytes: number, step: number): string {
  const size = Math.abs(bytes);
  const sign = bytes < 0 ? '−' : '';
  if (size < step) return `${sign}${Math.round(size)} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = size / step;
  let unit = 0;
  // 999.95 would be written as "1000": carry it to the next unit instead.
  while (unit < units.length - 1 && Number(value.toFixed(1)) >= step) {
    value /= step;
    unit += 1;
  }
  return `${sign}${oneDecimal(value)} ${units[unit]}`;
}

/** Disk sizes, powers of 1000, at most one decimal: `3.8 GB`. */
export const formatBytes = (bytes: number): string => scaled(bytes, 1000);

/** Memory, powers of 1024 as container limits are given: `512 MB`. */
export const formatMemory = (bytes: number): string => scaled(bytes, 1024);

/** A duration in words, two units at most: `0.3 s`, `40 s`, `2 h 25 min`. Milliseconds in. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 0.95) return `${Math.max(seconds === 0 ? 0 : 0.1, Number(seconds.toFixed(1)))} s`;
  if (seconds < 9.95) return `${trimZero(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(seconds / 60);
  if (seconds < 600) {
    const rest = whole % 60;
    return rest === 0 ? `${Math.floor(whole / 60)} min` : `${Math.floor(whole / 60)} min ${rest} s`;
  }
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** Time passed as a clock shows it: `0:12`, `12:04`, `1:02:09`. Milliseconds in. */
export function formatElapsed(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}

const hhmm = (date: Date): string =>
  `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const sameDay = (a: Date, b: Date): boolean => a.toDateString() === b.toDateString();

/** Under a day in relative words, then the day: `just now`, `3 min ago`, `5 h ago`, `29 Jan`. */
export function formatAgo(iso: string, now: number): string {
  const then = new Date(iso);
  const passed = now - then.getTime();
  if (Number.isNaN(passed)) return '';
  if (passed < 45_000) return 'just now';
  if (passed < 3_570_000) return `${Math.max(1, Math.round(passed / 60_000))} min ago`;
  if (passed < 86_400_000) return `${Math.max(1, Math.round(passed / 3_600_000))} h ago`;
  const day = `${then.getDate()} ${months[then.getMonth()]}`;
  return then.getFullYear() === new Date(now).getFullYear() ? day : `${day} ${then.getFullYear()}`;
}

/** A moment for reading: `16:14` today, `29 Jan 16:14` before, the year when it is another one. */
export function formatMoment(iso: string, now: number): string {
  const then = new Date(iso);
  if (Number.isNaN(then.getTime())) return '';
  if (sameDay(then, new Date(now))) return hhmm(then);
  const year = then.getFullYear() === new Date(now).getFullYear() ? '' : ` ${then.getFullYear()}`;
  return `${then.getDate()} ${months[then.getMonth()]}${year} ${hhmm(then)}`;
}

/** The full form for a tooltip, in the user's own time zone. */
export function formatExact(iso: string): string {
  const then = new Date(iso);
  if (Number.isNaN(then.getTime())) return iso;
  return `${then.getDate()} ${months[then.getMonth()]} ${then.getFullYear()} ${hhmm(then)}:${String(then.getSeconds()).padStart(2, '0')}`;
}

/** `1 service`, `3 services`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** Names in a sentence: `api`, `api and web`, `api, web and 3 more`. */
export function listed(names: readonly string[], most = 3): string {
  if (names.length <= 1) return names[0] ?? '';
  if (names.length <= most) return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
}

/** Shortens the home folder to `~`. */
export function shortPath(path: string, home: string | null | undefined): string {
  if (home === null || home === undefined || home === '' || !path.startsWith(home)) return path;
  const rest = path.slice(home.length);
  return rest === '' ? '~' : /^[/\\]/.test(rest) ? `~${rest}` : path;
}
