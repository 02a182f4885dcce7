import type { Routine, RoutineStep, StepKind } from '../../../shared/domain/routine-file.ts';
import { planRoutine } from '../../../shared/domain/routine-plan.ts';

/** A step while it is edited: itself, and a key that stays the same when it moves. */
export interface DraftStep {
  readonly key: number;
  readonly step: RoutineStep;
}

/** A routine while it is edited. What no field shows stays in it as it was. */
export interface Draft {
  readonly routine: Omit<Routine, 'steps'>;
  readonly steps: readonly DraftStep[];
  readonly nextKey: number;
}

export function draftOf({ steps, ...routine }: Routine): Draft {
  return { routine, steps: steps.map((step, key) => ({ key, step })), nextKey: steps.length };
}

export const declarationOf = ({ routine, steps }: Draft): Routine => ({
  ...routine,
  steps: steps.map(({ step }) => step),
});

/** The names steps have, said or made, in order. */
export function idsOf(steps: readonly DraftStep[]): readonly string[] {
  const { plan } = planRoutine({ steps: steps.map(({ step }) => step) }, {});
  return plan.steps.map(({ id }) => id);
}

/** Names that are made of the kind change with the order: needs go on meaning the step they meant. */
function rebound(before: readonly DraftStep[], after: readonly DraftStep[]): readonly DraftStep[] {
  const idsBefore = idsOf(before);
  const idsAfter = idsOf(after);
  const newName = new Map<string, string>();
  before.forEach(({ key }, index) => {
    const place = after.findIndex((one) => one.key === key);
    const [old, fresh] = [idsBefore[index], idsAfter[place]];
    if (old !== undefined && fresh !== undefined) newName.set(old, fresh);
  });
  return after.map((one) => {
    const { needs } = one.step;
    if (needs === undefined) return one;
    const named = needs.map((need) => newName.get(need) ?? need);
    return named.every((need, index) => need === needs[index])
      ? one
      : { ...one, step: { ...one.step, needs: [...new Set(named)] } };
  });
}

const withSteps = (draft: Draft, steps: readonly DraftStep[]): Draft => ({
  ...draft,
  steps: rebound(draft.steps, steps),
});

/** A new step after the one at `after`; -1 puts it first. Its key is the draft's `nextKey` before. */
export function addStep(draft: Draft, kind: StepKind, after: number): Draft {
  const fresh: DraftStep = { key: draft.nextKey, step: kind === 'run' ? { run: '' } : { uses: kind } };
  const steps = [...draft.steps.slice(0, after + 1), fresh, ...draft.steps.slice(after + 1)];
  return { ...withSteps(draft, steps), nextKey: draft.nextKey + 1 };
}

/** Those that waited for it wait for what it waited for. */
export function removeStep(draft: Draft, key: number): Draft {
  const place = draft.steps.findIndex((one) => one.key === key);
  const gone = draft.steps[place];
  if (gone === undefined) return draft;
  const id = idsOf(draft.steps)[place] ?? '';
  const handedOn = needsOf(draft.steps, place);
  const steps = draft.steps
    .filter((one) => one !== gone)
    .map((one) => {
      const { needs } = one.step;
      if (needs?.includes(id) !== true) return one;
      const rest = needs.flatMap((need) => (need === id ? handedOn : [need]));
      return { ...one, step: { ...one.step, needs: [...new Set(rest)] } };
    });
  return withSteps(draft, steps);
}

/** @param to the place it has afterwards. */
export function moveStep(draft: Draft, key: number, to: number): Draft {
  const step = draft.steps.find((one) => one.key === key);
  if (step === undefined) return draft;
  const rest = draft.steps.filter((one) => one !== step);
  const place = Math.max(0, Math.min(rest.length, to));
  return withSteps(draft, [...rest.slice(0, place), step, ...rest.slice(place)]);
}

/** Changes keys of a step; undefined removes one. */
export function changeStep(
  draft: Draft,
  key: number,
  change: { readonly [K in keyof RoutineStep]?: RoutineStep[K] | undefined },
): Draft {
  const steps = draft.steps.map((one) => (one.key === key ? { key, step: without({ ...one.step, ...change }) } : one));
  return withSteps(draft, steps);
}

export function changeRoutine(
  draft: Draft,
  change: { readonly [K in keyof Draft['routine']]?: Draft['routine'][K] | undefined },
): Draft {
  return { ...draft, routine: without({ ...draft.routine, ...change }) };
}

/** Sets or removes an option of its kind. */
export function changeOption(draft: Draft, key: number, option: string, value: unknown): Draft {
  const step = draft.steps.find((one) => one.key === key)?.step;
  const options = without({ ...step?.with, [option]: value });
  return changeStep(draft, key, { with: Object.keys(options).length === 0 ? undefined : options });
}

/** What the step at a place waits for, by name. */
export function needsOf(steps: readonly DraftStep[], place: number): readonly string[] {
  const said = steps[place]?.step.needs;
  if (said !== undefined) return said;
  return idsOf(steps).slice(Math.max(0, place - 1), Math.max(0, place));
}

/** Whom the step at a place could wait for: everybody who does not wait for it, by whatever way. */
export function possibleNeeds(steps: readonly DraftStep[], place: number): readonly string[] {
  const ids = idsOf(steps);
  const self = ids[place];
  const waiting = new Set([self]);
  for (let grew = true; grew; ) {
    grew = false;
    ids.forEach((id, index) => {
      if (waiting.has(id) || !needsOf(steps, index).some((need) => waiting.has(need))) return;
      waiting.add(id);
      grew = true;
    });
  }
  return ids.filter((id) => !waiting.has(id));
}

function without<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
