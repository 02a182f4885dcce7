import { median } from '../../../../shared/domain/routine-trend.ts';

/** Share of the usual duration that is kept as a margin. */
const margin = 0.25;
const leastMs = 60_000;
const mostMs = 2 * 3_600_000;

/**
 * How long before its time a routine that should be ready by then has to start: what nine of ten runs took at the most,
 * and a quarter of what is usual on top. Without a history its budget.
 */
export function leadOf(durationsMs: readonly number[], budgetMs: number): number {
  const usual = median(durationsMs);
  if (usual === null) return Math.min(mostMs, Math.max(leastMs, budgetMs));
  const sorted = [...durationsMs].sort((a, b) => a - b);
  const nineOfTen = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.9) - 1)] ?? usual;
  return Math.min(mostMs, Math.max(leastMs, Math.round(nineOfTen + usual * margin)));
}
