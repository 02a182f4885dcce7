import { z } from 'zod';
import { healthStates } from '../domain/health.ts';
import { environmentClasses } from '../domain/names.ts';
import { problemSchema } from '../domain/problem.ts';
import { environmentId, isoTime, operationRef, procedure, serviceName } from './common.ts';
import { explainInput, explanationSchema, loadingSchema, stackSourceSchema } from './compose-projects.ts';
import { invocationSchema } from './invocation.ts';

export const portViewSchema = z.object({
  hostIp: z.string().nullable(),
  /** Null while the container does not run or the port is not published. */
  hostPort: z.number().int().nullable(),
  containerPort: z.number().int(),
  protocol: z.string(),
});
export type PortView = z.infer<typeof portViewSchema>;

export const containerStates = [
  'absent',
  'created',
  'running',
  'paused',
  'restarting',
  'removing',
  'exited',
  'dead',
] as const;

/** One container of a service (services have several when scaled). */
export const instanceViewSchema = z.object({
  containerId: z.string(),
  containerName: z.string(),
  /** Compose's container number, from 1. */
  number: z.number().int(),
  state: z.enum(containerStates),
  health: z.enum(healthStates),
  /** Last line of the failing HEALTHCHECK, or how the process ended. */
  reason: z.string().nullable(),
  startedAt: isoTime.nullable(),
  finishedAt: isoTime.nullable(),
  exitCode: z.number().int().nullable(),
  oomKilled: z.boolean(),
  /** Restarts by the engine's restart policy since the container was created. */
  restarts: z.number().int(),
  imageId: z.string(),
  ports: z.array(portViewSchema),
});
export type InstanceView = z.infer<typeof instanceViewSchema>;

export const serviceViewSchema = z.object({
  name: serviceName,
  provider: z.enum(['docker', 'vm', 'process']),
  image: z.string().nullable(),
  /** Build context, when the image is built here. */
  build: z.string().nullable(),
  command: z.string().nullable(),
  /** State of the worst instance; `absent` when there is none. */
  state: z.enum(containerStates),
  health: z.enum(healthStates),
  /** Why it is not healthy, in words. */
  reason: z.string().nullable(),
  /** Since when it is in this health state, as far as we have seen. */
  since: isoTime.nullable(),
  instances: z.array(instanceViewSchema),
  ports: z.array(portViewSchema),
  limits: z.object({ cpus: z.number().nullable(), memoryBytes: z.number().nullable() }),
  hasHealthcheck: z.boolean(),
  /** Another service waits for its end (`service_completed_successfully`): exiting with 0 is its purpose. */
  runsOnce: z.boolean(),
  dependsOn: z.array(z.string()),
  /** Volume keys this service mounts. */
  volumes: z.array(z.string()),
  /** How the running containers differ from the file. `extra` = no longer in the file. */
  drift: z.enum(['none', 'changed', 'missing', 'extra', 'unknown']),
  driftReasons: z.array(z.string()),
  /** Since when it differs, as far as we have seen; null or absent while it does not. */
  driftSince: isoTime.nullable().optional(),
});
export type ServiceView = z.infer<typeof serviceViewSchema>;

export const environmentViewSchema = z.object({
  id: environmentId,
  stackName: z.string(),
  name: z.string(),
  class: z.enum(environmentClasses),
  folder: z.string(),
  /** The Compose files in use, absolute. */
  files: z.array(z.string()),
  projectName: z.string(),
  state: z.enum(['running', 'partial', 'stopped', 'absent', 'unreachable', 'invalid']),
  health: z.enum(healthStates),
  reason: z.string().nullable(),
  since: isoTime.nullable(),
  services: z.array(serviceViewSchema),
  /** The engine cannot be asked right now: everything above is as of `asOf`. */
  stale: z.boolean(),
  asOf: isoTime,
  /** What is wrong with its files now. The last valid state above stays. */
  problems: z.array(problemSchema),
  branch: z.string().nullable(),
  /** The state that Undo would bring back. */
  undo: z.object({ generation: z.string(), leftAt: isoTime, keptUntil: isoTime, reason: z.string() }).nullable(),
  addedAt: isoTime,
});
export type EnvironmentView = z.infer<typeof environmentViewSchema>;

/** One line of a plan: what would be done to one thing, and what it costs. */
export const changeSchema = z.object({
  resource: z.enum(['image', 'network', 'volume', 'container', 'data', 'file']),
  name: z.string(),
  service: z.string().nullable(),
  action: z.enum([
    'none',
    'create',
    'start',
    'stop',
    'restart',
    'recreate',
    'remove',
    'pull',
    'build',
    'adopt',
    'keep',
  ]),
  /** What the user feels: nothing, a restart, a new container, or data that is replaced or lost. */
  cost: z.enum(['none', 'restart', 'recreate', 'data']),
  reason: z.string(),
  /** Bytes of data concerned, where known. */
  bytes: z.number().nullable(),
});
export type Change = z.infer<typeof changeSchema>;

