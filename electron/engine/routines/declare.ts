import type { Position } from '../../../shared/domain/position.ts';
import { type Problem, problemsOf } from '../../../shared/domain/problem.ts';
import { defaultRoutine, defaultRoutines, isDefaultRoutine } from '../../../shared/domain/routine-defaults.ts';
import type { Routine } from '../../../shared/domain/routine-file.ts';
import { defaultBudgetMs, type PlannedStep, planRoutine } from '../../../shared/domain/routine-plan.ts';
import { AppError, toAppError } from '../../../shared/errors.ts';
import type { LoadedStack } from '../environments/stack-loader.ts';
import { loadedOf } from '../environments/target.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import type { StepBook } from './kinds.ts';
import type { StoredStep } from './run-store.ts';
import type { Facts } from './step-types.ts';

/** One routine of an environment, ready to be shown or run. */
export interface DeclaredRoutine {
  readonly name: string;
  readonly title: string;
  readonly source: 'default' | 'file';
  readonly declaration: Routine;
  readonly budgetMs: number;
  readonly steps: readonly (StoredStep & { readonly position: Position | undefined })[];
  readonly position: Position | undefined;
  /** What is wrong with the routine itself: it is refused. */
  readonly faults: readonly Problem[];
  /** Those, and what is wrong with the files: what it needs of them fails by itself. */
  readonly problems: readonly Problem[];
}

export interface DeclaredRoutines {
  readonly target: EnvironmentTarget;
  readonly routines: readonly DeclaredRoutine[];
}

export interface DeclareDeps {
  readonly book: StepBook;
  readonly facts: Facts;
  /** Reads the files now; when they are broken, what they last said. */
  readonly resolveRunning: (environmentId: string, signal: AbortSignal) => Promise<EnvironmentTarget>;
  readonly resolveTarget: (environmentId: string, signal: AbortSignal) => Promise<EnvironmentTarget>;
}

/** All routines: morning and evening first, ours or the file's, then those of the file by name. */
export async function declaredRoutines(
  deps: DeclareDeps,
  environmentId: string,
  signal: AbortSignal,
): Promise<DeclaredRoutines> {
  let target: EnvironmentTarget;
  let broken: readonly Problem[] = [];
  try {
    target = await deps.resolveTarget(environmentId, signal);
  } catch (error) {
    signal.throwIfAborted();
    broken = asProblems(error);
    // What there is without the files still can be stopped, and looked at.
    target = await deps.resolveRunning(environmentId, signal);
  }
  const loaded = loadedOf(target);
  const inFile = loaded?.declared?.routines ?? {};
  const faulty = faultyRoutines(loaded?.declaredProblems ?? []);
  const others = [...new Set([...Object.keys(inFile), ...faulty.keys()])].filter((name) => !isDefaultRoutine(name));
  const routines = ['morning', 'evening', ...others.sort()].map((name) => {
    const declared = Object.hasOwn(inFile, name) ? inFile[name] : undefined;
    const faults = faulty.get(name);
    // Ours must not stand in for one that was meant otherwise.
    const routine = faults === undefined ? declare(deps, loaded, name, declared) : unreadable(loaded, name, faults);
    return broken.length === 0 ? routine : { ...routine, problems: [...broken, ...routine.problems] };
  });
  return { target, routines };
}

/** By the name of the routine they are about. */
function faultyRoutines(problems: readonly Problem[]): ReadonlyMap<string, readonly Problem[]> {
  const found = new Map<string, Problem[]>();
  for (const problem of problems) {
    const name = /^routines\.([a-z0-9][a-z0-9-]*)/.exec(problem.path ?? '')?.[1];
    if (name !== undefined && problem.severity === 'error') found.set(name, [...(found.get(name) ?? []), problem]);
  }
  return found;
}

function unreadable(loaded: LoadedStack | undefined, name: string, faults: readonly Problem[]): DeclaredRoutine {
  return {
    name,
    title: isDefaultRoutine(name) ? defaultRoutines[name] : name,
    source: 'file',
    declaration: { steps: [] },
    budgetMs: defaultBudgetMs,
    steps: [],
    position: loaded?.goldenPositionOf?.(['routines', name]),
    faults,
    problems: faults,
  };
}

