import { join } from 'node:path';
import type { z } from 'zod';
import type { Change } from '../../../shared/contract/environments.ts';
import { enumerate } from '../../../shared/domain/clock-words.ts';
import { stepOptions } from '../../../shared/domain/step-options.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Call, EngineApi } from '../api.ts';
import type { LoadedStack } from '../environments/stack-loader.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import type { StepContext, StepImplementation } from '../routines/step-types.ts';
import { dayWords } from './day-words.ts';
import { compareSeen, type FoundChanges, seeFiles } from './find-changes.ts';
import { migrationName } from './migrations.ts';
import type { SeenBook, SeenFiles } from './seen-book.ts';
import { note } from './team-files.ts';

export interface ChangesStepDeps {
  readonly files: Files;
  readonly clock: Clock;
  readonly seen: SeenBook;
  /** The stack as its files say now. Throws when they are wrong. */
  readonly load: (environmentId: string, signal: AbortSignal) => Promise<LoadedStack>;
  readonly environments: Pick<EngineApi['environments'], 'plan' | 'up'>;
  readonly golden: Pick<EngineApi['golden'], 'capture'>;
  /** The call that a step makes. */
  readonly as: (step: StepContext) => Call;
  /** When a file came into the repository; undefined: nobody knows. */
  readonly committedAt: (folder: string, path: string, signal: AbortSignal) => Promise<Date | undefined>;
}

const optionsSchema = stepOptions.changes;
type Options = z.infer<typeof optionsSchema>;

/** What is new since the last time: migrations, Compose files, golden.yml. The first time it only learns. */
export function changesStep(deps: ChangesStepDeps): StepImplementation<Options> {
  const { files, seen } = deps;

  async function look(
    target: EnvironmentTarget,
    signal: AbortSignal,
  ): Promise<{ readonly now: SeenFiles; readonly found: FoundChanges | undefined }> {
    const loaded = await deps.load(target.id, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      // Faults in the files are told by whoever starts the stack.
      return undefined;
    });
    const stackFiles = loaded?.filesRead ?? target.files;
    const now = await seeFiles(files, { folder: target.folder, stackFiles }, signal);
    const before = seen.files(target.id);
    return { now, found: before === undefined ? undefined : compareSeen(before, now) };
  }

  return {
    kind: 'changes',
    options: optionsSchema,
    title: () => 'Look for changes',
    timeoutMs: 120_000,

    async look(_options, { target, signal }) {
      const { found } = await look(target, signal);
      if (found === undefined) return null;
      const parts = [
        ...(found.migrations.length === 0 ? [] : [count(found.migrations.length, 'new migration')]),
        ...(found.stackFiles.length === 0 ? [] : [`${enumerate(found.stackFiles)} changed`]),
        ...(found.goldenFile ? ['golden.yml changed'] : []),
      ];
      return parts.length === 0 ? 'nothing new' : parts.join(', ');
    },

    async run(options, step) {
      step.detail('Looking at the files');
      const { now, found } = await look(step.target, step.signal);
      if (found === undefined) {
        seen.noteFiles(step.environmentId, now);
        const many = now.migrations.length;
        return {
          result: many === 0 ? 'Looked for the first time' : `Looked for the first time: ${count(many, 'migration')}`,
        };
      }
      const results: string[] = [];
      if (found.goldenFile) {
        step.remark(note('golden.yml changed', 'What it runs is shown and asked for again before it runs.'));
        results.push('golden.yml changed');
      }
      if (found.migrations.length > 0) results.push(await tellMigrations(deps, found.migrations, options, step));
      if (found.stackFiles.length > 0) results.push(await tellStackFiles(deps, found.stackFiles, options, step));
      // Only now: after a cut in between it is told again.
      seen.noteFiles(step.environmentId, now);
      return { result: results.length === 0 ? 'Nothing changed since the last time' : results.join('; ') };
    },
  };
}

