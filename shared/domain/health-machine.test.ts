import { describe, expect, it } from 'vitest';
import { bed } from '../../test/support/health-bed.ts';
import { defaultHealthRules, healthRulesSchema, underPower } from './health-rules.ts';

describe('the health of one service', () => {
  it('is down after three failures, two seconds apart, and healthy after two successes', () => {
    const service = bed();
    service.probes('++');
    const before = service.now;
    service.probes('-');
    expect(service.now - before).toBeGreaterThan(9_000);
    expect(service.health.state).toBe('suspect');
    const first = service.now;
    service.probes('--');
    expect(service.now - first).toBeLessThan(5_000);
    expect(service.health).toMatchObject({ state: 'down', cause: { kind: 'probe', detail: 'connection refused' } });
    service.probes('+');
    expect(service.health.state).toBe('recovering');
    service.probes('+');
    expect(service.path()).toBe('healthy suspect down recovering healthy');
  });

  it('forgets one failure', () => {
    const service = bed();
    service.probes('++-+++-+');
    expect(service.path()).toBe('healthy suspect healthy suspect healthy');
  });

  it('is down again, not once more, when it fails while it recovers', () => {
    const service = bed();
    service.probes('++---+-');
    expect(service.path()).toBe('healthy suspect down recovering down');
    expect(service.health.counters.downs).toBe(1);
  });

  it('finds a service that hangs no later than one that refuses', () => {
    const service = bed();
    service.probes('++');
    for (let turn = 0; turn < 3; turn++) service.probe(false, { at: (service.health.nextProbeAt ?? 0) + 2_000 });
    const down = service.effects.at(-1);
    expect(down).toMatchObject({ kind: 'transition', to: 'down' });
    const first = service.effects.find((effect) => effect.kind === 'transition' && effect.to === 'suspect');
    expect((down as { evidenceAt: number }).evidenceAt - ((first as { at: number }).at - 2_000)).toBeLessThanOrEqual(
      4_400,
    );
  });

  it('gives a service that starts its time, and no longer', () => {
    const service = bed();
    service.signal('start');
    service.lookFor(50_000, false);
    expect(service.path()).toBe('starting');
    expect(service.health.counters.discarded).toBeGreaterThan(20);
    service.lookFor(20_000, false);
    expect(service.path()).toBe('starting down');
  });

  it('lets only the startup probe open the gate where there is one', () => {
    const service = bed(healthRulesSchema.parse({ startupProbe: true }));
    service.signal('start');
    service.probes('+++');
    expect(service.health.state).toBe('starting');
    service.probe(true, { probe: 'startup' });
    expect(service.health.state).toBe('healthy');
  });

  it('is degraded when a third of the probes fails, and healthy a minute after that is over', () => {
    const service = bed();
    service.probes('++++++++++');
    service.probes('--+--+--+--+--+');
    expect(service.health).toMatchObject({ state: 'degraded', cause: { kind: 'failures' } });
    service.lookFor(50_000);
    expect(service.health.state).toBe('degraded');
    service.lookFor(300_000);
    expect(service.health.state).toBe('healthy');
    expect(service.path()).not.toContain('down');
  });

  it('is degraded when its p95 stays at three times its baseline, not by two outliers', () => {
    const rules = healthRulesSchema.parse({ latency: { baselineMs: 20 } });
    const service = bed(rules);
    service.lookFor(300_000);
    for (const latencyMs of [900, 900]) service.probe(true, { latencyMs });
    service.lookFor(400_000);
    expect(service.path()).toBe('healthy');
    for (let turn = 0; turn < 10; turn++) service.probe(true, { latencyMs: 70 });
    expect(service.health.state).toBe('healthy');
    for (let turn = 0; turn < 10; turn++) service.probe(true, { latencyMs: 70 });
    expect(service.health).toMatchObject({
      state: 'degraded',
      cause: { kind: 'latency', p95Ms: 70, limitMs: 60, baselineMs: 20 },
    });
    service.lookFor(600_000);
    expect(service.health.state).toBe('healthy');
  });

  it('is degraded, not down, when it lives but is not ready', () => {
    const service = bed();
    service.probes('++');
    for (let turn = 0; turn < 4; turn++) {
      service.probe(true);
      service.probe(false, { probe: 'readiness', detail: '503' });
    }
    expect(service.health).toMatchObject({ state: 'degraded', cause: { kind: 'probe', probe: 'readiness' } });
  });

  it('flaps at the third time down, and only then rests until it is stable', () => {
    const service = bed();
    service.probes('++');
    for (let turn = 0; turn < 5; turn++) {
      service.lookFor(60_000);
      service.probes('---');
      service.lookFor(10_000, false);
      service.probes('++');
    }
    expect(service.health).toMatchObject({ state: 'flapping', cause: { kind: 'flapping', downs: 3 } });
    expect(service.path().match(/down/g)).toHaveLength(2);
    service.lookFor(310_000);
    expect(service.path()).toMatch(/flapping healthy$/);
    const broken = bed();
    broken.probes('++');
    for (let turn = 0; turn < 3; turn++) broken.probes('---++');
    broken.probes('---');
    broken.lookFor(310_000, false);
    expect(broken.path()).toMatch(/flapping down$/);
  });

  it('looks less often on battery', () => {
    expect(underPower(defaultHealthRules, 'mains').intervalMs).toBe(10_000);
    expect(underPower(defaultHealthRules, 'saver').intervalMs).toBe(40_000);
    expect(underPower({ ...defaultHealthRules, intervalMs: 50_000 }, 'battery').intervalMs).toBe(60_000);
    expect(underPower({ ...defaultHealthRules, intervalMs: 90_000 }, 'battery').intervalMs).toBe(90_000);
  });
});