/** Something in the files that reaches beyond the stack: shown before the first run. */
export const riskSchema = z.object({
  service: z.string(),
  kind: z.string(),
  message: z.string(),
  position: problemSchema.shape.position,
});
export type Risk = z.infer<typeof riskSchema>;

export const planActions = ['up', 'down', 'stop', 'restart', 'remove'] as const;

export const planSchema = z.object({
  environmentId,
  action: z.enum(planActions),
  changes: z.array(changeSchema),
  /** For `up`: volumes of the engine's own that stay where they are, and until when. No part of the hash. */
  keeps: z.array(changeSchema).optional(),
  /** What stops this plan: taken ports, missing images, invalid files. Empty means it can start. */
  problems: z.array(problemSchema),
  risks: z.array(riskSchema),
  /** Hash of all of the above; carrying it out with an old hash is refused as `plan.stale`. */
  hash: z.string(),
});
export type Plan = z.infer<typeof planSchema>;

/** What a folder would become if it were added. */
export const stackPreviewSchema = z.object({
  folder: z.string(),
  stackName: z.string(),
  projectName: z.string(),
  class: z.enum(environmentClasses),
  files: z.array(z.string()),
  goldenFile: z.string().nullable(),
  services: z.array(
    z.object({
      name: z.string(),
      image: z.string().nullable(),
      build: z.string().nullable(),
      ports: z.array(z.string()),
      volumes: z.array(z.string()),
      dependsOn: z.array(z.string()),
      position: problemSchema.shape.position,
    }),
  ),
  creates: z.array(changeSchema),
  /** A running Compose project of that name exists and would be adopted as it is. */
  adopts: z.boolean(),
  /** Volumes with data that are there already: where they stay, and until when. */
  keeps: z.array(changeSchema),
  /** What will be remembered, so that the same project is read again. */
  loading: loadingSchema,
  risks: z.array(riskSchema),
  /** Refusals (severity error) and remarks (warning), each with its place. */
  problems: z.array(problemSchema),
});
export type StackPreview = z.infer<typeof stackPreviewSchema>;

/** Where every value comes from, and what of it reaches beyond the stack. */
export const stackExplanationSchema = explanationSchema.extend({ risks: z.array(riskSchema) });
export type StackExplanation = z.infer<typeof stackExplanationSchema>;

const target = z.object({ environmentId });
const invoked = target.extend({ invocation: invocationSchema.optional() });
const withServices = invoked.extend({ services: z.array(serviceName).optional() });

export const stacksContract = {
  /** Compose files found in a folder and one level below, for the Add stack page. */
  scan: procedure
    .input(z.object({ folder: z.string().min(1) }))
    .output(z.array(z.object({ folder: z.string(), files: z.array(z.string()), added: z.boolean() }))),
  preview: procedure.input(stackSourceSchema).output(stackPreviewSchema),
  add: procedure.input(stackSourceSchema.extend({ environment: invocationSchema.shape.environment })).output(target),
  /** Takes the stack off the list. Containers, volumes and golden images stay. */
  forget: procedure.input(target).output(z.object({})),
  /** The resolved model as text, and where each value comes from (keys are JSON pointers). */
  config: procedure
    .input(target.extend({ format: z.enum(['yaml', 'json']).default('yaml'), service: serviceName.optional() }))
    .output(
      z.object({
        text: z.string(),
        files: z.array(z.string()),
        positions: z.record(z.string(), z.string()),
      }),
    ),
  /** Every value of the resolved model: where it stands, and which variable of which source is in it. */
  explain: procedure.input(explainInput).output(stackExplanationSchema),
};

export const environmentsContract = {
  list: procedure.output(z.array(environmentViewSchema)),
  get: procedure.input(target).output(environmentViewSchema),
  plan: procedure
    .input(
      withServices.extend({
        action: z.enum(planActions),
        volumes: z.boolean().default(false),
        removeOrphans: z.boolean().optional(),
      }),
    )
    .output(planSchema),
  up: procedure.input(withServices.extend({ planHash: z.string().optional() })).output(operationRef),
  stop: procedure.input(withServices).output(operationRef),
  restart: procedure.input(withServices).output(operationRef),
  /** Fetches newer images. Starts and replaces nothing; the summary says what `up` would recreate. */
  pull: procedure.input(withServices).output(operationRef),
  /**
   * Stops and removes containers and networks, keeps every volume. Containers of services that left the files go with
   * `removeOrphans` only.
   */
  down: procedure.input(invoked.extend({ removeOrphans: z.boolean().optional() })).output(operationRef),
  /** As down; with `volumes` the data goes too, and then the hash of the plan that was shown is required. */
  remove: procedure
    .input(invoked.extend({ volumes: z.boolean(), planHash: z.string().optional() }))
    .output(operationRef),
};
