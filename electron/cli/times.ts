import { durationMs } from '../../shared/domain/duration.ts';
import { AppError } from '../../shared/errors.ts';

/** Milliseconds of `1h30m`. Throws `input.invalid` that names the option. */
export function durationOption(name: string, text: string): number {
  const ms = durationMs(text);
  if (ms !== undefined) return ms;
  throw new AppError({
    code: 'input.invalid',
    message: `${name} ${text} is not a duration.`,
    remedy: 'Write it like 90s, 30m, 1h30m or 2d.',
  });
}

/** A point in time, ms since the epoch: `24h` is that long ago, anything else an ISO 8601 time. */
export function sinceOption(name: string, text: string, now: number): number {
  const ago = durationMs(text);
  if (ago !== undefined) return now - ago;
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw new AppError({
    code: 'input.invalid',
    message: `${name} ${text} is neither a duration nor a time.`,
    remedy: 'Write how long ago, like 24h, or when, like 2026-01-31T09:00.',
  });
}

/** Local time minus UTC at that time, minutes. */
export const utcOffset = (at: number): number => -new Date(at).getTimezoneOffset();

const two = (value: number): string => String(value).padStart(2, '0');

/** `11:10:05`, local. */
export function clock(at: number): string {
  const time = new Date(at);
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** `2026-01-31 11:10:05`, local. */
export function dateTime(at: number): string {
  const time = new Date(at);
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock(at)}`;
}
