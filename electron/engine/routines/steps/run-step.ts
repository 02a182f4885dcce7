import { isAbsolute, relative, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../../shared/errors.ts';
import type { Files } from '../../platform/files.ts';
import type { RunSupervised, SupervisedEnd } from '../../platform/supervised.ts';
import type { CurrentDocker } from '../../providers/docker/client.ts';
import type { EnvironmentTarget, StackRuntime } from '../../providers/provider.ts';
import type { StepContext, StepImplementation, StepOutcome } from '../step-types.ts';

const options = z.strictObject({
  run: z.union([z.string().min(1).max(10_000), z.array(z.string()).min(1).max(200)]),
  folder: z.string().min(1).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  service: z.string().min(1).optional(),
});
type Options = z.infer<typeof options>;

const keptSchema = z.object({ pid: z.number().nullable() });
const runMs = 10 * 60_000;

export interface RunStepDeps {
  readonly files: Pick<Files, 'real'>;
  readonly run: RunSupervised;
  readonly docker: CurrentDocker;
  readonly runtime: Pick<StackRuntime, 'containers'>;
  /** The shell's variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly alive: (pid: number) => boolean;
}

/** A command of the user's, on this machine or in a service's container. */
export function runStep(deps: RunStepDeps): StepImplementation<Options> {
  return {
    kind: 'run',
    options,
    title: ({ run }) => {
      const line = typeof run === 'string' ? (run.trim().split('\n')[0] ?? '') : run.join(' ');
      return line.length > 60 ? `${line.slice(0, 59)}…` : line;
    },
    timeoutMs: runMs,
    commands: async (wish, target) => [{ text: commandText(wish), where: whereOf(wish, target) }],
    folder: ({ folder }, target) => resolve(target.folder, folder ?? '.'),
    async run(wish, step): Promise<StepOutcome> {
      const cut = keptSchema.safeParse(step.kept);
      if (cut.success) throw wasCut(cut.data.pid, deps.alive);
      step.output(`$ ${commandText(wish)}\n`);
      const end = wish.service === undefined ? await onHost(deps, wish, step) : await inContainer(deps, wish, step);
      if (end.exitCode === 0) return { result: 'Ended with 0' };
      throw new AppError({
        code: 'routine.step-failed',
        message: end.exitCode === null ? `It was ended by ${end.signal}.` : `It ended with ${end.exitCode}.`,
        remedy: 'Look at what it wrote, and retry.',
        details: { exitCode: end.exitCode },
      });
    },
  };
}

/** Word by word what is run, with the variables that are set for it. */
function commandText({ run, environment = {} }: Options): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${quoted(value)} `);
  return variables.join('') + (typeof run === 'string' ? run : run.map(quoted).join(' '));
}

const quoted = (word: string): string =>
  /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

const whereOf = ({ folder, service }: Options, target: EnvironmentTarget): string =>
  service === undefined ? resolve(target.folder, folder ?? '.') : `in the container of ${service}`;

async function onHost(deps: RunStepDeps, wish: Options, step: StepContext): Promise<SupervisedEnd> {
  const folder = await folderWithin(deps.files, step.target.folder, wish.folder ?? '.');
  // On disk before it runs: whoever finds this does not run it a second time.
  step.keep({ pid: null });
  return deps.run(wish.run, {
    signal: step.signal,
    folder,
    environment: { ...deps.environment, ...wish.environment },
    onOutput: step.output,
    onStarted: (pid) => step.keep({ pid }),
  });
}

/** Links do not lead out of the stack's folder. */
async function folderWithin(files: Pick<Files, 'real'>, root: string, folder: string): Promise<string> {
  const path = resolve(root, folder);
  const [real, realRoot] = await Promise.all([files.real(path), files.real(root)]);
  if (real === undefined)
    throw new AppError({
      code: 'input.not-found',
      message: `There is no folder ${path}.`,
      remedy: 'Correct the folder of the step.',
    });
  const inside = relative(realRoot ?? root, real);
  if (inside.startsWith('..') || isAbsolute(inside))
    throw new AppError({
      code: 'guard.refused',
      message: `${path} is outside of the stack's folder.`,
      remedy: 'Choose a folder below it.',
    });
  return real;
}

async function inContainer(deps: RunStepDeps, wish: Options, step: StepContext): Promise<SupervisedEnd> {
  const containers = await deps.runtime.containers(step.target, step.signal);
  const container = containers
    .filter((each) => each.service === wish.service && each.state === 'running')
    .sort((one, other) => one.number - other.number)[0];
  if (container === undefined)
    throw new AppError({
      code: 'routine.step-failed',
      message: `${wish.service} does not run, so nothing can be run in its container.`,
      remedy: 'Start it, and retry.',
    });
  step.keep({ pid: null });
  const { exitCode, stderr } = await deps.docker().exec(
    container.id,
    {
      command: typeof wish.run === 'string' ? ['sh', '-c', wish.run] : wish.run,
      maxBytes: 64 * 1024,
      onLine: (line) => step.output(`${line}\n`),
      ...(wish.environment === undefined ? {} : { environment: wish.environment }),
    },
    { signal: step.signal, timeoutMs: Number.POSITIVE_INFINITY },
  );
  step.output(stderr);
  return { exitCode, signal: null };
}

/** Whether it did what it was to do nobody knows; doing it twice may do harm. */
function wasCut(pid: number | null, alive: (pid: number) => boolean): AppError {
  const still = pid !== null && alive(pid) ? ` It may still be running, as process ${pid}.` : '';
  return new AppError({
    code: 'operation.interrupted',
    message: `Golden Hour ended while the command ran, and does not run it again by itself.${still}`,
    remedy: 'Look at what it did, then retry or skip it.',
  });
}
