import { describe, expect, it } from 'vitest';
import { containerOf, environmentId, watchBed } from '../../../test/support/watch-bed.ts';

const minute = 60_000;
const hour = 60 * minute;

async function well() {
  const bed = watchBed();
  bed.declare({ db: {}, api: {} });
  bed.snapshot(containerOf('db'), containerOf('api'));
  bed.begin();
  await bed.clock.pass(minute);
  expect(bed.state('api')).toBe('healthy');
  return bed;
}

describe('a machine that sleeps', () => {
  it('is not accused of what failed while it went to sleep and woke up', async () => {
    const bed = await well();
    bed.failing.add('api');
    await bed.clock.pass(3000);
    bed.health.machine({ kind: 'sleep' });
    bed.clock.set(9 * hour);
    bed.health.machine({ kind: 'resume' });
    // Networks take a while to come up again.
    await bed.clock.pass(20_000);
    expect(bed.state('api')).not.toBe('down');
    bed.failing.clear();
    await bed.clock.pass(minute);
    expect(bed.state('api')).toBe('healthy');
    expect(bed.told).toEqual([]);
  });

  it('is told half a minute later of what really broke', async () => {
    const bed = await well();
    bed.health.machine({ kind: 'sleep' });
    bed.clock.set(9 * hour);
    bed.health.machine({ kind: 'resume' });
    bed.failing.add('api');
    await bed.clock.pass(25_000);
    expect(bed.told).toEqual([]);
    await bed.clock.pass(minute);
    expect(bed.state('api')).toBe('down');
    expect(bed.told.map(({ service }) => service)).toEqual(['api']);
  });

  it('leaves the night out of what was watched, whoever noticed it', async () => {
    const bed = await well();
    const before = bed.clock.now().getTime();
    bed.clock.set(9 * hour);
    bed.health.machine({ kind: 'resume' });
    await bed.clock.pass(minute);
    const spans = bed.store.spans(environmentId, before - hour, bed.clock.now().getTime());
    expect(spans.length).toBeGreaterThan(0);
    for (const { from, to } of spans) expect(to - from).toBeLessThan(3 * minute);
  });

  it('does not repeat in the morning, all at once, what was told before', async () => {
    const bed = await well();
    bed.die(containerOf('api'));
    await bed.clock.pass(minute);
    const before = bed.told.length;
    for (let nap = 0; nap < 5; nap += 1) {
      bed.health.machine({ kind: 'sleep' });
      bed.clock.set(9 * hour);
      bed.health.machine({ kind: 'resume' });
      await bed.clock.pass(2 * minute);
    }
    expect(bed.state('api')).toBe('down');
    // Once more after four hours, as the rules say; never again.
    expect(bed.told.slice(before).filter((notice) => !notice.silent)).toHaveLength(1);
  });
});

describe('a clock that is set', () => {
  it.each([
    ['back by an hour', -hour],
    ['forward by an hour', hour],
    ['forward by ten years', 10 * 365 * 24 * hour],
  ])('%s moves no conclusion, and watching goes on', async (_how, by) => {
    const bed = await well();
    bed.clock.set(by);
    await bed.clock.pass(2 * minute);
    expect(bed.state('api')).toBe('healthy');
    expect(bed.told).toEqual([]);
    bed.die(containerOf('api'));
    await bed.clock.pass(minute);
    expect(bed.state('api')).toBe('down');
    expect(bed.told.filter((notice) => !notice.silent)).toHaveLength(1);
  });

  it('ends no pause early, and keeps none for ever', async () => {
    const bed = await well();
    bed.health.pauseWatching(environmentId, bed.clock.now().getTime() + hour);
    bed.die(containerOf('api'));
    await bed.clock.pass(30 * minute);
    expect(bed.told).toEqual([]);
    bed.clock.set(-10 * minute);
    await bed.clock.pass(35 * minute);
    expect(bed.told).toEqual([]);
    await bed.clock.pass(10 * minute);
    expect(bed.state('api')).toBe('down');
  });
});

describe('power', () => {
  const probesIn = async (bed: Awaited<ReturnType<typeof well>>): Promise<number> => {
    // What was due before is not what is counted.
    await bed.clock.pass(2 * minute);
    const before = bed.asked.length;
    await bed.clock.pass(4 * minute);
    return (bed.asked.length - before) / 2;
  };

  it.each([
    ['mains', 24],
    ['battery', 12],
    ['saver', 6],
  ] as const)('on %s a service is asked %d times in four minutes', async (source, times) => {
    const bed = await well();
    bed.power = source;
    await bed.clock.pass(10_000);
    expect(Math.abs((await probesIn(bed)) - times)).toBeLessThanOrEqual(1);
    bed.power = 'mains';
    await bed.clock.pass(10_000);
    expect(Math.abs((await probesIn(bed)) - 24)).toBeLessThanOrEqual(1);
  });

  it('believes the desktop where the engine cannot tell', async () => {
    const bed = await well();
    bed.health.machine({ kind: 'power', onBattery: true });
    expect(Math.abs((await probesIn(bed)) - 12)).toBeLessThanOrEqual(1);
    bed.health.machine({ kind: 'power', onBattery: false });
    expect(Math.abs((await probesIn(bed)) - 24)).toBeLessThanOrEqual(1);
  });

  it('finds a death as soon as ever', async () => {
    const bed = await well();
    bed.power = 'saver';
    await bed.clock.pass(2 * minute);
    bed.die(containerOf('api'));
    await bed.clock.pass(1000);
    expect(bed.state('api')).toBe('down');
  });
});
