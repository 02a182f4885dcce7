import { describe, expect, it } from 'vitest';
import { bed, start } from '../../test/support/health-bed.ts';

describe('what happens to a service', () => {
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

  it('discards what began before the service was started', () => {
    const service = bed();
    service.probes('++---');
    service.signal('start');
    service.probe(true, { epoch: service.health.epoch - 1 });
    expect(service.health).toMatchObject({ state: 'starting', counters: { discarded: 1 } });
  });

  it('goes on probing when the clock was set back, and keeps what it concluded', () => {
    const service = bed();
    service.probes('++');
    service.lookFor(600_000);
    const before = service.health;
    const at = service.now - 3_600_000;
    service.send({ kind: 'tick', at });
    expect(service.health.state).toBe('healthy');
    expect(service.health.nextProbeAt).toBe(at);
    expect(at - service.health.since).toBe(before.at - before.since + (service.now - before.at));
  });
});
