import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperationView } from '../../../shared/contract/operations.ts';
import type { RoutineRun } from '../../../shared/contract/routines.ts';
import type { Incident } from '../../../shared/domain/incident-types.ts';
import { incidentOf } from '../../../test/support/incident.ts';
import type { DayFacts } from './day-facts.ts';
import { boundsOfDay, localDay } from './local-day.ts';
import { hours } from './markdown.ts';
import { summarise } from './summarise.ts';

const from = Date.UTC(2025, 1, 4);
const at = (clock: string): number => Date.parse(`2025-02-04T${clock}:00.000Z`);
const iso = (clock: string): string => new Date(at(clock)).toISOString();

const nothing: DayFacts = {
  day: '2025-02-04',
  from,
  to: at('18:00'),
  environmentId: null,
  operations: [],
  runs: [],
  incidents: [],
  timelines: [],
  repositories: [],
  utcOffsetMinutes: () => 60,
};

const operation = (id: string, kind: string, clock: string, more: Partial<OperationView> = {}): OperationView => ({
  id,
  kind,
  title: `${kind} of shop/main`,
  environmentId: 'shop/main',
  state: 'done',
  createdAt: iso(clock),
  startedAt: iso(clock),
  endedAt: new Date(at(clock) + 4000).toISOString(),
  steps: [],
  estimateMs: null,
  cancellable: false,
  resumed: false,
  error: null,
  summary: 'Done so',
  undoable: false,
  ...more,
});

const incident = (service: string, clock: string, minutes: number, more: Partial<Incident> = {}): Incident =>
  incidentOf(service, at(clock), {
    to: at(clock) + minutes * 60_000,
    state: 'healthy',
    cause: { kind: 'oom', service, at: at(clock), detail: null, limitBytes: 512 * 2 ** 20 },
    ...more,
  });

const run = {
  id: 'run-1',
  environmentId: 'shop/main',
  routine: 'morning',
  title: 'Morning startup',
  state: 'ended',
  startedAt: iso('07:42'),
  endedAt: new Date(at('07:42') + 38_000).toISOString(),
  verdict: { kind: 'ready', sentence: 'Ready – 7 of 7 services healthy', reasons: [] },
  steps: [
    { id: 'pull', uses: 'git.pull', state: 'done', result: '3 commits, fast-forward to 8f3c1e2', operationId: null },
    { id: 'up', uses: 'stack.up', state: 'done', result: 'Started 4 services', operationId: 'of-run' },
  ],
} as unknown as RoutineRun;

