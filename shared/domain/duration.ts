import { z } from 'zod';

const pattern = /^(\d+(\.\d+)?(us|ms|s|m|h|d))+$/;

/** A duration as Compose writes it: `90s`, `1m30s`, `500ms`. */
export const durationSchema = z.string().regex(pattern, 'a duration such as 30s or 1m30s');

const unitMs: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds of a duration; undefined when the text is none. */
export function durationMs(text: string): number | undefined {
  if (!pattern.test(text)) return undefined;
  let total = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h|d)/g)) {
    total += Number(number) * (unitMs[unit ?? ''] ?? 0);
  }
  return total;
}

/** Shortest Compose form of a whole number of milliseconds: 90000 is `1m30s`. */
export function durationText(ms: number): string {
  if (ms === 0) return '0s';
  let rest = Math.round(ms);
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = unitMs[unit] ?? 1;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}
