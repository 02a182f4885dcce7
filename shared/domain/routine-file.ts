import { z } from 'zod';
import { durationSchema } from './duration.ts';

/**
 * What a step does. `run` is a command of the user's; everything else is known to the engine and needs no trust beyond
 * the folder's.
 */
export const stepKinds = [
  /** Docker answers; offers to start it where the system can. */
  'engine',
  /** One look at every service: what is down, and why. */
  'health',
  'git.fetch',
  /** Fast-forward only. */
  'git.pull',
  /** Uncommitted work becomes a commit; never on a protected branch. */
  'git.wip',
  'git.push',
  /** Team files, env templates, missing keys, secrets. */
  'config.sync',
  /** New migrations, changed Compose files, a changed golden.yml since the last run: says so and proposes. */
  'changes',
  'stack.up',
  'stack.stop',
  'stack.down',
  'stack.restart',
  /** Waits until every service is ready, and says of each when it was. */
  'ready',
  'golden.restore',
  'golden.capture',
  'run',
  'summary',
] as const;
export type StepKind = (typeof stepKinds)[number];

/** `2`, or with a pause that doubles from try to try. */
const retriesSchema = z.union([
  z.number().int().min(0).max(10),
  z.strictObject({ times: z.number().int().min(0).max(10), pause: durationSchema.optional() }),
]);

export const stepIdSchema = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, 'lower case letters, digits, dots and dashes');

/** One step of a routine in golden.yml. */
export const routineStepSchema = z.strictObject({
  /** Else the name of what it does, numbered when that is taken. */
  id: stepIdSchema.optional(),
  /** What the user reads; each kind has words of its own. */
  title: z.string().min(1).max(120).optional(),
  uses: z.enum(stepKinds).optional(),
  /** A command: through the system's shell when it is text, without one when it is a list. Short for `uses: run`. */
  run: z.union([z.string().min(1).max(10_000), z.array(z.string()).min(1).max(200)]).optional(),
  /** Of `run`: a folder below the stack's. */
  folder: z.string().min(1).optional(),
  /** Of `run`: more variables. */
  environment: z.record(z.string(), z.string()).optional(),
  /** Of `run`: in this service's container instead of on this machine. */
  service: z.string().min(1).optional(),
  /** Steps that must have ended well (or been skipped by their condition). Absent: the step before. `[]`: none. */
  needs: z.array(stepIdSchema).optional(),
  /** A condition such as `data.changed > 50MiB`; false skips the step. */
  if: z.string().min(1).max(500).optional(),
  timeout: durationSchema.optional(),
  retries: retriesSchema.optional(),
  /** Its failure is a remark; those that need it go on. */
  optional: z.boolean().optional(),
  /** Asks before it does anything. */
  ask: z.boolean().optional(),
  /** Options of its kind. */
  with: z.record(z.string(), z.unknown()).optional(),
});
export type RoutineStep = z.infer<typeof routineStepSchema>;

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 08:45');

/** When a routine starts by itself. */
export const scheduleSchema = z.strictObject({
  /** Starts at this time. */
  at: clockTime.optional(),
  /** Starts early enough to be done by then, going by how long it took before. */
  ready_by: clockTime.optional(),
  /** Five fields of cron, for everything else. */
  cron: z.string().min(9).max(120).optional(),
  /** Absent: Monday to Friday. For `cron` the expression says it. */
  days: z.array(z.enum(weekdays)).min(1).optional(),
  /** The first unlock or wake-up after a night. */
  on: z
    .array(z.enum(['unlock', 'resume']))
    .min(1)
    .optional(),
  /** Not below 20 % on battery. Default true. */
  skip_on_low_battery: z.boolean().optional(),
  /** Not on a metered network. Default false. */
  skip_on_metered: z.boolean().optional(),
});
export type Schedule = z.infer<typeof scheduleSchema>;

