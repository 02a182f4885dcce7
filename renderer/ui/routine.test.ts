import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunStep } from '../../shared/contract/routines.ts';
import { runStep, sampleRun } from '../dev/sample-runs.ts';
import { measured } from './operation-progress.ts';
import { dayOf, daysBefore, partOfDay, routineOfHour } from './routine-hour.ts';
import {
  currentStage,
  placeWords,
  stageElapsedMs,
  stageNote,
  stageState,
  stagesOf,
  stageTitle,
  stageUsualMs,
  widest,
} from './routine-stages.ts';
import { routineAction, uniqueReasons, verdictLook } from './routine-words.ts';

const link = (id: string, ...needs: string[]): { id: string; needs: string[] } => ({ id, needs });
const ids = (stages: readonly (readonly { id: string }[])[]): string[] =>
  stages.map((stage) => stage.map((one) => one.id).join(' '));

describe('stages', () => {
  it('put side by side what needs the same, and after it what needs them', () => {
    const steps = [
      link('check'),
      link('pull', 'check'),
      link('config', 'check'),
      link('restore', 'pull', 'config'),
      link('up', 'restore'),
    ];
    expect(ids(stagesOf(steps))).toEqual(['check', 'pull config', 'restore', 'up']);
    expect(widest(steps)).toBe(2);
  });

  it('draw a step as late as what it needs, whatever the order of the list', () =>
    expect(ids(stagesOf([link('last', 'a', 'b'), link('b', 'a'), link('a')]))).toEqual(['a', 'b', 'last']));

  it('stand needs that are not there, and circles', () =>
    expect(
      ids(
        stagesOf([link('a', 'gone'), link('b', 'c'), link('c', 'b')])
          .flat()
          .map((one) => [one]),
      ),
    ).toHaveLength(3));

  it('hold every step once, and each after all that it needs', () => {
    const graph = fc
      .array(fc.array(fc.nat(30), { maxLength: 4 }), { maxLength: 30 })
      // Each needs only steps before it: no circles.
      .map((list) =>
        list.map((needs, index) => link(`s${index}`, ...new Set(needs.filter((n) => n < index).map((n) => `s${n}`)))),
      );
    fc.assert(
      fc.property(graph, (steps) => {
        const stages = stagesOf(steps);
        const level = new Map(stages.flatMap((stage, n) => stage.map((one) => [one.id, n] as const)));
        expect(stages.flat()).toHaveLength(steps.length);
        expect(level.size).toBe(steps.length);
        for (const one of steps)
          for (const need of one.needs) expect(level.get(need)).toBeLessThan(level.get(one.id) ?? -1);
      }),
    );
  });

  it('are what wants somebody first', () => {
    const state = (...states: RunStep['state'][]): string => stageState(states.map((one) => ({ state: one })));
    expect(state('running', 'asking', 'failed')).toBe('asking');
    expect(state('running', 'failed')).toBe('running');
    expect(state('done', 'failed')).toBe('failed');
    expect(state('done', 'waiting')).toBe('running');
    expect(state('waiting', 'waiting')).toBe('waiting');
    expect(state('done', 'skipped')).toBe('done');
    expect(state('skipped')).toBe('skipped');
    expect(state('done', 'blocked')).toBe('blocked');
  });

  it('are counted as one step each', () => {
    expect(placeWords(sampleRun())).toBe('step 3 of 6');
    const over = stagesOf([runStep('a', 'run', 'a', 'done')]);
    expect(currentStage(over)).toBe(1);
  });

  it('are called by what their steps have in common', () => {
    const of = (...uses: RunStep['uses'][]): RunStep[] => uses.map((one) => runStep(one, one, `Do ${one}`, 'waiting'));
    expect(stageTitle(of('git.pull', 'config.sync'))).toBe('Fetch what is new');
    expect(stageNote(of('git.pull', 'config.sync'))).toBe('2 at the same time');
    expect(stageTitle(of('run', 'golden.restore'))).toBe('2 steps at the same time');
    expect(stageNote(of('run', 'golden.restore'))).toBe('');
    expect(stageTitle(of('run'))).toBe('Do run');
  });

  it('last from the first start to the last end, and usually as long as the slowest', () => {
    const time = (from: number | null, to: number | null) => ({
      startedAt: from === null ? null : new Date(from).toISOString(),
      endedAt: to === null ? null : new Date(to).toISOString(),
    });
    expect(stageElapsedMs([time(null, null)], 9000)).toBeNull();
    expect(stageElapsedMs([time(1000, 2000), time(1500, 4000)], 9000)).toBe(3000);
    expect(stageElapsedMs([time(1000, 2000), time(1500, null)], 9000)).toBe(8000);
    expect(stageUsualMs([{ usualMs: 10 }, { usualMs: 30 }])).toBe(30);
    expect(stageUsualMs([{ usualMs: 10 }, { usualMs: null }])).toBeNull();
  });
});

