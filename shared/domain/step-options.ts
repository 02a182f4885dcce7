import { z } from 'zod';
import type { StepKind } from './routine-file.ts';

const services = z.array(z.string().min(1)).min(1);
const repository = z
  .string()
  .min(1)
  .optional()
  .describe("One of the stack's repositories, by its folder or name. Default: all.");
const offline = z
  .enum(['remark', 'fail'])
  .optional()
  .describe('What a remote that cannot be reached is. Default remark.');
const decision = z.enum(['ask', 'always', 'never']);
const noOptions = z.strictObject({});

const ofServices = z.strictObject({
  services: services.optional().describe('Only these services. Default: all of the stack.'),
});

/** What `with` of a step may hold, by what the step does. */
export const stepOptions = {
  engine: noOptions,
  health: z.strictObject({
    require: z
      .boolean()
      .optional()
      .describe(
        'What is not healthy keeps the routine from being ready. Default false: it is said, as something may start it later.',
      ),
  }),
  'git.fetch': z.strictObject({ repository, offline }),
  'git.pull': z.strictObject({
    repository,
    fetch: z.boolean().optional().describe('Fetches first when that was not done just now. Default true.'),
  }),
  'git.wip': z.strictObject({
    repository,
    to: z
      .enum(['branch', 'current'])
      .optional()
      .describe('A branch of wip/, or the current one. Default: as day.wip says, else branch.'),
    large: z
      .enum(['ask', 'leave-out', 'commit'])
      .optional()
      .describe('What becomes of files above git.large_files. Default ask.'),
  }),
  'git.push': z.strictObject({
    repository,
    branch: z
      .enum(['wip', 'current'])
      .optional()
      .describe('The branch of wip/, or the current one. Default: where day.wip commits to.'),
    offline,
  }),
  'config.sync': noOptions,
  changes: z.strictObject({
    apply: decision.default('ask').describe('Recreate the services whose declaration changed.'),
    capture: decision.default('never').describe('Capture a golden image before a new migration is run.'),
  }),
  'stack.up': z.strictObject({
    services: services.optional().describe('Only these services. Default: all of the stack.'),
    only: z.literal('down').optional().describe('down: only what does not run, so that what works is left alone.'),
  }),
  'stack.stop': ofServices,
  'stack.down': noOptions,
  'stack.restart': ofServices,
  ready: ofServices,
  'golden.restore': z.strictObject({
    image: z
      .string()
      .min(1)
      .optional()
      .describe('latest of this environment (default), a name, or the beginning of one with *.'),
    services: services.optional().describe('Only the data of these services. Default: all of the image.'),
    replace: z
      .literal('always')
      .optional()
      .describe(
        'What changed since the last image is replaced without asking. It stays as an undo point all the same.',
      ),
  }),
  'golden.capture': z.strictObject({
    purpose: z
      .string()
      .min(1)
      .max(80)
      .optional()
      .describe('What the image is for; part of its name. Default end-of-day.'),
    tag: z
      .string()
      .min(1)
      .max(60)
      .optional()
      .describe('Last part of its name. Default: the time, so that a second one of a day has a name of its own.'),
    note: z.string().max(2000).optional().describe('Kept with the image.'),
  }),
  run: noOptions,
  summary: noOptions,
} as const satisfies Record<StepKind, z.ZodType>;
