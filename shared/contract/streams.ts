import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { environmentId, flowSchema, isoTime, procedure, serviceName } from './common.ts';
import { discoveredProjectSchema } from './compose-projects.ts';
import { engineViewSchema } from './engines.ts';
import { environmentViewSchema } from './environments.ts';
import { goldenImageViewSchema, storeViewSchema } from './golden.ts';
import { watchStateSchema } from './health.ts';
import { operationViewSchema } from './operations.ts';
import { routineRunSchema } from './routines.ts';
import { settingsSchema } from './settings.ts';

/** Everything small that a window shows. Floods (logs, terminals, statistics) have streams of their own. */
export const appStateSchema = z.object({
  engines: z.array(engineViewSchema),
  environments: z.array(environmentViewSchema),
  /** Projects that `docker compose` started on the engine in use, by name; the first 200. */
  discovered: z.array(discoveredProjectSchema),
  operations: z.array(operationViewSchema),
  images: z.array(goldenImageViewSchema),
  store: storeViewSchema.nullable(),
  watch: watchStateSchema,
  /** All that run, and the newest that ended of each environment and routine. */
  routineRuns: z.array(routineRunSchema),
  settings: settingsSchema,
});
export type AppState = z.infer<typeof appStateSchema>;

export const stateChangeSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('engines'), value: z.array(engineViewSchema) }),
  z.object({ type: z.literal('environment'), value: environmentViewSchema }),
  z.object({ type: z.literal('environment.removed'), id: z.string() }),
  z.object({ type: z.literal('discovered'), value: z.array(discoveredProjectSchema) }),
  z.object({ type: z.literal('operation'), value: operationViewSchema }),
  z.object({ type: z.literal('operation.removed'), id: z.string() }),
  z.object({ type: z.literal('images'), value: z.array(goldenImageViewSchema) }),
  z.object({ type: z.literal('store'), value: storeViewSchema.nullable() }),
  z.object({ type: z.literal('watch'), value: watchStateSchema }),
  z.object({ type: z.literal('routineRun'), value: routineRunSchema }),
  z.object({ type: z.literal('routineRun.removed'), id: z.string() }),
  z.object({ type: z.literal('settings'), value: settingsSchema }),
]);
export type StateChange = z.infer<typeof stateChangeSchema>;

/** Snapshot first, then changes. `seq` grows by one with every change within one `epoch` (one life of the engine). */
export const stateEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), epoch: z.string(), seq: z.number().int(), state: appStateSchema }),
  z.object({
    kind: z.literal('changes'),
    epoch: z.string(),
    /**
     * Sequence number that the batch goes on from. Changes that replaced each other count and are not sent, so it cannot
     * be told from the number of changes.
     */
    from: z.number().int().optional(),
    /** Sequence number of the last change in the batch. */
    seq: z.number().int(),
    changes: z.array(stateChangeSchema),
  }),
]);
export type StateEvent = z.infer<typeof stateEventSchema>;

export const logLineSchema = z.object({
  /** Grows within one stream; gaps are drops. */
  seq: z.number().int(),
  service: serviceName,
  container: z.string(),
  at: isoTime.nullable(),
  stream: z.enum(['stdout', 'stderr']),
  text: z.string(),
});
export type LogLine = z.infer<typeof logLineSchema>;

export const logBatchSchema = z.object({
  lines: z.array(logLineSchema),
  /** Lines given up since the last batch because the reader or the budget could not keep up. */
  dropped: z.number().int(),
  /** No more will come (not following, or every container is gone). */
  ended: z.boolean(),
});
export type LogBatch = z.infer<typeof logBatchSchema>;

export const statsSampleSchema = z.object({
  at: isoTime,
  environmentId,
  service: serviceName,
  /** Per cent of one core; 200 means two cores busy. */
  cpuPercent: z.number(),
  memoryBytes: z.number(),
  /** Null when the container has no limit of its own. */
  memoryLimitBytes: z.number().nullable(),
  networkRxBytes: z.number(),
  networkTxBytes: z.number(),
  blockReadBytes: z.number(),
  blockWriteBytes: z.number(),
  pids: z.number().int(),
});
export type StatsSample = z.infer<typeof statsSampleSchema>;

