import { describe, expect, it } from 'vitest';
import type { RunStep } from '../../../shared/contract/routines.ts';
import { trend, trust } from '../../dev/sample-routines.ts';
import { failedRun, runStep, sampleRun } from '../../dev/sample-runs.ts';
import { bars, trendWords } from './history-words.ts';
import { followSteps, noSteps, toggleStep } from './open-steps.ts';
import { createOutputText } from './output-text.ts';
import { budgetOf, runHeading, stepSentence, stepTime, usualWords } from './run-words.ts';
import { byPlace, trustSentence } from './trust-words.ts';

const step = (id: string, state: RunStep['state'], change: Partial<RunStep> = {}): RunStep =>
  runStep(id, 'run', id, state, { startedAt: '2026-02-04T08:00:00Z', ...change });

describe('the output of a step', () => {
  const text = (most?: number): ReturnType<typeof createOutputText> => createOutputText(most, 100);

  it('joins pieces that end within a line, and shows the open one', () => {
    const out = text();
    out.append('one\ntw', 0);
    out.append('o\n\u001b[32mthree\u001b[0m', 0);
    expect(out.view().lines.map((line) => line.text)).toEqual(['one', 'two', 'three']);
  });

  it('keeps the newest lines, says what was given up, and numbers go on', () => {
    const out = text(3);
    for (let n = 0; n < 10; n += 1) out.append(`line ${n}\n`, 0);
    out.append('', 4);
    expect(out.view()).toEqual({
      lines: [7, 8, 9].map((id) => ({ id, text: `line ${id}` })),
      dropped: 11,
    });
  });

  it('shows of a progress bar what it shows last, however long it goes on', () => {
    const out = text();
    for (let n = 0; n <= 5000; n += 1) out.append(`\r${n} of 5000`, 0);
    expect(out.view().lines).toEqual([{ id: 0, text: '5000 of 5000' }]);
    out.append('\ndone\n', 0);
    expect(out.view().lines.map((line) => line.text)).toEqual(['5000 of 5000', 'done']);
  });

  it('cuts what has no end', () => {
    const out = text();
    for (let n = 0; n < 100; n += 1) out.append('x'.repeat(50), 0);
    expect(out.view().lines[0]?.text.length).toBeLessThanOrEqual(100);
  });

  it('is the same view until something comes', () => {
    const out = text();
    out.append('a\n', 0);
    expect(out.view()).toBe(out.view());
  });
});

describe('which outputs are open', () => {
  const ids = (steps: ReturnType<typeof followSteps>): string[] => [...steps.open].sort();

  it('is the first that runs, and what failed', () => {
    const running = [step('a', 'running'), step('b', 'running'), step('c', 'waiting')];
    expect(ids(followSteps(noSteps, running))).toEqual(['a']);
    expect(ids(followSteps(noSteps, [step('a', 'failed'), step('b', 'failed')]))).toEqual(['a', 'b']);
  });

  it('folds what ended well, and opens the next', () => {
    const first = followSteps(noSteps, [step('a', 'running'), step('b', 'running')]);
    expect(ids(followSteps(first, [step('a', 'done'), step('b', 'running')]))).toEqual(['b']);
  });

  it('leaves alone what the user folded or opened', () => {
    const opened = followSteps(noSteps, [step('a', 'running')]);
    const folded = toggleStep(opened, 'a');
    expect(ids(folded)).toEqual([]);
    expect(ids(followSteps(folded, [step('a', 'failed')]))).toEqual([]);
    const kept = toggleStep(followSteps(noSteps, [step('a', 'done')]), 'a');
    expect(ids(followSteps(kept, [step('a', 'done')]))).toEqual(['a']);
  });

  it('opens again for another try, and stays the same object when nothing changed', () => {
    const opened = followSteps(noSteps, [step('a', 'failed')]);
    expect(followSteps(opened, [step('a', 'failed')])).toBe(opened);
    const done = followSteps(opened, [step('a', 'done')]);
    expect(ids(followSteps(done, [step('a', 'running', { attempts: 2 })]))).toEqual(['a']);
    const later = { startedAt: '2026-02-04T08:09:00Z' };
    expect(ids(followSteps(done, [step('a', 'running', later)]))).toEqual(['a']);
  });

  it('has nothing to open where nothing is written', () =>
    expect(ids(followSteps(noSteps, [step('a', 'running', { hasOutput: false })]))).toEqual([]));
});