export const routineSchema = z.strictObject({
  title: z.string().min(1).max(120).optional(),
  /** Default 5m. */
  budget: durationSchema.optional(),
  /** A proposal: it starts by itself only once the user of this machine turned it on. */
  schedule: scheduleSchema.optional(),
  steps: z.array(routineStepSchema).min(1).max(100),
});
export type Routine = z.infer<typeof routineSchema>;

/** `routines` of golden.yml. `morning` and `evening` replace ours of that name. */
export const routinesSchema = z.record(
  z
    .string()
    .max(60)
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'lower case letters, digits and dashes'),
  routineSchema,
);

/** `day` of golden.yml: what our own Morning startup and End of day go by, without declaring them step by step. */
export const daySchema = z.strictObject({
  /** Data older than this is restored from the newest image. Absent: never by itself. */
  restore_after: durationSchema.optional(),
  /** Which image a restore takes: `latest` (default) of this environment, or a name, or the start of one with `*`. */
  restore_image: z.string().min(1).optional(),
  /** The End of day captures when more than this changed, such as `50MiB` (default). */
  capture_when: z.string().min(1).optional(),
  /** What the End of day does with what runs. Default `stop`. */
  at_end: z.enum(['stop', 'leave']).optional(),
  /** `wip/` branches (default), the branch itself, or no commit at all. */
  wip: z.enum(['branch', 'current', 'off']).optional(),
  /** Pushes what was committed. Default false. */
  push: z.boolean().optional(),
  /** Asks to stop what nobody used for so long after `idle_from`. */
  idle: z.strictObject({ after: durationSchema, from: clockTime }).optional(),
});
export type DaySection = z.infer<typeof daySchema>;

/** `git` of golden.yml. */
export const gitSectionSchema = z.strictObject({
  /** Folders of repositories, relative to the file. Default: the one that the stack's folder is in. */
  repositories: z.array(z.string().min(1)).min(1).max(50).optional(),
  /** What branches start from. Default: what the remote calls its HEAD. */
  base: z.string().min(1).optional(),
  /** Never committed to, never pushed by us. Patterns with `*`. Default: main, master, develop, release/*, and the base. */
  protected: z.array(z.string().min(1)).optional(),
  /** A regular expression that names of branches follow. */
  branches: z.string().min(1).max(500).optional(),
  /** `conventional`, or a regular expression that the first line of a message follows. */
  commits: z.string().min(1).max(500).optional(),
  /** Files above this are warned of before a commit. Default 10MiB. */
  large_files: z.string().min(1).optional(),
});
export type GitSection = z.infer<typeof gitSectionSchema>;

/** `config` of golden.yml. */
export const configSectionSchema = z.strictObject({
  /** Files of the team: a folder, `https://…` of a file, or a git repository as Compose writes it (`url#ref:folder`). */
  source: z.string().min(1).optional(),
  /** Where each goes, relative to this file: `from: to`. */
  files: z.record(z.string(), z.string()).optional(),
  /** Env files and the templates they follow: `.env: .env.example`. Default: `.env` where `.env.example` lies beside it. */
  env: z.record(z.string(), z.string()).optional(),
  /** Keys that are asked for once and kept in the system's key store, never in a file. */
  secrets: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable name'))
    .max(200)
    .optional(),
  /** Files that are migrations; a new one is told in the morning. Patterns such as `db/migrations/**`. */
  migrations: z.array(z.string().min(1)).optional(),
});
export type ConfigSection = z.infer<typeof configSectionSchema>;

/** `domains` of golden.yml: which parts of the repository concern which services and tests. */
export const domainsSchema = z.record(
  z.string().min(1).max(60),
  z.strictObject({
    paths: z.array(z.string().min(1)).min(1),
    services: z.array(z.string().min(1)).optional(),
    /** Commands that test it; shown, and run only when somebody presses them. */
    tests: z.array(z.string().min(1)).optional(),
  }),
);
export type Domains = z.infer<typeof domainsSchema>;
