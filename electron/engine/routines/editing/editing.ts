import type { Problem } from '../../../../shared/domain/problem.ts';
import { defaultRoutine, isDefaultRoutine } from '../../../../shared/domain/routine-defaults.ts';
import { type Routine, routinesSchema, type StepKind, stepKinds } from '../../../../shared/domain/routine-file.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { EngineApi } from '../../api.ts';
import type { LoadedStack } from '../../environments/stack-loader.ts';
import type { Files } from '../../platform/files.ts';
import { editGoldenFile, type GoldenFileEdit, goldenFileIn, writeBack } from '../../stacks/golden-file/edit.ts';
import { knownFacts } from '../../stacks/golden-file/known.ts';
import { type LoadedGoldenFile, loadGoldenFile } from '../../stacks/golden-file/load.ts';
import { rewriteYaml } from '../../stacks/yaml-difference.ts';
import { templates } from './templates.ts';

export interface EditingDeps {
  readonly files: Files;
  readonly folderOf: (environmentId: string) => string;
  /** Reads the stack; throws what is wrong with it. */
  readonly load: (environmentId: string, signal: AbortSignal) => Promise<LoadedStack>;
  /** Is there a step of this kind? */
  readonly has: (kind: StepKind) => boolean;
}

export interface Editing {
  readonly api: Pick<EngineApi['routines'], 'declaration' | 'previewSave' | 'save' | 'templates' | 'vocabulary'>;
}

/** The file side of routines: what golden.yml says of them, and writing it there. */
export function createEditing(deps: EditingDeps): Editing {
  /** Services of the stack; undefined while its files cannot be read. */
  async function servicesOf(environmentId: string, signal: AbortSignal): Promise<readonly string[] | undefined> {
    try {
      const { project, inactiveServices } = await deps.load(environmentId, signal);
      return [...Object.keys(project.services), ...inactiveServices];
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }

  async function edit(
    { environmentId, routine, declaration }: { environmentId: string; routine: string; declaration: Routine | null },
    signal: AbortSignal,
  ): Promise<{ readonly edited: GoldenFileEdit; readonly problems: readonly Problem[] }> {
    refuseBadName(routine);
    const value = declaration ?? undefined;
    const folder = deps.folderOf(environmentId);
    const edited = await editGoldenFile(deps.files, folder, (text) => rewriteYaml(text, ['routines', routine], value));
    const services = await servicesOf(environmentId, signal);
    const all = services === undefined ? edited.loaded.problems : edited.loaded.problemsWith(services);
    return { edited, problems: problemsOfRoutine(all, routine) };
  }

  return {
    api: {
      async declaration({ environmentId, routine }, { signal }) {
        const golden = await loadGoldenFile(deps.folderOf(environmentId), { files: deps.files, signal });
        const routines = golden?.declared.routines ?? {};
        if (Object.hasOwn(routines, routine)) return routines[routine] as Routine;
        const wrong = problemsOfRoutine(golden?.problems ?? [], routine);
        if (wrong.length > 0) throw unreadable(routine, wrong);
        if (isDefaultRoutine(routine)) return defaultRoutine(routine, golden?.declared ?? {}, deps.has);
        throw notDeclared(routine, golden);
      },
      async previewSave(input, { signal }) {
        const { edited, problems } = await edit(input, signal);
        return { file: edited.file, diff: edited.diff, problems: [...problems] };
      },
      async save(input, { signal }) {
        const { edited, problems } = await edit(input, signal);
        if (input.declaration !== null && problems.length > 0) throw unreadable(input.routine, problems);
        // Last look: an editor may have saved a moment ago.
        const there = (await goldenFileIn(deps.files, deps.folderOf(input.environmentId))) === edited.file;
        const now = there ? await deps.files.readText(edited.file, signal) : '';
        if (now !== edited.before) throw changedMeanwhile(edited.file);
        await writeBack(deps.files, edited);
        // What else is wrong with the stack was wrong before, and is told elsewhere.
        await deps.load(input.environmentId, signal).catch(() => signal.throwIfAborted());
        return { file: edited.file, text: edited.after };
      },
      vocabulary: async () => ({
        kinds: stepKinds.filter(deps.has),
        facts: Object.entries(knownFacts).map(([name, { type, about }]) => ({ name, type, about })),
      }),
      templates: async () => templates.map((each) => ({ ...each })),
    },
  };
}

/** Of all that is wrong with a file, what is about this routine. */
export function problemsOfRoutine(problems: readonly Problem[], routine: string): readonly Problem[] {
  const start = `routines.${routine}`;
  return problems.filter(({ path = '' }) => path === start || path.startsWith(`${start}.`) || path === 'routines');
}

function refuseBadName(name: string): void {
  const checked = routinesSchema.keyType.safeParse(name);
  if (checked.success) return;
  throw new AppError({
    code: 'input.invalid',
    message: `A routine cannot be called “${name}”.`,
    remedy: 'Use lower case letters, digits and dashes.',
  });
}

function unreadable(routine: string, problems: readonly Problem[]): AppError {
  const [first] = problems;
  return new AppError({
    code: 'golden-file.invalid',
    message: problems.length === 1 ? (first?.message ?? '') : `The routine ${routine} has ${problems.length} mistakes.`,
    remedy: first?.remedy ?? 'Correct them.',
    details: { problems },
  });
}

function notDeclared(routine: string, golden: LoadedGoldenFile | undefined): AppError {
  const names = Object.keys(golden?.declared.routines ?? {});
  return new AppError({
    code: 'routine.not-found',
    message: `There is no routine ${routine}.`,
    remedy: `Choose one of: ${[...new Set(['morning', 'evening', ...names])].join(', ')}.`,
  });
}

function changedMeanwhile(file: string): AppError {
  return new AppError({
    code: 'plan.stale',
    message: `${file} changed while it was to be written. Nothing was changed.`,
    remedy: 'Look at what would change again.',
  });
}