export const terminalViewSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** `host`: a shell on this machine. */
  kind: z.enum(['container', 'host']),
  environmentId: environmentId.nullable(),
  service: serviceName.nullable(),
  /** Where a `host` session started, absolute. */
  folder: z.string().nullable(),
  /** What the user calls it. */
  name: z.string().nullable(),
  openedAt: isoTime,
  /** `waiting`: open when an earlier engine ended; `restore` starts a new session in its place. */
  state: z.enum(['waiting', 'running', 'ended']),
  /** A new session in the place of one that an earlier engine had. */
  restored: z.boolean(),
  /** Null while it runs or waits. */
  exitCode: z.number().int().nullable(),
});
export type TerminalView = z.infer<typeof terminalViewSchema>;

export const terminalBatchSchema = z.object({
  /** UTF-8 text; a replay of the kept tail comes first after each attach. */
  data: z.string(),
  /** Somebody has read `data` before: what it asks a terminal was answered then. */
  replay: z.boolean().optional(),
  /** Standard error, only of sessions without a TTY. */
  errors: z.string().optional(),
  /** Total UTF-16 units produced so far, so that a reattach can ask for what is missing. */
  offset: z.number().int(),
  exit: z.object({ code: z.number().int().nullable() }).nullable(),
});
export type TerminalBatch = z.infer<typeof terminalBatchSchema>;

export const stateContract = {
  watch: procedure
    .input(z.object({ since: z.object({ epoch: z.string(), seq: z.number().int() }).optional() }))
    .output(eventIterator(stateEventSchema)),
};

export const flowContract = {
  ack: procedure.input(z.object({ streamId: z.string(), count: z.number().int().min(1) })).output(z.object({})),
};

export const logsContract = {
  follow: procedure
    .input(
      z.object({
        flow: flowSchema,
        environmentId,
        services: z.array(serviceName).optional(),
        /** Lines of the past, per container. */
        tail: z.number().int().min(0).max(10_000).default(500),
        since: isoTime.optional(),
        follow: z.boolean().default(true),
      }),
    )
    .output(eventIterator(logBatchSchema)),
};

export const statsContract = {
  /** First batch: up to ten minutes of history per service; then one batch per sampling period. */
  watch: procedure
    .input(z.object({ flow: flowSchema, environmentId }))
    .output(eventIterator(z.object({ samples: z.array(statsSampleSchema) }))),
};

const terminalSize = {
  columns: z.number().int().min(2).max(1000).default(80),
  rows: z.number().int().min(2).max(500).default(24),
};

export const terminalContract = {
  /** In the order of their tabs. */
  list: procedure.output(z.array(terminalViewSchema)),
  /**
   * The user's login shell on this machine, in the stack's folder or one below it or in one of its repositories, with
   * the variables that make `docker compose` speak of this stack. Without an environment: in the home folder.
   */
  openHost: procedure
    .input(z.object({ environmentId: environmentId.nullable(), folder: z.string().min(1).optional(), ...terminalSize }))
    .output(terminalViewSchema),
  /** Starts a new session in the place, and under the id, of one that waits or has ended. */
  restore: procedure.input(z.object({ terminalId: z.string(), ...terminalSize })).output(terminalViewSchema),
  /** Null: it goes by its place again. */
  rename: procedure
    .input(z.object({ terminalId: z.string(), name: z.string().trim().min(1).max(60).nullable() }))
    .output(terminalViewSchema),
  /** The order of tabs. What is not named stays behind. */
  arrange: procedure.input(z.object({ terminalIds: z.array(z.string()).max(100) })).output(z.object({})),
  /** What runs in it besides the shell: names of programs, without repetition, the first 20. */
  activity: procedure.input(z.object({ terminalId: z.string() })).output(z.object({ programs: z.array(z.string()) })),
  /** A shell (or a command) in a service's container, on a TTY. */
  open: procedure
    .input(
      z.object({
        environmentId,
        service: serviceName,
        container: z.string().optional(),
        command: z.array(z.string()).min(1).optional(),
        ...terminalSize,
        /** False: no terminal, plain pipes, for scripts. Standard error then comes in `errors`, apart. */
        tty: z.boolean().default(true),
      }),
    )
    .output(terminalViewSchema),
  attach: procedure
    .input(z.object({ flow: flowSchema, terminalId: z.string() }))
    .output(eventIterator(terminalBatchSchema)),
  /** `end` closes standard input after the data (sessions without a TTY). */
  input: procedure
    .input(z.object({ terminalId: z.string(), data: z.string().max(1_000_000), end: z.boolean().default(false) }))
    .output(z.object({})),
  resize: procedure
    .input(
      z.object({
        terminalId: z.string(),
        columns: z.number().int().min(2).max(1000),
        rows: z.number().int().min(2).max(500),
      }),
    )
    .output(z.object({})),
  close: procedure.input(z.object({ terminalId: z.string() })).output(z.object({})),
};
