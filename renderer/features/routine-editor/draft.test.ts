import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Routine, type RoutineStep, stepKinds } from '../../../shared/domain/routine-file.ts';
import { planRoutine } from '../../../shared/domain/routine-plan.ts';
import {
  addStep,
  changeOption,
  changeStep,
  type Draft,
  declarationOf,
  draftOf,
  idsOf,
  moveStep,
  possibleNeeds,
  removeStep,
} from './draft.ts';

const routine: Routine = {
  title: 'Morning',
  schedule: { at: '08:00' },
  steps: [
    { uses: 'engine' },
    { run: 'echo one' },
    { run: 'echo two', needs: ['run', 'engine'] },
    { uses: 'ready', needs: ['run-2'] },
  ],
};
const draft = draftOf(routine);
const keyOf = (from: Draft, place: number): number => from.steps[place]?.key ?? -1;

/** For every step by its key: the keys of those it says it waits for. */
function saidNeeds(from: Draft): Map<number, readonly number[]> {
  const ids = idsOf(from.steps);
  return new Map(
    from.steps
      .filter(({ step }) => step.needs !== undefined)
      .map(({ key, step }) => [key, (step.needs ?? []).map((need) => keyOf(from, ids.indexOf(need))).sort()]),
  );
}

describe('a draft', () => {
  it('is the routine again when nothing was changed', () => {
    expect(declarationOf(draft)).toEqual(routine);
  });

  it('lets needs mean the same step when made names change', () => {
    const moved = moveStep(draft, keyOf(draft, 2), 1);
    expect(declarationOf(moved).steps).toEqual([
      { uses: 'engine' },
      { run: 'echo two', needs: ['run-2', 'engine'] },
      { run: 'echo one' },
      { uses: 'ready', needs: ['run'] },
    ]);
  });

  it('hands on what a removed step waited for', () => {
    expect(declarationOf(removeStep(draft, keyOf(draft, 2))).steps.at(-1)).toEqual({
      uses: 'ready',
      needs: ['run', 'engine'],
    });
  });

  it('adds after a step, with a command that has to be said', () => {
    const added = addStep(draft, 'run', 0);
    expect(added.steps[1]).toEqual({ key: draft.nextKey, step: { run: '' } });
    expect(saidNeeds(added)).toEqual(saidNeeds(draft));
  });

  it('takes keys and options out that are not said any more', () => {
    const key = keyOf(draft, 3);
    const changed = changeOption(changeStep(draft, key, { if: 'hour > 8', timeout: '1m' }), key, 'services', ['api']);
    expect(changed.steps[3]?.step).toEqual({
      uses: 'ready',
      needs: ['run-2'],
      if: 'hour > 8',
      timeout: '1m',
      with: { services: ['api'] },
    });
    const back = changeOption(
      changeStep(changed, key, { if: undefined, timeout: undefined }),
      key,
      'services',
      undefined,
    );
    expect(declarationOf(back)).toEqual(routine);
  });

  it('names as needs only steps that do not wait for it', () => {
    expect(possibleNeeds(draft.steps, 1)).toEqual(['engine']);
    expect(possibleNeeds(draft.steps, 3)).toEqual(['engine', 'run', 'run-2']);
  });

  const steps = fc
    .array(
      fc.record({ kind: fc.constantFrom(...stepKinds), needs: fc.option(fc.array(fc.nat(20), { maxLength: 3 })) }),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    .map((all): Draft => {
      const bare = all.map(({ kind }): RoutineStep => (kind === 'run' ? { run: 'x' } : { uses: kind }));
      const ids = idsOf(draftOf({ steps: bare }).steps);
      return draftOf({
        steps: bare.map((step, place) => {
          const needs = all[place]?.needs ?? null;
          // Of those before it only, so that nothing goes round in circles.
          return needs === null || place === 0
            ? step
            : { ...step, needs: [...new Set(needs.map((need) => ids[need % place] ?? ''))] };
        }),
      });
    });

  it('never loses whom a step waits for, wherever steps go', () => {
    fc.assert(
      fc.property(steps, fc.nat(20), fc.nat(20), (from, which, to) => {
        const key = keyOf(from, which % from.steps.length);
        const after = moveStep(from, key, to % from.steps.length);
        expect(saidNeeds(after)).toEqual(saidNeeds(from));
        expect(after.steps.map((one) => one.key).sort()).toEqual(from.steps.map((one) => one.key).sort());
      }),
    );
  });

  it('never names a step that is not there', () => {
    fc.assert(
      fc.property(steps, fc.nat(20), (from, which) => {
        const after = removeStep(from, keyOf(from, which % from.steps.length));
        const { faults } = planRoutine(declarationOf(after), {});
        expect(faults.filter(({ message }) => message.startsWith('There is no step'))).toEqual([]);
      }),
    );
  });
});
