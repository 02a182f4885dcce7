import { describe, expect, it } from 'vitest';
import { operation } from '../../dev/sample-data.ts';
import { impact, repository, routine, summary, trust } from '../../dev/sample-routines.ts';
import { failedRun, readyRun, sampleRun } from '../../dev/sample-runs.ts';
import { gitFacts, gitHints, impactWords } from './git-words.ts';
import { axisOf } from './horizon-model.ts';
import { plannedOf } from './horizon-planned.tsx';
import { lastRunWords, promise, todaysRun } from './routine-today.ts';
import { dayName, totalsOf } from './summary-words.ts';
import { attention } from './verdict.ts';

const now = Date.now();

describe('repositories in the verdict', () => {
  const texts = (...list: Parameters<typeof repository>[0][]): string[] =>
    gitFacts(list.map((change) => repository(change))).map((fact) => fact.text);

  it('say how far behind, and what is not committed', () =>
    expect(texts({})).toEqual(['3 commits behind main', '4 files not committed']));

  it('say nothing about what is in order, or could not be read', () => {
    const clean = { behindBase: 0, behind: 0, changed: 0, untracked: 0 };
    expect(texts(clean)).toEqual([]);
    expect(texts({ problem: 'not a repository' })).toEqual([]);
  });

  it('speak of pulling on the base itself, and name several', () => {
    const main = { branch: 'main', behindBase: 3, behind: 3, changed: 0, untracked: 0 };
    expect(texts(main)).toEqual(['3 commits to pull']);
    expect(texts(main, { ...main, name: 'web', behind: 1 })).toEqual([
      'trading: 3 commits to pull',
      'web: 1 commit to pull',
    ]);
  });

  it('put what is under way and in conflict first', () =>
    expect(texts({ inProgress: 'rebase', conflicted: 1 }).slice(0, 2)).toEqual([
      'rebase under way',
      '1 file in conflict',
    ]));

  it('leave to the verdict what it says already', () => {
    const behind = { kind: 'behind-base', text: '3 behind', remedy: null } as const;
    const wip = { kind: 'wip-left', text: 'A WIP commit', remedy: null } as const;
    expect(gitHints([repository({ hints: [behind, wip] })])).toEqual([{ ...wip, repository: null }]);
  });
});

describe('what the changes concern', () => {
  it('is named, with what depends on it', () =>
    expect(impactWords(impact)).toEqual({
      files: '4 changed files',
      services: 'api and fractal-worker',
      also: 'web depends on them',
    }));

  it('is nothing where no service is concerned', () => expect(impactWords({ ...impact, services: [] })).toBeNull());
});

describe('the button', () => {
  it('promises how long, once that is known', () => {
    expect(promise({ usualMs: 40_000, schedule: null }, 'morning', now)).toBe('About 40 s, ends ready or says why not');
    expect(promise({ usualMs: null, schedule: null }, 'evening', now)).toBe('Everything is kept');
    expect(promise(null, 'morning', now)).toBe('Ends ready or says why not');
  });

  it('says when it starts by itself today, or why it did not', () => {
    const at = new Date(now).toISOString();
    const schedule = { schedule: { at: '18:00' }, enabled: true, from: 'user', nextAt: at, skipped: null } as const;
    const said = (change: object, when = now): string =>
      promise({ usualMs: 25_000, schedule: { ...schedule, ...change } }, 'evening', when);
    expect(said({})).toMatch(/^About 25 s, starts by itself at \d\d:\d\d$/);
    expect(said({}, now - 86_400_000)).toBe('About 25 s, everything is kept');
    expect(said({ enabled: false })).toBe('About 25 s, everything is kept');
    expect(said({ skipped: { at, reason: 'on battery with 12 %' } })).toMatch(/^Left out at .*: on battery with 12 %$/);
  });

  it('remembers the run of today, the newest', () => {
    const ended = readyRun();
    const endedAt = ended.endedAt ?? '';
    const at = Date.parse(endedAt);
    expect(todaysRun([sampleRun(), ended], 'trading/main', at)?.id).toBe(ended.id);
    expect(todaysRun([{ ...ended, routine: 'seed' }], 'trading/main', at)).toBeNull();
    expect(todaysRun([ended], 'trading/main', at + 86_400_000)).toBeNull();
    expect(lastRunWords(ended, at)).toMatch(/^Ready with remarks at \d\d:\d\d, in 38 s$/);
    expect(lastRunWords(failedRun(), at)).toMatch(/^Not ready at .* after/);
    expect(lastRunWords({ ...ended, routine: 'evening' }, at)).toMatch(/^Ended the day at/);
  });
});

