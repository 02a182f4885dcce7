import { describe, expect, it, vi } from 'vitest';
import { containerOf, environmentId, watchBed } from '../../../test/support/watch-bed.ts';

const minute = 60_000;
const old = '2026-02-04T07:00:00.000Z';

/** A bed whose services are found healthy. */
async function well(services: readonly string[] = ['db', 'api']) {
  const bed = watchBed();
  bed.declare(Object.fromEntries(services.map((name) => [name, {}])));
  bed.snapshot(...services.map((name) => containerOf(name)));
  bed.begin();
  await bed.clock.pass(minute);
  for (const name of services) expect(bed.state(name)).toBe('healthy');
  return bed;
}

describe('the watch', () => {
  it('says nothing before the first picture of the engine', async () => {
    const bed = watchBed();
    bed.declare({ db: {} });
    bed.begin();
    await bed.clock.pass(minute);
    expect(bed.asked).toEqual([]);
    expect(bed.state('db')).toBe('unreachable');
    bed.snapshot(containerOf('db'));
    await bed.clock.pass(5000);
    expect(bed.state('db')).toBe('healthy');
  });

  it('does not call a service down that was added to the files and never started', async () => {
    const bed = await well();
    bed.declare({ db: {}, api: {}, fresh: {} });
    await bed.clock.pass(2 * minute);
    expect(bed.state('fresh')).toBe('stopped');
    expect(bed.told).toEqual([]);
  });

  it('tells of a death once, and takes it back', async () => {
    const bed = await well();
    bed.die(containerOf('api'));
    await bed.clock.pass(minute);
    expect(bed.state('api')).toBe('down');
    expect(bed.told.filter((notice) => !notice.silent)).toHaveLength(1);
    bed.report(containerOf('api'), 'start');
    bed.describe(containerOf('api', { startedAt: bed.clock.now().toISOString() }), 'start');
    await bed.clock.pass(minute);
    expect(bed.state('api')).toBe('healthy');
    expect(bed.health.watchState().notices).toEqual([]);
  });

  it('does not hold on to an older description of a HEALTHCHECK than its report', async () => {
    const bed = watchBed();
    const checked = (status: 'starting' | 'healthy') =>
      containerOf('db', {
        startedAt: bed.clock.now().toISOString(),
        health: { status, failingStreak: 0, lastOutput: null },
      });
    bed.declare({ db: {} });
    bed.snapshot(checked('starting'));
    bed.begin();
    bed.operation('up', 'running');
    bed.report(containerOf('db'), 'health_status', { status: 'healthy' });
    // Looks again at what was described before the report.
    bed.operation('up', 'done');
    bed.describe(checked('healthy'), 'health_status');
    await bed.clock.pass(10_000);
    expect(bed.state('db')).toBe('healthy');
  });

  it('notices a container that took the place of another, whatever order that is told in', async () => {
    const bed = await well();
    const before = containerOf('api');
    const after = containerOf('api', { id: 'api-new', state: 'created', startedAt: null });
    bed.describe(after, 'create');
    bed.report(before, 'kill', { signal: '15' });
    bed.report(before, 'die', { exitCode: 143 });
    bed.report(after, 'start');
    bed.report(before, 'destroy');
    bed.containers.delete(before.id);
    bed.health.observe({ kind: 'removed', id: before.id, projectName: 'shop', at: '' });
    bed.describe({ ...after, state: 'running', startedAt: bed.clock.now().toISOString() }, 'start');
    await bed.clock.pass(minute);
    expect(bed.state('api')).toBe('healthy');
    expect(bed.told).toEqual([]);
  });

  it('says which of two containers ended, and stays down until it is back', async () => {
    const bed = await well(['api']);
    const second = containerOf('api', { id: 'api-2', number: 2, name: 'shop-api-2' });
    bed.describe(second, 'start');
    await bed.clock.pass(minute);
    bed.die(second, 137);
    await bed.clock.pass(minute);
    expect(bed.state('api')).toBe('down');
    expect(bed.health.verdict(environmentId, 'api')?.reason).toContain('shop-api-2, one of 2 containers');
    bed.report(second, 'start');
    bed.describe({ ...second, startedAt: bed.clock.now().toISOString() }, 'start');
    await bed.clock.pass(minute);
    expect(bed.state('api')).toBe('healthy');
  });

  it('is quiet about one of two that somebody stops', async () => {
    const bed = await well(['api']);
    const second = containerOf('api', { id: 'api-2', number: 2 });
    bed.describe(second, 'start');
    bed.report(second, 'kill', { signal: '15' });
    bed.die(second, 1);
    bed.report(second, 'stop');
    await bed.clock.pass(minute);
    expect(bed.state('api')).toBe('healthy');
    expect(bed.told).toEqual([]);
  });

  it('does not call it a failure, later on, that what somebody stopped ended with 1', async () => {
    const bed = await well();
    bed.report(containerOf('api'), 'kill', { signal: '15' });
    bed.die(containerOf('api'), 1);
    bed.operation('1', 'running');
    bed.operation('1', 'done');
    await bed.clock.pass(2 * minute);
    expect(bed.state('api')).toBe('stopped');
    expect(bed.told).toEqual([]);
  });

  it('learns that it was memory when the description says so after the death', async () => {
    const bed = await well();
    bed.report(containerOf('api'), 'die', { exitCode: 137 });
    await bed.clock.pass(3000);
    expect(bed.state('api')).toBe('down');
    const limits = { cpus: null, memoryBytes: 32 * 1024 * 1024 };
    bed.describe(
      containerOf('api', { state: 'exited', exitCode: 137, oomKilled: true, finishedAt: old, limits }),
      'oom',
    );
    await bed.clock.pass(minute);
    expect(bed.health.verdict(environmentId, 'api')?.reason).toMatch(/Ran out of memory at .* \(limit 32 MB\)/);
  });

  it('tells of the root alone', async () => {
    const bed = watchBed();
    bed.declare({ db: {}, api: { depends_on: { db: { condition: 'service_started', required: true } } } });
    bed.snapshot(containerOf('db'), containerOf('api'));
    bed.begin();
    await bed.clock.pass(minute);
    bed.failing.add('api');
    bed.die(containerOf('db'), 3);
    await bed.clock.pass(2 * minute);
    expect(bed.told.filter((notice) => !notice.silent).map((notice) => notice.service)).toEqual(['db']);
    expect(bed.open().find((each) => each.service === 'api')).toMatchObject({ inhibitedBy: 'db' });
  });

  it('does not count an outage of the engine as one more time down, nor tell it again', async () => {
    const bed = await well();
    bed.die(containerOf('api'));
    await bed.clock.pass(minute);
    const before = bed.told.length;
    for (let turn = 0; turn < 4; turn += 1) {
      bed.health.observe({ kind: 'lost', error: null, since: '' });
      await bed.clock.pass(minute);
      bed.snapshot(...bed.containers.values());
      await bed.clock.pass(minute);
    }
    expect(bed.state('api')).toBe('down');
    expect(bed.open()).toMatchObject([{ service: 'api', downs: 1 }]);
    expect(bed.told).toHaveLength(before);
  });

  it('is not delayed by a line of a log that is found late', async () => {
    const bed = await well(['db', 'api']);
    bed.settings = { ...bed.settings, graceMs: 10 * minute };
    bed.die(containerOf('api'), 137);
    await bed.clock.pass(3900);
    const [incident] = bed.open();
    bed.die(containerOf('db'), 137);
    await bed.clock.pass(50);
    bed.health.book.changeIncident(incident!.id, { logLine: 'FATAL' });
    await bed.clock.pass(10_000);
    expect(bed.told.filter((notice) => !notice.silent)).toHaveLength(1);
  });
});