describe('a run in words', () => {
  it('says what it does, what it waits for, and how it ended', () => {
    expect(runHeading(sampleRun({ steps: [step('Pull main', 'running'), step('Build', 'waiting')] }))).toBe(
      'Pull main',
    );
    expect(runHeading(sampleRun({ steps: [step('Sync', 'asking'), step('Pull', 'running')] }))).toBe(
      'Sync: waiting for your answer',
    );
    expect(runHeading(sampleRun({ steps: [step('Pull', 'waiting')] }))).toBe('Beginning');
    expect(runHeading(failedRun())).toMatch(/^Not ready/);
  });

  it('gives each state of a step its sentence', () => {
    expect(stepSentence(step('a', 'running', { detail: 'copies' }))).toBe('copies');
    expect(stepSentence(step('a', 'running', { attempts: 2 }))).toBe('try 2');
    expect(stepSentence(step('a', 'skipped', { result: 'nothing behind' }))).toBe('nothing behind');
    expect(stepSentence(step('a', 'failed', { attempts: 3 }))).toBe('failed 3 times');
    expect(stepSentence(step('a', 'blocked'))).toContain('needs failed');
  });

  it('shows a clock, a duration or what is usual', () => {
    const now = Date.parse('2026-02-04T08:00:21Z');
    const times = { startedAt: '2026-02-04T08:00:00Z', endedAt: null };
    expect(stepTime(step('a', 'running', times), now)).toBe('0:21');
    expect(stepTime(step('a', 'done', { ...times, endedAt: '2026-02-04T08:00:08.200Z' }), now)).toBe('8.2 s');
    expect(stepTime(step('a', 'waiting', { usualMs: 9000 }), now)).toBe('about 9 s');
    expect(usualWords(400)).toBe('under 1 s');
    expect(usualWords(null)).toBe('');
  });
});

describe('the bar of time', () => {
  const run = { startedAt: '2026-02-04T08:00:00Z', endedAt: null, budgetMs: 300_000, usualMs: 40_000 };
  const at = (seconds: number): ReturnType<typeof budgetOf> =>
    budgetOf(run, Date.parse(run.startedAt) + seconds * 1000);

  it('is as long as the budget', () => {
    expect(at(30)).toMatchObject({ used: 0.1, end: 1, over: false, words: { used: '0:30', budget: 'budget 5:00' } });
    expect(at(30).usual).toBeCloseTo(0.1333, 3);
  });

  it('grows with what exceeds it, and says by how much', () => {
    expect(at(600)).toMatchObject({ used: 1, end: 0.5, over: true });
    expect(at(600).words.budget).toBe('5:00 over the budget of 5:00');
  });
});

describe('earlier runs', () => {
  it('are bars by how long they took, none invisible, with the verdict in words', () => {
    const drawn = bars([
      { id: 'a', at: '', tookMs: 100, verdict: 'ready' },
      { id: 'b', at: '', tookMs: 40_000, verdict: 'not-ready' },
    ]);
    expect(drawn.map((bar) => [bar.height, bar.tone])).toEqual([
      [0.06, 'healthy'],
      [1, 'down'],
    ]);
    expect(drawn[1]?.words).toBe('40 s, not ready');
    expect(
      bars(Array.from({ length: 50 }, (_, n) => ({ id: `${n}`, at: '', tookMs: 1, verdict: 'ready' }))),
    ).toHaveLength(20);
  });

  it('say what changed, else what is usual, else nothing', () => {
    expect(trendWords(trend)).toContain('was 21 s');
    expect(trendWords({ ...trend, words: null })).toBe('Takes 38 s these days.');
    expect(trendWords({ ...trend, words: null, nowMs: null })).toBe('');
  });
});

describe('what will be run', () => {
  it('says why it is asked', () => {
    expect(trustSentence(trust('first'), 'shop/main')).toContain('Nothing is run before you agree');
    expect(trustSentence(trust('changed'), 'shop/main')).toMatch(/^1 line is new or different/);
    expect(trustSentence(trust('trusted'), 'shop/main')).toContain('agreed to these 3 lines before');
    expect(trustSentence({ ...trust('first'), commands: [] }, 'shop/main')).toContain('nothing but');
  });

  it('groups by place, in order, and loses none', () => {
    const groups = byPlace(trust('first').commands);
    expect(groups.map((one) => [one.where, one.commands.length])).toEqual([
      ['/home/sam/work/trading', 2],
      ['in the container of api', 1],
    ]);
  });
});
