import { describe, expect, it } from 'vitest';
import { initial, step } from './health-machine.ts';
import { defaultHealthRules, type HealthRules, healthRulesSchema, underPower } from './health-rules.ts';
import type { ContainerSignal, HealthEffect, HealthEvent, ServiceHealth } from './health-types.ts';

const start = Date.UTC(2026, 1, 4, 8, 0);

/** One service on a virtual clock. */
function bed(rules: HealthRules = defaultHealthRules) {
  let state = initial(rules, start);
  let now = start;
  const effects: HealthEffect[] = [];
  const send = (event: HealthEvent): void => {
    const result = step(state, event, rules);
    state = result.state;
    effects.push(...result.effects);
    now = Math.max(now, event.at);
  };
  const api = {
    get health(): ServiceHealth {
      return state;
    },
    get now(): number {
      return now;
    },
    effects,
    path: (): string => effects.flatMap((effect) => (effect.kind === 'transition' ? [effect.to] : [])).join(' '),
    send,
    wait(ms: number): void {
      now += ms;
    },
    signal(action: 'start' | 'oom'): void {
      send({ kind: 'container', at: now, action });
    },
    die(change: Partial<Extract<ContainerSignal, { action: 'die' }>> = {}): void {
      send({
        kind: 'container',
        at: now,
        action: 'die',
        exitCode: 1,
        oomKilled: false,
        willRestart: false,
        runsOnce: false,
        limitBytes: null,
        detail: null,
        ...change,
      } as HealthEvent);
    },
    /** Waits for the next probe and answers it. */
    probe(ok: boolean, change: Partial<Extract<HealthEvent, { kind: 'probe' }>> = {}): void {
      now = Math.max(now, state.nextProbeAt ?? now);
      send({
        kind: 'probe',
        at: now + (change.latencyMs ?? 3),
        startedAt: now,
        epoch: state.epoch,
        probe: 'liveness',
        ok,
        latencyMs: ok ? 3 : null,
        detail: ok ? null : 'connection refused',
        ...change,
      });
    },
    probes(pattern: string): void {
      for (const each of pattern) api.probe(each === '+');
    },
    lookFor(ms: number, ok = true): void {
      for (const until = now + ms; now < until; ) api.probe(ok);
    },
  };
  return api;
}

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

  it('verifies a death at once, and is certain where nothing will start it again', () => {
    const service = bed();
    service.probes('++');
    service.signal('oom');
    service.die({ exitCode: 137, oomKilled: true, limitBytes: 512 * 2 ** 20 });
    expect(service.health).toMatchObject({ state: 'suspect', nextProbeAt: service.now });
    service.probe(false);
    expect(service.effects.at(-1)).toMatchObject({
      to: 'down',
      certain: true,
      cause: { kind: 'oom', limitBytes: 512 * 2 ** 20 },
    });
    expect(service.health.counters).toMatchObject({ ooms: 1, downs: 1 });
  });

  it('holds a death for true when no probe answers', () => {
    const service = bed();
    service.probes('++');
    service.die();
    service.send({ kind: 'tick', at: service.now + 5_000 });
    expect(service.health.state).toBe('down');
  });

  it('takes a stop that was asked for as a stop, and a kill that was not as a failure', () => {
    const asked = bed();
    asked.probes('++');
    asked.send({ kind: 'container', at: asked.now, action: 'kill', signal: '15' });
    asked.die({ exitCode: 137 });
    expect(asked.health).toMatchObject({ state: 'stopped', nextProbeAt: null });
    const killed = bed();
    killed.probes('++');
    killed.die({ exitCode: 137 });
    killed.probes('-');
    expect(killed.effects.at(-1)).toMatchObject({ to: 'down', certain: false, cause: { kind: 'killed' } });
    const reloaded = bed();
    reloaded.probes('++');
    reloaded.send({ kind: 'container', at: reloaded.now, action: 'kill', signal: 'SIGHUP' });
    reloaded.die({ exitCode: 2 });
    expect(reloaded.health.state).toBe('suspect');
    const once = bed();
    once.probes('+');
    once.die({ exitCode: 0, runsOnce: true });
    expect(once.health.state).toBe('stopped');
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

  it('counts deaths that a restart policy mends at once', () => {
    const service = bed();
    service.probes('++');
    for (let turn = 0; turn < 3; turn++) {
      service.die({ willRestart: true });
      service.signal('start');
      service.wait(30_000);
      service.probes('++');
    }
    expect(service.health.state).toBe('flapping');
    expect(service.health.counters.restarts).toBe(3);
  });

  it('believes the HEALTHCHECK of the image, and not an open port against it', () => {
    const service = bed();
    service.probes('++');
    service.send({ kind: 'container', at: service.now, action: 'health_status', status: 'unhealthy', detail: 'no db' });
    expect(service.health).toMatchObject({ state: 'down', cause: { kind: 'healthcheck', detail: 'no db' } });
    service.probes('+++');
    expect(service.health.state).toBe('down');
    service.send({ kind: 'container', at: service.now, action: 'health_status', status: 'healthy', detail: null });
    service.probes('+');
    expect(service.path()).toMatch(/recovering healthy$/);
  });

  it('waits for a HEALTHCHECK that is starting, as long as the gate is shut', () => {
    const service = bed();
    service.signal('start');
    const starting = { kind: 'observed', container: 'running', healthcheck: 'starting', cause: null } as const;
    service.send({ ...starting, at: service.now, startedAt: service.now });
    service.probes('+++');
    expect(service.health.state).toBe('starting');
    service.send({ kind: 'container', at: service.now, action: 'health_status', status: 'healthy', detail: null });
    expect(service.health.state).toBe('healthy');
  });

  it('keeps what it saw of a death when an inspection calls it a stop', () => {
    const service = bed();
    service.probes('++');
    service.die({ exitCode: 137 });
    const stopped = {
      kind: 'observed',
      container: 'stopped',
      startedAt: null,
      healthcheck: null,
      cause: null,
    } as const;
    service.send({ ...stopped, at: service.now });
    service.probes('-');
    service.send({ ...stopped, at: service.now });
    expect(service.health).toMatchObject({ state: 'down', cause: { kind: 'killed' } });
    service.send({ ...stopped, at: service.now, container: 'absent' });
    expect(service.health.state).toBe('stopped');
  });

  it('looks less often on battery', () => {
    expect(underPower(defaultHealthRules, 'mains').intervalMs).toBe(10_000);
    expect(underPower(defaultHealthRules, 'saver').intervalMs).toBe(40_000);
    expect(underPower({ ...defaultHealthRules, intervalMs: 50_000 }, 'battery').intervalMs).toBe(60_000);
    expect(underPower({ ...defaultHealthRules, intervalMs: 90_000 }, 'battery').intervalMs).toBe(90_000);
  });

  it('says nothing of what fails during an operation, a pause or a gap', () => {
    const service = bed();
    service.probes('++');
    service.send({ kind: 'operation', at: service.now, action: 'began' });
    service.probes('-----');
    service.send({ kind: 'operation', at: service.now, action: 'ended' });
    service.lookFor(25_000, false);
    expect(service.path()).toBe('healthy');
    service.probes('+');
    service.send({ kind: 'gap', at: service.now + 3_600_000, reason: 'sleep' });
    const epoch = service.health.epoch - 1;
    service.probe(false, { epoch });
    service.lookFor(25_000, false);
    expect(service.path()).toBe('healthy');
    service.lookFor(12_000, false);
    expect(service.health.state).toBe('down');
    const paused = bed();
    paused.probes('++');
    paused.send({ kind: 'pause-watching', at: paused.now, until: paused.now + 3_600_000 });
    expect(paused.health).toMatchObject({ state: 'unknown', nextProbeAt: null });
    paused.wait(3_600_000);
    paused.send({ kind: 'tick', at: paused.now });
    expect(paused.health.nextProbeAt).toBe(paused.now);
  });

  it('finds a gap by itself when a probe is long overdue', () => {
    const service = bed();
    service.probes('++');
    service.wait(8 * 3_600_000);
    service.probes('---');
    expect(service.path()).toBe('healthy');
  });

  it('does not call the engine’s absence a failure, and starts anew when it is back', () => {
    const service = bed();
    service.probes('++');
    service.send({ kind: 'engine', at: service.now, action: 'lost' });
    service.die();
    service.probe(false);
    expect(service.health).toMatchObject({ state: 'unreachable', nextProbeAt: null });
    service.send({ kind: 'engine', at: service.now, action: 'back' });
    service.send({
      kind: 'observed',
      at: service.now,
      container: 'running',
      startedAt: start - 1e6,
      healthcheck: null,
      cause: null,
    });
    service.probes('+');
    expect(service.path()).toBe('healthy unreachable unknown healthy');
  });
});
