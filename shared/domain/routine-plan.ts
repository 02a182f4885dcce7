import { parseCondition } from './condition.ts';
import type { FactNames } from './condition-types.ts';
import { durationMs } from './duration.ts';
import { nearest } from './nearest.ts';
import type { Routine, RoutineStep, StepKind } from './routine-file.ts';

export const defaultBudgetMs = 5 * 60_000;
export const defaultRetryPauseMs = 2000;

/** A step as it will be run: everything said, nothing left to guess. JSON, so that a later life goes by the same. */
export interface PlannedStep {
  readonly id: string;
  readonly uses: StepKind;
  /** Null: the words of its kind. */
  readonly title: string | null;
  /** Of `with`; for `run` also command, folder, environment and service. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly needs: readonly string[];
  readonly if: string | null;
  /** Null: what its kind says. */
  readonly timeoutMs: number | null;
  readonly retries: { readonly times: number; readonly pauseMs: number };
  readonly optional: boolean;
  readonly ask: boolean;
}

export interface RoutinePlan {
  readonly title: string | null;
  readonly budgetMs: number;
  readonly steps: readonly PlannedStep[];
}

export interface PlanFault {
  readonly message: string;
  readonly remedy: string;
  /** Below the routine: `['steps', 2, 'needs', 0]`. */
  readonly path: readonly (string | number)[];
}

/** The graph that a declaration means. With faults the steps concerned are as good as they can be made. */
export function planRoutine(
  routine: Routine,
  names: FactNames,
): { readonly plan: RoutinePlan; readonly faults: readonly PlanFault[] } {
  const faults: PlanFault[] = [];
  const ids = stepIds(routine.steps, faults);
  const steps = routine.steps.map((step, index): PlannedStep => {
    const at = (...rest: (string | number)[]): (string | number)[] => ['steps', index, ...rest];
    checkShape(step, (fault, ...rest) => faults.push({ ...fault, path: at(...rest) }));
    if (step.if !== undefined) {
      const parsed = parseCondition(step.if, names);
      if (!parsed.ok) {
        const { column, message, remedy } = parsed.fault;
        faults.push({ message: `${message} (character ${column} of the condition)`, remedy, path: at('if') });
      }
    }
    return {
      id: ids[index] as string,
      uses: step.uses ?? 'run',
      title: step.title ?? null,
      options: optionsOf(step),
      needs: needsOf(step, index, ids, faults),
      if: step.if ?? null,
      timeoutMs: step.timeout === undefined ? null : (durationMs(step.timeout) ?? null),
      retries: retriesOf(step),
      optional: step.optional ?? false,
      ask: step.ask ?? false,
    };
  });
  faults.push(...cycles(steps));
  const budgetMs = durationMs(routine.budget ?? '') ?? defaultBudgetMs;
  return { plan: { title: routine.title ?? null, budgetMs, steps }, faults };
}

/** Said ids first, so that one that is made up never takes another's. */
function stepIds(steps: readonly RoutineStep[], faults: PlanFault[]): readonly string[] {
  const taken = new Set<string>();
  steps.forEach(({ id }, index) => {
    if (id === undefined) return;
    if (taken.has(id))
      faults.push({
        message: `Two steps are called ${id}.`,
        remedy: 'Give each step a name of its own.',
        path: ['steps', index, 'id'],
      });
    taken.add(id);
  });
  const made = (step: RoutineStep): string => {
    const base = step.uses ?? 'run';
    let id: string = base;
    for (let number = 2; taken.has(id); number += 1) id = `${base}-${number}`;
    taken.add(id);
    return id;
  };
  const seen = new Set<string>();
  return steps.map((step) => {
    const id = step.id === undefined || seen.has(step.id) ? made(step) : step.id;
    seen.add(id);
    return id;
  });
}

type Fault = Pick<PlanFault, 'message' | 'remedy'>;

function checkShape(step: RoutineStep, report: (fault: Fault, ...path: string[]) => void): void {
  const isRun = step.run !== undefined;
  if (!isRun && step.uses === undefined)
    report({ message: 'The step does not say what it does.', remedy: 'Add “uses:” or “run:”.' });
  if (isRun && step.uses !== undefined && step.uses !== 'run')
    report({ message: `The step says both run and uses: ${step.uses}.`, remedy: 'Keep one of them.' }, 'uses');
  if (step.uses === 'run' && !isRun)
    report({ message: 'The step runs a command, and none is said.', remedy: 'Add “run:” with the command.' }, 'uses');
  if (isRun && step.service !== undefined && step.folder !== undefined)
    report(
      { message: 'A command in a container has no folder on this machine.', remedy: 'Remove folder or service.' },
      'folder',
    );
  if (isRun) return;
  for (const key of ['folder', 'environment', 'service'] as const)
    if (step[key] !== undefined)
      report({ message: `${key} is for commands.`, remedy: `Remove it, or add “run:”.` }, key);
}

function optionsOf(step: RoutineStep): Readonly<Record<string, unknown>> {
  const { run, folder, environment, service } = step;
  const command = { run, folder, environment, service };
  const said = Object.fromEntries(Object.entries(command).filter(([, value]) => value !== undefined));
  return { ...step.with, ...(run === undefined ? {} : said) };
}

function needsOf(step: RoutineStep, index: number, ids: readonly string[], faults: PlanFault[]): readonly string[] {
  const before = ids[index - 1];
  if (step.needs === undefined) return before === undefined ? [] : [before];
  const needs: string[] = [];
  step.needs.forEach((need, place) => {
    if (!ids.includes(need)) {
      const close = nearest(need, ids);
      faults.push({
        message: `There is no step called ${need}.`,
        remedy: close === undefined ? `Steps are ${ids.join(', ')}.` : `Did you mean ${close}?`,
        path: ['steps', index, 'needs', place],
      });
    } else if (!needs.includes(need)) needs.push(need);
  });
  return needs;
}

function retriesOf({ retries }: RoutineStep): PlannedStep['retries'] {
  if (typeof retries === 'number') return { times: retries, pauseMs: defaultRetryPauseMs };
  const pauseMs = durationMs(retries?.pause ?? '') ?? defaultRetryPauseMs;
  return { times: retries?.times ?? 0, pauseMs };
}

/** One fault for each step on a way back to itself that is found, walking in order. */
function cycles(steps: readonly PlannedStep[]): readonly PlanFault[] {
  const byId = new Map(steps.map((step, index) => [step.id, { step, index }]));
  const done = new Set<string>();
  const faults: PlanFault[] = [];
  const visit = (id: string, way: readonly string[]): void => {
    const found = byId.get(id);
    if (found === undefined || done.has(id)) return;
    const start = way.indexOf(id);
    if (start >= 0) {
      const circle = [...way.slice(start), id];
      faults.push({
        message: `The steps wait for each other: ${circle.join(' → ')}.`,
        remedy: 'Remove one of these needs.',
        path: ['steps', found.index, 'needs'],
      });
      return;
    }
    for (const need of found.step.needs) visit(need, [...way, id]);
    done.add(id);
  };
  for (const { id } of steps) visit(id, []);
  return faults;
}