describe('the summary of a day', () => {
  const facts: DayFacts = {
    ...nothing,
    runs: [run],
    operations: [
      operation('of-run', 'stack.up', '07:42'),
      operation('tidy', 'golden.tidy', '09:00'),
      operation('r', 'golden.restore', '12:57', { title: 'Restore golden-dev-pre-0142-20250204' }),
      operation('f', 'stack.up', '15:00', {
        state: 'failed',
        summary: null,
        error: { code: 'docker.port-taken', message: 'Port 8080 is taken', remedy: 'x' },
      }),
    ],
    incidents: [incident('redpanda', '10:10', 5), incident('api', '10:11', 4, { inhibitedBy: 'redpanda' })],
    timelines: [
      {
        environmentId: 'shop/main',
        from,
        to: at('18:00'),
        marks: [],
        services: [
          {
            service: 'redpanda',
            spans: [
              { from: at('08:00'), to: at('10:10'), state: 'healthy', reason: null },
              { from: at('10:10'), to: at('10:15'), state: 'down', reason: null },
              { from: at('10:15'), to: at('16:20'), state: 'healthy', reason: null },
              { from: at('16:20'), to: at('18:00'), state: 'stopped', reason: null },
            ],
          },
        ],
      },
    ],
    repositories: [
      {
        folder: '/p/shop',
        name: 'shop',
        branch: 'order-book',
        commits: [
          { commit: 'bbbbbbb', subject: 'Read the *book* <fast>', at: iso('14:00') },
          { commit: 'aaaaaaa', subject: 'Open the book', at: iso('11:00') },
        ],
        filesChanged: 4,
        insertions: 20,
        deletions: 3,
      },
    ],
  };

  it('tells each thing once, in order, without housekeeping and what only waited for another', () => {
    const summary = summarise(facts);
    expect(summary.entries.map((one) => `${one.at.slice(11, 16)} ${one.kind} ${one.title}`)).toEqual([
      '07:42 routine Started the day in 38 seconds',
      '10:10 incident redpanda was down for 5 minutes',
      '12:57 restore Restore golden-dev-pre-0142-20250204',
      '14:00 commits 2 commits in shop on order-book',
      '15:00 operation stack.up of shop/main',
    ]);
    expect(summary.entries[0]?.detail).toBe('Ready – 7 of 7 services healthy. 3 commits, fast-forward to 8f3c1e2.');
    expect(summary.entries[4]?.detail).toBe('Failed. Port 8080 is taken.');
    expect(summary.totals).toMatchObject({
      incidents: 1,
      incidentMs: 5 * 60_000,
      restores: 1,
      captures: 0,
      commits: 2,
      filesChanged: 4,
    });
    expect(summary.totals.uptime).toBeCloseTo(495 / 500);
    expect(summary.environments).toEqual([
      { environmentId: 'shop/main', runningMs: 500 * 60_000, uptime: 0.99, incidents: 1 },
    ]);
  });

  it('is Markdown to paste, in which names of others stay text', () => {
    expect(summarise(facts).markdown).toBe(`## Tuesday, 4 February

7 h 18 min · 2 commits · 4 files changed · 1 restore · 1 incident (5 min) · services healthy 99 % of the time

### shop, order-book

- Open the book (\`aaaaaaa\`)
- Read the \\*book\\* \\<fast\\> (\`bbbbbbb\`)

### What happened

- 08:42 Started the day in 38 seconds: Ready – 7 of 7 services healthy. 3 commits, fast-forward to 8f3c1e2.
- 11:10 redpanda was down for 5 minutes: redpanda ran out of memory at 11:10 (limit 512 MB).
- 13:57 Restore golden-dev-pre-0142-20250204: Done so.
- 16:00 stack.up of shop/main: Failed. Port 8080 is taken.
`);
  });

  it('says so when nothing was done', () => {
    const summary = summarise(nothing);
    expect(summary.markdown).toBe('## Tuesday, 4 February\n\nNothing was done.\n');
    expect(summary.totals.uptime).toBeNull();
  });

  it('counts an incident that began the day before from midnight, and an open one until now', () => {
    const open = incident('db', '17:00', 0, { to: null, state: 'down' });
    const before = { ...incident('db', '00:00', 30), from: from - 3_600_000 };
    const { totals, entries } = summarise({ ...nothing, incidents: [open, before] });
    expect(totals.incidentMs).toBe(90 * 60_000);
    expect(entries.map((one) => one.title)).toEqual(['db was down for 1 hour', 'db is down']);
  });
});

it('knows the bounds of every local day, 23 to 25 hours long, which meet', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), (moment) => {
      const day = localDay(moment);
      const { from: first, to } = boundsOfDay(day);
      expect(moment).toBeGreaterThanOrEqual(first);
      expect(moment).toBeLessThan(to);
      expect(localDay(to)).not.toBe(day);
      expect((to - first) / 3_600_000).toBeGreaterThanOrEqual(23);
    }),
  );
});

it.each([
  [30_000, 'under a minute'],
  [4 * 60_000, '4 min'],
  [60 * 60_000, '1 h'],
  [561 * 60_000, '9 h 21 min'],
])('says %d ms as %s', (ms, words) => {
  expect(hours(ms)).toBe(words);
});