describe('the last run among what needs attention', () => {
  it('is its first reason, and leads to it', () => {
    const [one] = attention([], [], [], now, new Set(), [failedRun()]);
    expect(one).toMatchObject({
      title: 'Build api, fractal-worker failed',
      route: { page: 'routine', runId: 'run-1' },
    });
  });

  it('says what failed in it once', () => {
    const run = failedRun();
    const steps = run.steps.map((one) => (one.id === 'build' ? { ...one, operationId: 'op-1' } : one));
    const failed = operation({ id: 'op-1', state: 'failed', endedAt: new Date(now).toISOString() });
    expect(attention([], [failed], [], now, new Set(), [{ ...run, steps }])).toHaveLength(1);
    expect(attention([], [failed], [], now, new Set(), [run])).toHaveLength(2);
  });

  it('is made up for by a later one that ended well, and forgotten after a day', () => {
    const later = { ...readyRun(), id: 'run-2', startedAt: new Date(now).toISOString() };
    expect(attention([], [], [], now, new Set(), [failedRun(), later])).toEqual([]);
    expect(attention([], [], [], now + 90_000_000, new Set(), [failedRun()])).toEqual([]);
  });
});

describe('what is planned on the horizon', () => {
  const noon = new Date();
  noon.setHours(12, 0, 0, 0);
  const axis = axisOf({ fromMinute: 480, toMinute: 1080 }, noon.getTime());

  it('is the next time of each that starts by itself, if it is still to come today', () => {
    const evening = routine('evening', trust('trusted'));
    const list = plannedOf([routine('morning', trust('trusted')), evening], axis, noon.getTime());
    expect(list.map((one) => one.label)).toEqual(['End the day']);
    expect(plannedOf([evening], axis, noon.getTime() + 8 * 3_600_000)).toEqual([]);
    const off = { ...evening, schedule: evening.schedule === null ? null : { ...evening.schedule, enabled: false } };
    expect(plannedOf([off], axis, noon.getTime())).toEqual([]);
  });
});

describe('the summary', () => {
  it('calls a day by how near it is', () => {
    expect(dayName('2026-02-04', '2026-02-04')).toEqual({ title: 'Today', note: 'so far' });
    expect(dayName('2026-02-03', '2026-02-04')).toEqual({ title: 'Yesterday', note: 'Tuesday 3 February' });
    expect(dayName('2026-01-30', '2026-02-02').title).toBe('Friday');
    expect(dayName('2026-01-10', '2026-02-02').title).toBe('10 January');
  });

  it('leaves out figures of nothing, and never rounds trouble away', () => {
    const day = summary('2026-02-03');
    expect(totalsOf(day, false).map((one) => `${one.figure} ${one.words}`)).toEqual([
      '9 h 25 min 08:41 to 18:06',
      '99.2 % healthy',
      '1 incident',
      '9 commits',
    ]);
    expect(totalsOf(day, true)[0]?.words).toBe('since 08:41');
    const quiet = { ...day, totals: { ...day.totals, spanMs: null, uptime: 0.99999, incidents: 0, commits: 0 } };
    expect(totalsOf(quiet, false)).toEqual([{ figure: '99.9 %', words: 'healthy' }]);
  });
});