function declare(
  deps: Pick<DeclareDeps, 'book' | 'facts'>,
  loaded: LoadedStack | undefined,
  name: string,
  inFile: Routine | undefined,
): DeclaredRoutine {
  const sections = loaded?.declared ?? {};
  const own = (): Routine =>
    defaultRoutine(isDefaultRoutine(name) ? name : 'morning', sections, (kind) => deps.book.has(kind));
  const declaration = inFile ?? own();
  const { plan, faults } = planRoutine(declaration, deps.facts.names);
  const at = (path: readonly (string | number)[]): Position | undefined =>
    inFile === undefined ? undefined : loaded?.goldenPositionOf?.(['routines', name, ...path]);
  const report = (fault: { message: string; remedy: string; path: readonly (string | number)[] }): Problem => {
    const position = at(fault.path);
    return {
      severity: 'error',
      code: 'golden-file.invalid',
      message: `routines.${name}: ${fault.message}`,
      remedy: fault.remedy,
      path: ['routines', name, ...fault.path].join('.'),
      ...(position === undefined ? {} : { position }),
    };
  };
  const ofOptions = plan.steps.flatMap((step, index) =>
    deps.book.check(step).map((fault) => ({ ...fault, path: pathOfOption(step, index, fault.path) })),
  );
  const problems = [...faults, ...ofOptions].map(report);
  return {
    name,
    title: plan.title ?? (isDefaultRoutine(name) ? defaultRoutines[name] : name),
    source: inFile === undefined ? 'default' : 'file',
    declaration,
    budgetMs: plan.budgetMs,
    steps: plan.steps.map((step, index) => ({ ...storedStep(deps.book, step), position: at(['steps', index]) })),
    position: at([]),
    faults: problems,
    problems,
  };
}

/** Options of a command stand in the step itself. */
function pathOfOption(step: PlannedStep, index: number, path: readonly (string | number)[]): (string | number)[] {
  if (path.length === 0) return ['steps', index, 'uses'];
  const own = step.uses === 'run' && ['run', 'folder', 'environment', 'service'].includes(String(path[0]));
  return ['steps', index, ...(own ? [] : ['with']), ...path];
}

function storedStep(book: StepBook, step: PlannedStep): StoredStep {
  const implementation = book.has(step.uses) ? book.get(step.uses) : undefined;
  const options = implementation?.options.safeParse(step.options);
  const title = step.title ?? (options?.success === true ? implementation?.title(options.data) : undefined);
  return {
    ...step,
    options: { ...step.options },
    needs: [...step.needs],
    retries: { ...step.retries },
    title: title ?? step.uses,
    timeoutMs: step.timeoutMs ?? implementation?.timeoutMs ?? 60_000,
    looksOnly: implementation?.looksOnly ?? false,
    anyway: implementation?.anyway ?? false,
  };
}

function asProblems(error: unknown): readonly Problem[] {
  const shape = toAppError(error);
  const found = problemsOf(shape.details);
  if (found.length > 0) return found;
  return [{ severity: 'error', code: shape.code, message: shape.message, remedy: shape.remedy }];
}

export function routineNamed(name: string, { target, routines }: DeclaredRoutines): DeclaredRoutine {
  const found = routines.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new AppError({
    code: 'routine.not-found',
    message: `${target.id} has no routine ${name}.`,
    remedy: `Choose one of: ${routines.map((each) => each.name).join(', ')}.`,
  });
}

/** Refuses one whose file is wrong, with every place. */
export function refuseFaulty({ name, faults: errors }: DeclaredRoutine): void {
  const [first] = errors;
  if (first === undefined) return;
  throw new AppError({
    code: 'golden-file.invalid',
    message: errors.length === 1 ? first.message : `The routine ${name} has ${errors.length} mistakes.`,
    remedy: first.remedy,
    details: { problems: errors },
  });
}
