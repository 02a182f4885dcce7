import { z } from 'zod';
import { metricNames } from '../domain/metrics.ts';
import { problemSchema } from '../domain/problem.ts';
import { environmentId, procedure, serviceName } from './common.ts';

/** One bucket of time. Times in ms since the epoch (its beginning); figures in the unit of the metric. */
export const metricPointSchema = z.object({
  at: z.number(),
  /** For `restarts` how many there were. */
  average: z.number(),
  min: z.number(),
  max: z.number(),
  /** Of latencies, from a mergeable sketch with at most 2 % relative error; null for other metrics. */
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
});
export type MetricPoint = z.infer<typeof metricPointSchema>;

export const metricSeriesSchema = z.object({
  metric: z.enum(metricNames),
  /** Null for figures of the host. */
  service: serviceName.nullable(),
  /** Oldest first. A bucket in which nothing was measured is left out: a gap is a gap. */
  points: z.array(metricPointSchema),
  /** What is usual at these hours: median of this hour of day, with its robust deviation; null while unknown. */
  baseline: z.object({ median: z.number(), deviation: z.number() }).nullable(),
  /** Unusually much for at least two minutes now, in words. Nobody is told of it: it is there for who looks. */
  anomaly: z.object({ since: z.number(), text: z.string() }).nullable(),
});
export type MetricSeries = z.infer<typeof metricSeriesSchema>;

export const anomalySchema = z.object({
  environmentId,
  service: serviceName,
  metric: z.enum(metricNames),
  since: z.number(),
  /** "Memory of db has been 640 MB for 3 minutes; between 14:00 and 15:00 it is usually 310 MB to 350 MB." */
  text: z.string(),
});
export type AnomalyView = z.infer<typeof anomalySchema>;

const query = z.object({
  /** Null: the host. */
  environmentId: environmentId.nullable(),
  services: z.array(serviceName).optional(),
  metrics: z.array(z.enum(metricNames)).min(1).max(metricNames.length),
  from: z.number(),
  to: z.number(),
});

/** A proposal read from what was measured: limits that fit, or something that is missing. */
export const adviceSchema = z.object({
  /** Stable while the proposal stays the same. */
  id: z.string(),
  service: serviceName,
  kind: z.enum(['memory-limit', 'cpu-limit', 'missing-memory-limit', 'missing-healthcheck', 'probe']),
  /** "timescaledb has 2 GB and peaked at 640 MB in 7 days." */
  message: z.string(),
  /** "Set its memory limit to 960 MB." */
  proposal: z.string(),
  /** The place in the user's file that would change. */
  position: problemSchema.shape.position,
  /** The file that would change, absolute; absent when it can only be done by hand. */
  file: z.string().optional(),
  /** Lines before and after, as a unified diff without headers; null when it can only be done by hand. */
  diff: z.string().nullable(),
});
export type Advice = z.infer<typeof adviceSchema>;

export const metricsContract = {
  /** At most `points` buckets per series; the bucket is the finest kept for that time that fits. */
  query: procedure
    .input(query.extend({ points: z.number().int().min(2).max(2000).default(300) }))
    .output(z.object({ bucketMs: z.number(), series: z.array(metricSeriesSchema) })),
  /** The same as text to save; at most 5 MB, and `truncated` says when that was not enough. */
  export: procedure
    .input(query.extend({ format: z.enum(['csv', 'json']) }))
    .output(z.object({ name: z.string(), text: z.string(), truncated: z.boolean() })),
  /** What is unusual just now; null: everywhere. */
  anomalies: procedure.input(z.object({ environmentId: environmentId.nullable() })).output(z.array(anomalySchema)),
  advice: procedure.input(z.object({ environmentId })).output(z.array(adviceSchema)),
  /** Writes the proposal into the user's file, comments and order kept. Refused when the file changed since. */
  applyAdvice: procedure
    .input(z.object({ environmentId, adviceId: z.string() }))
    .output(z.object({ file: z.string(), summary: z.string() })),
};
