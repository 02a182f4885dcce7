import { clockTime } from '../../../shared/domain/clock-words.ts';
import { count, formatDuration, listed } from '../../ui/format.ts';
import { healthLook, isWrong, type Shape, type Tone } from '../../ui/health.ts';
import type { MarkGroup, Row, Span } from './horizon-model.ts';

export const clockAt = (at: number): string => clockTime(at, -new Date(at).getTimezoneOffset());

export interface Reading {
  readonly time: string;
  readonly tone: Tone;
  readonly shape: Shape;
  /** `redpanda down`, `All healthy`. */
  readonly headline: string;
  /** `for 2 min`, or nothing. */
  readonly length: string;
  readonly details: readonly string[];
}

const spanAt = (row: Row, at: number): Span | undefined => row.spans.find((span) => span.from <= at && at < span.to);

/** What the day was like at one moment, in words. */
export function readingAt(rows: readonly Row[], groups: readonly MarkGroup[], at: number, now: number): Reading {
  const time = clockAt(at);
  const quiet = { time, tone: 'idle', shape: 'dashed', length: '', details: [] } as const;
  if (at > now + 30_000) return { ...quiet, shape: 'ring', headline: 'Still to come' };
  // Where services have rows, an environment's row says nothing that they do not say better.
  const own = rows.filter((row) => row.service !== null || !rows.some((one) => one.service !== null));
  const seen = own.flatMap((row) => {
    const span = spanAt(row, at) ?? (at > now - 90_000 ? row.spans.at(-1) : undefined);
    return span === undefined ? [] : [{ row, span, look: healthLook(span.state) }];
  });
  const near = groups.flatMap(({ marks }) => marks).filter((mark) => Math.abs(mark.at - at) <= 150_000);
  const events = near.map((mark) => mark.label.replace(/\.$/, '')).slice(0, 3);
  if (seen.length === 0) return { ...quiet, headline: 'Nobody was watching', details: events };
  const wrong = seen
    .filter(({ look }) => isWrong(look.tone))
    .sort((a, b) => Number(b.look.tone === 'down') - Number(a.look.tone === 'down'));
  const healthy = seen.filter(({ span }) => span.state === 'healthy').length;
  const counted = `${healthy} of ${seen.length} healthy`;
  const [first] = wrong;
  if (first !== undefined) {
    const alike = wrong.filter(({ look }) => look.word === first.look.word);
    return {
      time,
      tone: first.look.tone,
      shape: first.look.shape,
      headline: `${listed(alike.map(({ row }) => row.label))} ${first.look.word.toLowerCase()}`,
      length: alike.length === 1 ? `for ${formatDuration(Math.max(1000, at - first.span.from))}` : '',
      details: [first.span.reason ?? '', ...events, counted].filter((text) => text !== ''),
    };
  }
  const starting = seen.filter(({ look }) => look.shape === 'half');
  if (starting.length > 0)
    return {
      time,
      tone: 'healthy',
      shape: 'half',
      headline: `${listed(starting.map(({ row }) => row.label))} starting`,
      length: '',
      details: [...events, counted],
    };
  if (healthy === 0) return { ...quiet, shape: 'ring', headline: 'Stopped', details: events };
  const calm = healthy === seen.length ? 'All healthy' : counted;
  const rest = healthy === seen.length ? count(seen.length, 'service') : `${seen.length - healthy} stopped`;
  return { time, tone: 'healthy', shape: 'disc', headline: calm, length: rest, details: events };
}

export const readingText = (reading: Reading): string =>
  [`${reading.time}: ${reading.headline}${reading.length === '' ? '' : ` ${reading.length}`}`, ...reading.details]
    .map((part) => part.replace(/[.]$/, ''))
    .join('. ');

export const shareWords = (share: number | null): string =>
  share === null ? '' : `${share > 99.94 ? '100' : share.toFixed(1)} %`;
