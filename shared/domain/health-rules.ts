import { z } from 'zod';

const ms = z.number().int().nonnegative();
const positiveMs = z.number().int().positive();

/**
 * The rules of the health state machine, as data. Times in ms. Names follow Kubernetes' probes where there is one:
 * `intervalMs` is periodSeconds, `downAfter` failureThreshold, `healthyAfter` successThreshold.
 */
export const healthRulesSchema = z.object({
  /** From the beginning of one probe to the beginning of the next. */
  intervalMs: positiveMs.default(10_000),
  /** ± share of the interval, so that a flap in step with the probe is seen. */
  jitter: z.number().min(0).max(0.5).default(0.1),
  timeoutMs: positiveMs.default(2_000),
  /**
   * Interval while something is in doubt, from beginning to beginning: a probe that used up its timeout is tried again
   * at once, so that a service that hangs is found no later than one that refuses.
   */
  retryMs: positiveMs.default(2_000),
  downAfter: z.number().int().min(1).max(100).default(3),
  healthyAfter: z.number().int().min(1).max(100).default(2),
  /** Start-up gate: for so long after a start a failure says nothing; the first success opens the gate. */
  startPeriodMs: ms.default(60_000),
  /** There is a startup probe: only it opens the gate, and the other probes wait until it has. */
  startupProbe: z.boolean().default(false),
  /** After a gap (sleep, clock jump, engine back, our own operation) failures say nothing for so long. */
  graceMs: ms.default(30_000),
  degraded: z
    .object({
      failureRatio: z.number().min(0).max(1).default(0.3),
      windowMs: positiveMs.default(300_000),
      recentFailures: z.number().int().min(1).default(2),
      recentMs: positiveMs.default(60_000),
      /** A ratio of fewer results than this is not a ratio. */
      minimumResults: z.number().int().min(1).default(10),
      /** Healthy again once nothing of it was true for so long. */
      clearMs: ms.default(60_000),
    })
    .prefault({}),
  latency: z
    .object({
      /** A limit for the p95 that somebody set; null: only the baseline counts. */
      thresholdMs: z.number().positive().nullable().default(null),
      /** The usual p95 at this hour (see baseline.ts), kept up to date by whoever measures; null while unknown. */
      baselineMs: z.number().positive().nullable().default(null),
      baselineFactor: z.number().min(1).default(3),
      /** Below this no p95 is slow, whatever the baseline: three times next to nothing is still next to nothing. */
      floorMs: z.number().nonnegative().default(25),
      sustainedMs: ms.default(120_000),
      /** Slow results within `sustainedMs` that it takes beside the p95: one outlier stays in a p95 for minutes. */
      recentSlow: z.number().int().min(1).default(3),
      minimumResults: z.number().int().min(1).default(12),
    })
    .prefault({}),
  flapping: z
    .object({
      downs: z.number().int().min(2).max(16).default(3),
      /**
       * Half an hour, not the quarter first thought of: a service that goes down every ten minutes has two times down
       * in any quarter, and was told of six times an hour for as long as it lasted.
       */
      windowMs: positiveMs.default(1_800_000),
      stableMs: positiveMs.default(300_000),
    })
    .prefault({}),
});

export type HealthRules = z.infer<typeof healthRulesSchema>;

export const defaultHealthRules: HealthRules = healthRulesSchema.parse({});

/** Longest interval that saving power makes of a shorter one. */
const savingMs = 60_000;
const savingFactor = { mains: 1, battery: 2, saver: 4 } as const;

/** The rules with longer intervals on battery (twice) and in battery saver (four times), a minute at most. */
export function underPower(rules: HealthRules, power: keyof typeof savingFactor): HealthRules {
  const longer = Math.min(rules.intervalMs * savingFactor[power], Math.max(savingMs, rules.intervalMs));
  return { ...rules, intervalMs: longer };
}