describe('another life of the engine', () => {
  it.each(['closed', 'killed'] as const)('goes on with what is open and tells nothing twice (%s)', async (how) => {
    const bed = await well();
    bed.die(containerOf('api'), 137);
    await bed.clock.pass(minute);
    bed.health.notifier.take([
      { kind: 'snooze', at: bed.clock.now().getTime(), environment: environmentId, service: 'db', until: 9e12 },
    ]);
    bed.health.pauseWatching('other/main', 9e12);
    await bed.clock.pass(2 * minute);
    const [incident] = bed.open();
    const [notice] = bed.health.watchState().notices;
    const ended = bed.clock.now().getTime();
    bed.end(how);
    await bed.clock.pass(10 * minute);

    const next = watchBed({ database: bed.database, clock: bed.clock });
    next.declare({ db: {}, api: {} });
    next.begin();
    await next.clock.pass(5000);
    expect(next.open()).toHaveLength(1);
    next.snapshot(...bed.containers.values());
    await next.clock.pass(2 * minute);
    expect(next.state('api')).toBe('down');
    expect(next.open()).toMatchObject([{ id: incident!.id, downs: 1 }]);
    expect(next.told.filter((each) => !each.silent)).toEqual([]);
    const watch = next.health.watchState();
    expect(watch.notices).toMatchObject([{ id: notice!.id }]);
    expect(watch.snoozes).toMatchObject([{ service: 'db' }]);
    expect(watch.pausedUntil).toEqual({ 'other/main': 9e12 });
    for (const span of next.store.spans(environmentId, 0, 9e12)) {
      const unseen = span.from < ended + 1000 && span.to > ended + 9 * minute;
      expect(unseen).toBe(false);
    }
    const back = containerOf('api', { startedAt: next.clock.now().toISOString() });
    next.report(back, 'start');
    next.describe(back, 'start');
    await next.clock.pass(minute);
    expect(next.open()).toEqual([]);
    expect(next.health.watchState().notices).toEqual([]);
  });

  it('leaves alone what somebody had stopped, whatever its exit code', async () => {
    const bed = await well();
    bed.report(containerOf('api'), 'kill', { signal: '15' });
    bed.die(containerOf('api'), 1);
    await bed.clock.pass(2 * minute);
    bed.end('killed');
    const next = watchBed({ database: bed.database, clock: bed.clock });
    next.declare({ db: {}, api: {} });
    next.begin();
    next.snapshot(...bed.containers.values());
    await next.clock.pass(minute);
    expect(next.state('api')).toBe('stopped');
    expect(next.open()).toEqual([]);
  });
});

