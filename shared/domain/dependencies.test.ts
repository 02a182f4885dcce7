import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Affliction, affliction, type DependencyGraph, inhibitions, upstreamOf } from './dependencies.ts';
import type { HealthState } from './health.ts';
import { explainState } from './health-explain.ts';
import { initial } from './health-machine.ts';
import { defaultHealthRules } from './health-rules.ts';

const at = Date.UTC(2026, 1, 4, 11, 10);
const graph: DependencyGraph = { web: ['api'], api: ['cache', 'db'], cache: ['db'], db: [], mail: [] };

function sick(service: string, change: Partial<Affliction> = {}): Affliction {
  return {
    service,
    state: 'down',
    from: at,
    cause: { kind: 'probe', service, at, detail: null, probe: 'liveness' },
    ...change,
  };
}
const oom = sick('db', { cause: { kind: 'oom', service: 'db', at, detail: null, limitBytes: 512 * 2 ** 20 } });

describe('dependencies', () => {
  it('names the root, and says so', () => {
    const found = inhibitions(graph, [sick('web'), sick('api'), oom]);
    expect(Object.keys(found).sort()).toEqual(['api', 'web']);
    expect(found['web']?.cause).toMatchObject({ path: ['api', 'db'], root: { kind: 'oom', service: 'db' } });
    expect(explainState('api', 'down', found['api']?.cause ?? null, 0)).toBe(
      'api is down because db ran out of memory at 11:10 (limit 512 MB).',
    );
    expect(explainState('db', 'down', oom.cause, 0)).toBe(
      'db is down because it ran out of memory at 11:10 (limit 512 MB).',
    );
  });

  it('does not blame what works, what failed later, or what is merely slow for what is down', () => {
    expect(inhibitions(graph, [sick('web'), oom])).toEqual({});
    expect(inhibitions(graph, [sick('api'), { ...oom, from: at + 120_000 }])).toEqual({});
    expect(inhibitions(graph, [sick('api'), sick('db', { state: 'degraded' })])).toEqual({});
    expect(
      Object.keys(inhibitions(graph, [sick('api', { state: 'degraded' }), sick('db', { state: 'degraded' })])),
    ).toEqual(['api']);
  });

  it('leaves a service its own doing', () => {
    const cause = { kind: 'oom' as const, service: 'api', at, detail: null, limitBytes: null };
    expect(inhibitions(graph, [sick('api', { cause }), oom])).toEqual({});
  });

  it('blames what somebody stopped, but not what has completed', () => {
    const running = initial(defaultHealthRules, at);
    const stopped = { kind: 'stopped' as const, service: null, at, detail: null };
    const db = affliction('db', { ...running, state: 'stopped', cause: stopped });
    expect(inhibitions(graph, [sick('api'), ...(db === null ? [] : [db])])['api']?.cause.root.kind).toBe('stopped');
    expect(affliction('db', { ...running, state: 'stopped', cause: { ...stopped, detail: 'completed' } })).toBeNull();
    expect(affliction('db', { ...running, state: 'healthy' })).toBeNull();
    expect(affliction('db', { ...running, state: 'recovering', verdict: { up: false, since: at } })?.state).toBe(
      'down',
    );
  });

  it('finds a root in a circle: the one that failed first', () => {
    const circle: DependencyGraph = { a: ['b'], b: ['c'], c: ['a'] };
    const found = inhibitions(circle, [sick('a', { from: at + 2 }), sick('b', { from: at + 1 }), sick('c')]);
    expect(
      Object.values(found)
        .map(({ service, by }) => `${service} ${by}`)
        .sort(),
    ).toEqual(['a c', 'b c']);
    expect([...upstreamOf(circle, 'a')].sort()).toEqual(['b', 'c']);
  });

  it('takes two hundred services in a chain in its stride', () => {
    const names = Array.from({ length: 200 }, (_, index) => `s${index}`);
    const chain = Object.fromEntries(names.map((name, index) => [name, index === 0 ? [] : [`s${index - 1}`]]));
    const found = inhibitions(
      chain,
      names.map((name) => sick(name)),
    );
    expect(Object.keys(found)).toHaveLength(199);
    expect(found['s199']?.cause.path).toHaveLength(199);
  });

  it('always leaves somebody to be told of, and blames only what is told', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const graphs = fc
      .tuple(...names.map(() => fc.subarray(names)))
      .map((lists) => Object.fromEntries(names.map((name, index) => [name, lists[index] ?? []])));
    const states = fc.constantFrom<HealthState>('down', 'degraded', 'flapping', 'unreachable', 'stopped');
    const all = fc.tuple(
      ...names.map((name) =>
        fc.option(
          fc.record({ state: states, from: fc.integer({ min: at, max: at + 150_000 }) }).map((one) => sick(name, one)),
        ),
      ),
    );
    fc.assert(
      fc.property(graphs, all, (declared, options) => {
        const afflictions = options.filter((one) => one !== null);
        const found = inhibitions(declared, afflictions);
        if (afflictions.length > 0) expect(Object.keys(found).length).toBeLessThan(afflictions.length);
        for (const { service, by, cause } of Object.values(found)) {
          expect(by).not.toBe(service);
          expect(found[by]).toBeUndefined();
          expect(cause.path.at(-1)).toBe(by);
          let step = service;
          for (const next of cause.path) {
            expect(declared[step]).toContain(next);
            step = next;
          }
        }
        expect(inhibitions(declared, [...afflictions].reverse())).toEqual(found);
      }),
      { numRuns: 1_000 },
    );
  });
});
