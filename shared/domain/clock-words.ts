/** Times and amounts in words, without asking the system for its time zone or language. */

const minuteMs = 60_000;
const dayMinutes = 24 * 60;

/** Minutes since local midnight. `utcOffsetMinutes`: local time minus UTC, 60 for CET. */
export function minuteOfDay(at: number, utcOffsetMinutes: number): number {
  const minutes = Math.floor(at / minuteMs) + utcOffsetMinutes;
  return ((minutes % dayMinutes) + dayMinutes) % dayMinutes;
}

/** `11:10`, local. */
export function clockTime(at: number, utcOffsetMinutes: number): string {
  const minute = minuteOfDay(at, utcOffsetMinutes);
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

function some(count: number, unit: string): string {
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}

/** `20 seconds`, `1 minute`, `3 hours`, `2 days`: one unit, rounded down. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return some(seconds, 'second');
  if (seconds < 3600) return some(Math.floor(seconds / 60), 'minute');
  if (seconds < 48 * 3600) return some(Math.floor(seconds / 3600), 'hour');
  return some(Math.floor(seconds / 86_400), 'day');
}

/** `512 MB`, `1.5 GB`: powers of 1024, as limits are set. */
export function memoryAmount(bytes: number): string {
  const mb = bytes / 2 ** 20;
  if (mb >= 1024) return `${Number((mb / 1024).toFixed(1))} GB`;
  return mb >= 1 ? `${Math.round(mb)} MB` : `${Math.round(bytes / 1024)} kB`;
}

/** `61 ms`, `1.2 s`. */
export function latencyAmount(ms: number): string {
  if (ms >= 1000) return `${Number((ms / 1000).toFixed(1))} s`;
  return `${Number(ms < 10 ? ms.toFixed(1) : ms.toFixed(0))} ms`;
}

/** `a`, `a and b`, `a, b and c`, `a, b and 4 more`. */
export function enumerate(words: readonly string[], limit = 3): string {
  if (words.length > limit) return `${words.slice(0, limit - 1).join(', ')} and ${words.length - limit + 1} more`;
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** First letter in upper case; a full stop where there is none. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.!?…]$/.test(trimmed) ? '' : '.'}`;
}