describe('what must not get in the way', () => {
  it('holds services that are declared while watching is paused or an operation runs', async () => {
    const bed = await well();
    const now = bed.clock.now().getTime();
    bed.health.pauseWatching(null, now + 10 * minute);
    bed.health.pauseWatching(environmentId, now + 30 * minute);
    bed.declare({ db: {}, api: {}, late: {} });
    bed.die(containerOf('api'));
    await bed.clock.pass(15 * minute);
    expect(bed.told).toEqual([]);
    expect(bed.health.watchState().pausedUntil).toEqual({ [environmentId]: now + 30 * minute });
    await bed.clock.pass(20 * minute);
    expect(bed.health.watchState().pausedUntil).toEqual({});
    // It was not asked to end, and is found so.
    expect(bed.state('api')).toBe('down');
    expect(bed.state('db')).toBe('healthy');
  });

  it('never throws into the engine, and tells although nothing can be written down', async () => {
    const complaint = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const bed = await well();
    bed.database.exec('DROP TABLE health_spans; DROP TABLE incident_events; DROP TABLE incidents');
    bed.die(containerOf('api'));
    await bed.clock.pass(minute);
    expect(bed.told.some((notice) => notice.service === 'api')).toBe(true);
    expect(complaint).toHaveBeenCalled();
    complaint.mockRestore();
  });

  it('does not mistake sleep for failure, and does not claim to have watched', async () => {
    const bed = await well();
    bed.clock.set(8 * 60 * minute);
    bed.failing.add('api');
    await bed.clock.pass(6000);
    bed.failing.clear();
    await bed.clock.pass(minute);
    expect(bed.told).toEqual([]);
    const spans = bed.store.spans(environmentId, 0, 9e12).filter((span) => span.service === 'db');
    expect(Math.max(...spans.slice(0, -1).map((span) => span.to - span.from))).toBeLessThan(2 * minute);
  });

  it('forgets what it knew of an environment, and of services that left', async () => {
    const bed = await well();
    expect(bed.health.lastOutcome(environmentId, 'api')).toBeDefined();
    bed.declare({ db: {} });
    expect(bed.health.lastOutcome(environmentId, 'api')).toBeUndefined();
    bed.health.forget(environmentId);
    await bed.clock.pass(minute);
    expect(bed.health.lastOutcome(environmentId, 'db')).toBeUndefined();
    expect(bed.store.spans(environmentId, 0, 9e12)).toEqual([]);
  });

  it('follows a project to its new name', async () => {
    const bed = await well(['db']);
    bed.declare({ db: {} }, undefined, { projectName: 'other' });
    bed.die(containerOf('db'));
    await bed.clock.pass(minute);
    expect(bed.state('db')).toBe('stopped');
    expect(bed.told).toEqual([]);
  });

  it('mutes what golden.yml mutes', async () => {
    const bed = watchBed();
    bed.declare({ api: {} }, { services: { api: { muted: true } } });
    bed.snapshot(containerOf('api'));
    bed.begin();
    await bed.clock.pass(minute);
    bed.die(containerOf('api'));
    await bed.clock.pass(minute);
    expect(bed.state('api')).toBe('down');
    expect(bed.told).toEqual([]);
  });
});
