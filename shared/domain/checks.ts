import { z } from 'zod';
import { durationSchema } from './duration.ts';

const port = z.number().int().min(1).max(65_535);

/** `200`, `2xx`, `200-299`. */
const statusRange = z
  .union([z.number().int(), z.string()])
  .refine(
    (value) => /^([1-5]\d\d|[1-5]xx|[1-5]\d\d-[1-5]\d\d)$/.test(String(value)),
    'a status such as 200, 2xx or 200-399',
  );

export const httpProbeSchema = z.strictObject({
  /** Of the container. */
  port,
  path: z.string().startsWith('/', 'a path that starts with /').optional(),
  scheme: z.enum(['http', 'https']).optional(),
  method: z.enum(['GET', 'HEAD']).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** Accepted status codes; 200-399 when absent. */
  status: z.array(statusRange).min(1).optional(),
  /** Text that the first 64 KiB of the body must contain. */
  body: z.string().min(1).optional(),
  /** Accept a certificate that no known authority signed; it must still not have expired. */
  insecure: z.boolean().optional(),
});

export const commandProbeSchema = z.strictObject({
  run: z.array(z.string()).min(1),
  /** Where it runs; on the host, in the stack's folder. */
  in: z.enum(['container', 'host']).optional(),
});

/** How a service is asked whether it works. Exactly one kind. Ports are those of the container. */
export const probeSchema = z
  .strictObject({
    http: httpProbeSchema.optional(),
    tcp: z.strictObject({ port }).optional(),
    command: commandProbeSchema.optional(),
    postgres: z
      .strictObject({ port: port.optional(), user: z.string().optional(), database: z.string().optional() })
      .optional(),
    redis: z.strictObject({ port: port.optional() }).optional(),
    mysql: z.strictObject({ port: port.optional() }).optional(),
    amqp: z.strictObject({ port: port.optional() }).optional(),
    /** No probe: container state and its HEALTHCHECK only. */
    none: z.literal(true).optional(),
  })
  .refine((probe) => Object.values(probe).filter((value) => value !== undefined).length === 1, {
    message: 'one of http, tcp, command, postgres, redis, mysql, amqp, none',
  });

export type Probe = z.infer<typeof probeSchema>;
export type ProbeKind = keyof Probe;

/** What Golden Hour does by itself when a service is down. */
export const recoveryPolicies = ['notify', 'restart', 'restore'] as const;

/** `health.services.<name>` of golden.yml. Everything has a default; an absent probe is suggested from image and ports. */
export const serviceCheckSchema = z.strictObject({
  probe: probeSchema.optional(),
  interval: durationSchema.optional(),
  timeout: durationSchema.optional(),
  /** Failures in a row until it is down. */
  failures: z.number().int().min(1).max(100).optional(),
  /** Successes in a row until it is healthy again. */
  successes: z.number().int().min(1).max(100).optional(),
  /** How long after its start failures do not count. */
  start_period: durationSchema.optional(),
  /** Degraded when the 95th percentile is above this for two minutes. */
  latency_p95: durationSchema.optional(),
  /** Lines of the log that count as errors; a case-insensitive regular expression. */
  log_errors: z.string().min(1).max(500).refine(isPattern, 'a regular expression').optional(),
  recovery: z.enum(recoveryPolicies).optional(),
  muted: z.boolean().optional(),
});
export type ServiceCheck = z.infer<typeof serviceCheckSchema>;

export const healthSectionSchema = z.strictObject({
  /** Apply to every service that says nothing itself. */
  defaults: serviceCheckSchema.omit({ probe: true }).optional(),
  services: z.record(z.string().min(1), serviceCheckSchema).optional(),
});
export type HealthSection = z.infer<typeof healthSectionSchema>;

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'iu');
    return true;
  } catch {
    return false;
  }
}
