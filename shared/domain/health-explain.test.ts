import { describe, expect, it } from 'vitest';
import { clockTime, enumerate, latencyAmount, memoryAmount, minuteOfDay, span } from './clock-words.ts';
import { type OwnCause, ownCauseSchema } from './health-cause.ts';
import { explain, stateClause } from './health-explain.ts';

const at = Date.UTC(2026, 1, 4, 11, 10);
const base = { service: 'db', at, detail: null };

const cases: readonly (readonly [OwnCause, string, string])[] = [
  [
    { ...base, kind: 'oom', limitBytes: 512 * 2 ** 20 },
    'db ran out of memory at 11:10 (limit 512 MB).',
    'Raise limit to 1 GB',
  ],
  [{ ...base, kind: 'oom', limitBytes: null }, 'db ran out of memory at 11:10.', 'Restart db'],
  [
    { ...base, kind: 'exit', exitCode: 3, detail: 'no such table' },
    'db exited with code 3 at 11:10: no such table.',
    'Open its logs',
  ],
  [
    { ...base, kind: 'exit', exitCode: 127 },
    'db could not find its command (exit code 127) at 11:10.',
    'Open its logs',
  ],
  [{ ...base, kind: 'killed', signal: 'SIGKILL' }, 'db was killed (SIGKILL) at 11:10.', 'Restart db'],
  [
    { ...base, kind: 'start-failed', detail: 'port is taken' },
    'db could not start at 11:10: port is taken.',
    'Open its logs',
  ],
  [{ ...base, kind: 'probe', probe: 'liveness' }, 'db has failed its health checks since 11:10.', 'Restart db'],
  [{ ...base, kind: 'probe', probe: 'readiness' }, 'db has not been ready since 11:10.', 'Open its logs'],
  [{ ...base, kind: 'healthcheck' }, 'db has failed its HEALTHCHECK since 11:10.', 'Restart db'],
  [
    { ...base, kind: 'failures', ratio: 0.37, windowMs: 300_000 },
    'db failed 37 % of its health checks in 5 minutes.',
    'Open its logs',
  ],
  [
    { ...base, kind: 'latency', p95Ms: 61, limitMs: 59, baselineMs: 19.7 },
    'db answers slowly: p95 61 ms, 3.1 times its baseline.',
    'Open its logs',
  ],
  [
    { ...base, kind: 'latency', p95Ms: 1200, limitMs: 500, baselineMs: null },
    'db answers slowly: p95 1.2 s, over its limit of 500 ms.',
    'Open its logs',
  ],
  [
    { ...base, kind: 'flapping', downs: 3, windowMs: 1_800_000 },
    'db went down 3 times in 30 minutes.',
    'Open its logs',
  ],
  [{ ...base, kind: 'stopped' }, 'db was stopped at 11:10.', 'Start db'],
  [{ ...base, kind: 'unreachable', service: null }, 'The engine cannot be reached since 11:10.', 'Start Docker'],
  [
    { ...base, kind: 'disk-full', service: null, path: '/var', freeBytes: 20 * 2 ** 20 },
    'The disk has 20 MB left on /var.',
    'Free some space',
  ],
  [
    { ...base, kind: 'data-loss', detail: 'volume pgdata is empty' },
    'db lost data at 11:10: volume pgdata is empty.',
    'Restore…',
  ],
  [{ ...base, kind: 'anomaly', metric: 'memory' }, 'db shows an unusual memory since 11:10.', 'Open its logs'],
];

describe('causes in words', () => {
  it.each(cases)('%j', (cause, sentence, label) => {
    const found = explain(ownCauseSchema.parse(cause), 0);
    expect(found.sentence).toBe(sentence);
    expect(found.action.label).toBe(label);
  });

  it('has words for every kind of cause', () => {
    const kinds = ownCauseSchema.options.map((option) => option.shape.kind.value);
    expect([...new Set(cases.map(([{ kind }]) => kind))].sort()).toEqual([...kinds].sort());
  });

  it('proposes what to do about the root', () => {
    const root = { ...base, kind: 'oom' as const, limitBytes: 2 ** 30 };
    const found = explain({ kind: 'dependency', service: 'api', at, detail: null, path: ['db'], root }, 60);
    expect(found.sentence).toBe('api fails because db ran out of memory at 12:10 (limit 1 GB).');
    expect(found.action).toEqual({
      kind: 'raise-limit',
      service: 'db',
      label: 'Raise limit to 2 GB',
      limitBytes: 2 ** 31,
    });
  });

  it('writes times and amounts', () => {
    expect([clockTime(at, 0), clockTime(at, -12 * 60), clockTime(at, 13 * 60 + 30)]).toEqual([
      '11:10',
      '23:10',
      '00:40',
    ]);
    expect(minuteOfDay(-1, 0)).toBe(1439);
    expect([span(-5), span(1_000), span(59_999), span(3_600_000), span(49 * 3_600_000)]).toEqual([
      '0 seconds',
      '1 second',
      '59 seconds',
      '1 hour',
      '2 days',
    ]);
    expect([memoryAmount(2 ** 20), memoryAmount(1.5 * 2 ** 30), memoryAmount(4096)]).toEqual([
      '1 MB',
      '1.5 GB',
      '4 kB',
    ]);
    expect([latencyAmount(1.234), latencyAmount(61), latencyAmount(12_340)]).toEqual(['1.2 ms', '61 ms', '12.3 s']);
    expect([enumerate([]), enumerate(['a']), enumerate(['a', 'b', 'c']), enumerate(['a', 'b', 'c', 'd'])]).toEqual([
      '',
      'a',
      'a, b and c',
      'a, b and 2 more',
    ]);
    expect(stateClause('paused')).toBe('is paused');
  });
});
