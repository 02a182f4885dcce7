import { describe, expect, it } from 'vitest';
import type { RoutineRun, RunStep } from '../../shared/contract/routines.ts';
import { dayOption } from './commands/summary.ts';
import { createStepLines, runExitCode, stepText, verdictText } from './run-lines.ts';

const step = (id: string, state: RunStep['state'], more: Partial<RunStep> = {}): RunStep => ({
  id,
  uses: 'git.pull',
  title: 'Pull main',
  needs: [],
  state,
  startedAt: state === 'waiting' ? null : '2025-02-04T07:42:00.000Z',
  endedAt: state === 'done' || state === 'failed' ? '2025-02-04T07:42:03.800Z' : null,
  attempts: 1,
  detail: null,
  progress: null,
  result: null,
  error: null,
  question: null,
  operationId: null,
  usualMs: null,
  can: { retry: false, skip: false, terminal: false },
  folder: null,
  undo: null,
  hasOutput: false,
  ...more,
});

const run = (steps: RunStep[], more: Partial<RoutineRun> = {}): RoutineRun => ({
  id: 'r',
  environmentId: 'shop/main',
  routine: 'morning',
  title: 'Morning startup',
  trigger: 'cli',
  state: 'running',
  startedAt: '2025-02-04T07:42:00.000Z',
  endedAt: null,
  budgetMs: 300_000,
  usualMs: null,
  verdict: null,
  reasons: [],
  steps,
  resumed: false,
  ...more,
});

describe('the lines of a run', () => {
  it('are each state of each step once, also when it is tried again', () => {
    const lines = createStepLines();
    const told = (steps: RunStep[]) => lines(run(steps)).map((one) => `${one.step} ${one.state}`);
    expect(told([step('a', 'running'), step('b', 'waiting')])).toEqual(['a running']);
    expect(told([step('a', 'running', { detail: 'half' }), step('b', 'waiting')])).toEqual([]);
    expect(told([step('a', 'failed'), step('b', 'blocked')])).toEqual(['a failed', 'b blocked']);
    expect(told([step('a', 'running', { attempts: 2 }), step('b', 'waiting')])).toEqual(['a running']);
  });

  it('read well', () => {
    const [line] = createStepLines()(run([step('a', 'done', { result: '3 commits, fast-forward to 8f3c1e2' })]));
    expect(stepText(line!)).toBe('✓ Pull main (3.8 s)  3 commits, fast-forward to 8f3c1e2');
    const error = { code: 'git.diverged', message: 'main has diverged.', remedy: 'Rebase it.' } as const;
    const [failed] = createStepLines()(run([step('a', 'failed', { error })]));
    expect(stepText(failed!)).toBe('✗ Pull main (3.8 s)  main has diverged.\n    Rebase it.');
  });

  it('end with the verdict and its reasons, and the exit code goes by it', () => {
    const ended = run([], {
      state: 'ended',
      endedAt: '2025-02-04T07:42:38.000Z',
      verdict: {
        kind: 'not-ready',
        sentence: 'Not ready – db is down',
        reasons: [
          {
            kind: 'blocker',
            step: 'up',
            title: 'db is down',
            detail: 'out of memory',
            remedy: 'Raise its limit.',
            service: 'db',
          },
          { kind: 'remark', step: null, title: '3 commits behind main', detail: null, remedy: null, service: null },
        ],
      },
    });
    expect(verdictText(ended)).toBe(
      'Not ready – db is down (38.0 s)\n  ✗ db is down: out of memory\n      Raise its limit.\n  · 3 commits behind main',
    );
    expect(runExitCode(ended)).toBe(1);
    expect(runExitCode({ ...ended, verdict: { ...ended.verdict!, kind: 'remarks' } })).toBe(0);
  });
});

describe('--day', () => {
  const now = new Date(2025, 2, 1, 0, 30);
  it.each([
    ['today', '2025-03-01'],
    ['yesterday', '2025-02-28'],
    ['2024-02-29', '2024-02-29'],
  ])('%s is %s', (text, day) => {
    expect(dayOption(text, now)).toBe(day);
  });
  it.each(['2025-02-30', '04.02.2025', ''])('refuses %j', (text) => {
    expect(() => dayOption(text, now)).toThrow('is not a day');
  });
});
