import { describe, expect, it } from 'vitest';
import type { CheckView } from '../../shared/contract/health.ts';
import { healthStates } from '../../shared/domain/health.ts';
import { AppError } from '../../shared/errors.ts';
import { allFine, healthTable, probeText, stateText } from './health-words.ts';
import { durationOption, sinceOption } from './times.ts';

const check = {
  service: 'db',
  state: 'down',
  since: 0,
  reason: 'Nothing listens.',
  probe: { postgres: { port: 5432 } },
  source: 'suggested',
  target: '10.0.0.2:5432',
  last: { at: 57_000, ok: false, latencyMs: null, detail: 'Nothing listens.' },
  latency: { p50: 1.25, p95: 20, p99: 1500 },
  counters: { probes: 9, failures: 3, downs: 1, restarts: 0, ooms: 0 },
} as unknown as CheckView;

describe('words about health', () => {
  it('has one row for each service, with shape and word', () => {
    const [head, row] = healthTable([check], 60_000).split('\n');
    expect(head).toMatch(
      /^SERVICE +STATE +FOR +PROBE +LAST ANSWER +P50 +P95 +P99 +PROBES +FAILED +DOWN +RESTARTS +OOM +WHY$/,
    );
    expect(row?.split(/ {2,}/)).toEqual(
      'db|■ down|1 minute|postgres 10.0.0.2:5432 (suggested)|failed, 3 seconds ago|1.3 ms|20 ms|1.5 s|9|3|1|0|0|Nothing listens.'.split(
        '|',
      ),
    );
  });

  it('says how a service is asked', () => {
    expect(probeText({ probe: null, source: 'none', target: null })).toBe('container state');
    expect(probeText({ probe: { http: { port: 80, path: '/up' } }, source: 'declared', target: null })).toBe(
      'http /up (declared)',
    );
  });

  it('is fine only when nothing is wrong or in doubt', () => {
    const fine = healthStates.filter((state) => allFine([{ state }]));
    expect(fine).toEqual(['healthy', 'paused', 'stopped']);
    expect(new Set(healthStates.map(stateText)).size).toBe(healthStates.length);
  });

  it('reads durations and times, and refuses the rest', () => {
    expect(durationOption('--for', '1h30m')).toBe(5_400_000);
    expect(sinceOption('--since', '24h', 90_000_000)).toBe(3_600_000);
    expect(sinceOption('--since', '1970-01-01T00:00:01Z', 0)).toBe(1000);
    expect(() => durationOption('--for', 'long')).toThrow(AppError);
    expect(() => sinceOption('--since', 'then', 0)).toThrow(AppError);
  });
});
