import type { OwnCause } from './health-cause.ts';
import type { HealthRules } from './health-rules.ts';
import type { Outcome } from './health-types.ts';

/** Five minutes of retries every two seconds fit; more is not kept, whatever the rules say. */
export const maxOutcomes = 256;

/** Adds an outcome, newest last, and lets go of what is older than the window or too much. */
export function remember(
  outcomes: readonly Outcome[],
  outcome: Outcome,
  rules: Pick<HealthRules, 'degraded'>,
): readonly Outcome[] {
  const oldest = outcome.at - rules.degraded.windowMs;
  let first = Math.max(0, outcomes.length + 1 - maxOutcomes);
  while (first < outcomes.length && (outcomes[first] as Outcome).at < oldest) first++;
  const kept = outcomes.slice(first);
  kept.push(outcome);
  return kept;
}

/** Nearest-rank quantile of the latencies; null when there are none. */
export function latencyQuantile(outcomes: readonly Outcome[], quantile: number): number | null {
  const sorted = outcomes
    .flatMap(({ latencyMs, ok }) => (ok && latencyMs !== null ? [latencyMs] : []))
    .sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? null;
}

/** Above what a p95 is slow, and by which measure; null while nothing is known to compare with. */
export function slowLimit(
  latency: HealthRules['latency'],
): { readonly limitMs: number; readonly baselineMs: number | null } | null {
  const own =
    latency.baselineMs === null ? null : Math.max(latency.floorMs, latency.baselineFactor * latency.baselineMs);
  if (latency.thresholdMs !== null && (own === null || latency.thresholdMs <= own))
    return { limitMs: latency.thresholdMs, baselineMs: null };
  return own === null ? null : { limitMs: own, baselineMs: latency.baselineMs };
}

/**
 * Too many failures of late? `already`: it is degraded, and half as many keep it so, or a service at the limit would
 * change its state with every result.
 */
export function failureCause(
  outcomes: readonly Outcome[],
  rules: HealthRules,
  at: number,
  already: boolean,
): OwnCause | null {
  const { degraded } = rules;
  let failed = 0;
  let recent = 0;
  for (const outcome of outcomes) {
    if (outcome.ok) continue;
    failed++;
    if (at - outcome.at <= degraded.recentMs) recent++;
  }
  const ratio = outcomes.length === 0 ? 0 : failed / outcomes.length;
  const enough = already
    ? ratio >= degraded.failureRatio / 2 && recent >= 1
    : ratio >= degraded.failureRatio && recent >= degraded.recentFailures && outcomes.length >= degraded.minimumResults;
  if (!enough) return null;
  return { kind: 'failures', service: null, at, detail: null, ratio, windowMs: degraded.windowMs };
}

/**
 * The latency that is too high right now, not yet sustained; null when there is none. A p95 over five minutes of probes
 * stands on two or three of them, so it also takes recent slow ones.
 */
export function slowCause(outcomes: readonly Outcome[], rules: HealthRules, at: number): OwnCause | null {
  const { latency } = rules;
  const limit = slowLimit(latency);
  if (limit === null || outcomes.length < latency.minimumResults) return null;
  const slow = outcomes.filter(
    (outcome) =>
      outcome.ok &&
      outcome.latencyMs !== null &&
      outcome.latencyMs > limit.limitMs &&
      at - outcome.at <= latency.sustainedMs,
  );
  if (slow.length < latency.recentSlow) return null;
  const p95Ms = latencyQuantile(outcomes, 0.95);
  if (p95Ms === null || p95Ms <= limit.limitMs) return null;
  return { kind: 'latency', service: null, at, detail: null, p95Ms, ...limit };
}