describe('the routine of the hour', () => {
  const day = { fromMinute: 8 * 60, toMinute: 18 * 60 };
  const at = (hour: number, minute = 0): number => new Date(2026, 1, 4, hour, minute).getTime();

  it.each([
    [5, 'morning'],
    [8, 'morning'],
    [11, 'morning'],
    [12, 'day'],
    [17, 'day'],
    [18, 'evening'],
    [23, 'evening'],
    [2, 'evening'],
  ] as const)('at %s h it is %s', (hour, part) => expect(partOfDay(at(hour), day)).toBe(part));

  it('follows a working day over midnight', () => {
    const night = { fromMinute: 20 * 60, toMinute: 4 * 60 };
    expect([20, 23, 1, 5, 15].map((hour) => partOfDay(at(hour), night))).toEqual([
      'morning',
      'morning',
      'day',
      'evening',
      'morning',
    ]);
  });

  it('is at midday the one that is left to do', () => {
    expect(routineOfHour(at(14), day, true)).toBe('evening');
    expect(routineOfHour(at(14), day, false)).toBe('morning');
    expect(routineOfHour(at(9), day, true)).toBe('morning');
    expect(routineOfHour(at(19), day, false)).toBe('evening');
  });

  it('knows the days by the calendar, also where one has 23 or 25 hours', () => {
    expect(dayOf(at(0, 5))).toBe('2026-02-04');
    expect(daysBefore(at(0, 5), 1)).toBe('2026-02-03');
    expect(daysBefore(at(23), 4)).toBe('2026-01-31');
  });
});

describe('words about runs', () => {
  it('call ours by what they do, and others by their title', () => {
    expect(routineAction({ name: 'morning', title: 'x' })).toBe('Start the day');
    expect(routineAction({ name: 'seed', title: 'Fresh seed' })).toBe('Fresh seed');
    expect(routineAction({ name: 'seed' })).toBe('seed');
  });

  it('give each verdict a colour, a shape and a word', () => {
    const looks = (['ready', 'remarks', 'not-ready', 'cancelled', null] as const).map((kind) => verdictLook(kind));
    expect(new Set(looks.map((one) => one.shape)).size).toBe(looks.length);
    expect(new Set(looks.map((one) => one.word)).size).toBe(looks.length);
  });

  it('say the same thing once', () => {
    const reason = { kind: 'remark', step: 'a', title: 'x', detail: null, remedy: null, service: null } as const;
    expect(uniqueReasons([reason, { ...reason, step: 'b' }, { ...reason, kind: 'blocker' }])).toHaveLength(2);
  });

  it('measure in one unit', () => {
    expect(measured({ done: 2.9e9, total: 3.9e9, unit: 'bytes' })).toBe('2.9 of 3.9 GB');
    expect(measured({ done: 13, total: 18, unit: 'items' })).toBe('13 of 18');
    expect(measured({ done: 900, total: null, unit: 'bytes' })).toBe('900 B');
  });
});
