import type { RoutineStep } from '../../../shared/domain/routine-file.ts';

type Retries = RoutineStep['retries'];

export const timesOf = (retries: Retries): string =>
  retries === undefined ? '' : String(typeof retries === 'number' ? retries : retries.times);

export const pauseOf = (retries: Retries): string => (typeof retries === 'object' ? (retries.pause ?? '') : '');

/** As short as it can be written. What is no number leaves it as it was. */
export function retriesOf(before: Retries, times: string, pause: string): Retries {
  const digits = times.trim();
  if (digits === '') return undefined;
  if (!/^\d+$/.test(digits)) return before;
  return pause === '' ? Number(digits) : { times: Number(digits), pause };
}
