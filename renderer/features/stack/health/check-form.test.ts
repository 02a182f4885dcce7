import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServiceCheck } from '../../../../shared/domain/checks.ts';
import { check } from '../../../dev/sample-watch.ts';
import { checkOf, formOf, joinWords, probeToTry, splitWords } from './check-form.ts';

const view = (declared: ServiceCheck | null) => ({ ...check('api', 0), declared });

describe('the form of a check', () => {
  it.each<ServiceCheck>([
    { probe: { http: { port: 8080, path: '/health', status: [200, '2xx'], headers: { accept: 'text/html' } } } },
    { probe: { command: { run: ['pg_isready', '-U', 'the app'], in: 'container' } }, interval: '5s', failures: 5 },
    { probe: { command: { run: ['./check.sh'], in: 'host' } } },
    { probe: { command: { run: ['true'] } } },
    { probe: { postgres: { port: 5432, user: 'app' } }, recovery: 'restart', log_errors: 'ERROR', muted: true },
    { probe: { none: true } },
    { latency_p95: '50ms', start_period: '1m30s' },
  ])('gives back what was declared: %j', (declared) => {
    expect(checkOf(formOf(view(declared)), declared)).toEqual({ ok: true, check: declared });
  });

  it('says what is wrong at the field where it is', () => {
    const form = { ...formOf(view(null)), kind: 'http' as const, port: '99999', path: 'health', interval: 'often' };
    const result = checkOf(form, null);
    expect(result.ok ? [] : Object.keys(result.problems).sort()).toEqual(['interval', 'path', 'port']);
  });

  it('tries what stands in the form, or what was suggested', () => {
    expect(probeToTry(formOf(view(null)), view(null))).toEqual({ tcp: { port: 8080 } });
    expect(probeToTry({ ...formOf(view(null)), kind: 'redis', port: '6379' }, view(null))).toEqual({
      redis: { port: 6379 },
    });
    expect(probeToTry({ ...formOf(view(null)), kind: 'none' }, view(null))).toBeNull();
    expect(probeToTry({ ...formOf(view(null)), kind: 'tcp', port: '' }, view(null))).toBeNull();
  });

  it('reads a command line as it writes one', () => {
    const word = fc.string({ minLength: 1, maxLength: 12 }).filter((one) => !/[\n\r]/.test(one));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        expect(splitWords(joinWords(words))).toEqual(words);
      }),
    );
  });
});