async function tellMigrations(
  deps: ChangesStepDeps,
  paths: readonly string[],
  { capture }: Options,
  step: StepContext,
): Promise<string> {
  const names = paths.map(migrationName);
  const when = await newestOf(deps, paths, step);
  const arrives = paths.length === 1 ? '1 migration arrives' : `${paths.length} migrations arrive`;
  const title = `${arrives}: ${enumerate(names)}${when === undefined ? '' : `, ${dayWords(when, deps.clock.now())}`}`;
  step.remark(note(title, paths.slice(0, 20).join('\n'), 'Run it the way your project does.'));
  if (capture === 'never') return title;
  if (capture === 'ask') {
    const answer = await step.ask({
      kind: 'choice',
      text: `${title}. Capture a golden image before it runs?`,
      detail: [...paths.slice(0, 100)],
      choices: [
        { id: 'capture', label: 'Capture a golden image', danger: false },
        { id: 'no', label: 'Go on without', danger: false },
      ],
    });
    if (answer.kind !== 'choice' || answer.id !== 'capture') return title;
  }
  const now = deps.clock.now();
  const input = {
    environmentId: step.environmentId,
    purpose: `before ${(names.at(-1) ?? 'migration').slice(0, 60)}`,
    // There may be another one today.
    tag: `${now.getHours()}`.padStart(2, '0') + `${now.getMinutes()}`.padStart(2, '0'),
    note: title,
  };
  await step.operate(() => deps.golden.capture(input, deps.as(step)));
  return `${title}; a golden image was captured before it`;
}

async function tellStackFiles(
  deps: ChangesStepDeps,
  paths: readonly string[],
  { apply }: Options,
  step: StepContext,
): Promise<string> {
  const title = `${enumerate(paths)} changed`;
  const up = { environmentId: step.environmentId, action: 'up', volumes: false } as const;
  const plan = await deps.environments.plan(up, deps.as(step)).catch((error: unknown) => {
    step.signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    return undefined;
  });
  if (plan === undefined) {
    step.remark(note(title, 'What that changes cannot be told now.', 'See what the start of the stack says.'));
    return title;
  }
  const changes = plan.changes.filter(wouldRecreate);
  const services = [...new Set(changes.flatMap(({ service }) => (service === null ? [] : [service])))];
  if (services.length === 0) return `${title}; no container is concerned`;
  const sentence = `${title}: ${enumerate(services, 5)} would be recreated`;
  const detail = changes.map(({ service, reason }) => `${service}: ${reason}`);
  const chosen = apply === 'ask' ? await askToApply(sentence, detail, step) : apply === 'always';
  if (!chosen) {
    step.remark(note(sentence, detail.slice(0, 20).join('\n'), 'Start the stack to apply it.'));
    return sentence;
  }
  await step.operate(() => deps.environments.up({ environmentId: step.environmentId, services }, deps.as(step)));
  return `${title}; ${enumerate(services, 5)} recreated`;
}

async function askToApply(sentence: string, detail: readonly string[], step: StepContext): Promise<boolean> {
  const answer = await step.ask({
    kind: 'choice',
    text: `${sentence}. Now?`,
    detail: detail.slice(0, 100),
    choices: [
      { id: 'up', label: 'Recreate them', danger: false },
      { id: 'leave', label: 'Leave them as they are', danger: false },
    ],
  });
  return answer.kind === 'choice' && answer.id === 'up';
}

const wouldRecreate = ({ resource, action }: Change): boolean => resource === 'container' && action === 'recreate';

async function newestOf(deps: ChangesStepDeps, paths: readonly string[], step: StepContext): Promise<Date | undefined> {
  const dates: Date[] = [];
  for (const path of paths.slice(-5)) {
    const absolute = join(step.target.folder, path);
    const committed = await deps.committedAt(step.target.folder, absolute, step.signal).catch(() => undefined);
    const found = committed ?? (await deps.files.info(absolute))?.modifiedAt;
    if (found !== undefined) dates.push(found);
  }
  return dates.sort((a, b) => a.getTime() - b.getTime()).at(-1);
}

const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? '' : 's'}`;
