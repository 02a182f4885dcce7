import { describe, expect, it } from 'vitest';
import type { HealthSection } from '../../../shared/domain/checks.ts';
import { containerOf, environmentId, watchBed } from '../../../test/support/watch-bed.ts';

const second = 1000;
const minute = 60_000;
const restarts: HealthSection = { services: { api: { recovery: 'restart' } } };
const restores: HealthSection = { services: { api: { recovery: 'restore' } } };

/** A service that went down by itself a moment ago, and an image of it. */
async function down(section: HealthSection) {
  const bed = watchBed();
  bed.image = { id: 'image-1', name: 'monday' };
  bed.declare({ api: {} }, section);
  bed.snapshot(containerOf('api'));
  bed.begin();
  await bed.clock.pass(minute);
  bed.die(containerOf('api'));
  await bed.clock.pass(5 * second);
  expect(bed.state('api')).toBe('down');
  return bed;
}
type Bed = Awaited<ReturnType<typeof down>>;

/** Life after life: what stood in the database, and the containers as they are. */
async function nextLife(bed: Bed, section: HealthSection): Promise<Bed> {
  bed.end('killed');
  const next = watchBed({ database: bed.database, clock: bed.clock });
  next.image = bed.image;
  next.declare({ api: {} }, section);
  next.begin();
  next.snapshot(...bed.containers.values());
  await next.clock.pass(5 * second);
  return next;
}

/** Five restarts in vain, and the moment at which it was given up. */
async function givenUp() {
  const bed = await down(restarts);
  await bed.clock.pass(12 * minute);
  expect(bed.restarted).toHaveLength(5);
  expect(bed.health.recoverer.breakerOpenSince(environmentId, 'api')).not.toBeNull();
  return bed;
}

describe('recovery', () => {
  it('restarts with pauses that double, gives up, and says so once', async () => {
    const bed = await down(restarts);
    await bed.clock.pass(6 * second);
    expect(bed.restarted).toHaveLength(1);
    await bed.clock.pass(10 * second);
    expect(bed.restarted).toHaveLength(1);
    await bed.clock.pass(10 * second);
    expect(bed.restarted).toHaveLength(2);
    await bed.clock.pass(20 * minute);
    expect(bed.restarted).toHaveLength(5);
    expect(bed.told.filter((notice) => notice.reason === 'recovery')).toHaveLength(1);
  });

  it('is as patient in another life of the engine', async () => {
    const bed = await down(restarts);
    await bed.clock.pass(72 * second);
    const before = bed.restarted.length;
    expect(before).toBe(3);
    const next = await nextLife(bed, restarts);
    // The third pause is 80 s, not 10 s.
    await next.clock.pass(40 * second);
    expect(next.restarted).toEqual([]);
    await next.clock.pass(11 * minute);
    expect(next.restarted).toHaveLength(5 - before);
  });

  it('stays given up in another life, and does not say it again', async () => {
    const bed = await givenUp();
    const since = bed.health.recoverer.breakerOpenSince(environmentId, 'api');
    const next = await nextLife(bed, restarts);
    expect(next.health.recoverer.breakerOpenSince(environmentId, 'api')).toBe(since);
    await next.clock.pass(10 * minute);
    expect(next.restarted).toEqual([]);
    expect(next.told.filter((notice) => notice.reason === 'recovery' && !notice.silent)).toEqual([]);
    await next.clock.pass(25 * minute);
    expect(next.restarted).toHaveLength(1);
  });

  it('remembers over lives that somebody worked on it by hand', async () => {
    const bed = await down(restarts);
    bed.health.recoverer.manual(environmentId, ['api']);
    const next = await nextLife(bed, restarts);
    await next.clock.pass(5 * minute);
    expect(next.restarted).toEqual([]);
    await next.clock.pass(6 * minute);
    expect(next.restarted).not.toEqual([]);
  });

  it('puts data back once a day, however many lives the engine has', async () => {
    const bed = await down(restores);
    await bed.clock.pass(2 * minute);
    expect(bed.restored).toEqual(['api from image-1']);
    let life = bed;
    for (let turn = 0; turn < 3; turn += 1) {
      life = await nextLife(life, restores);
      await life.clock.pass(5 * minute);
      expect(life.restored).toEqual([]);
    }
    // The machine sleeps for a day.
    life.clock.set(24 * 60 * minute);
    await life.clock.pass(5 * minute);
    expect(life.restored).toEqual(['api from image-1']);
  });

  it('has written down what it is about to do before it does it', async () => {
    const bed = await down(restarts);
    const seen: unknown[] = [];
    bed.onRestart = () => seen.push(bed.store.recall('recovery'));
    await bed.clock.pass(10 * second);
    expect(seen).toMatchObject([{ states: { [`${environmentId}/api`]: { streak: 1 } } }]);
  });

  it('forgets a service that left, and an environment', async () => {
    const bed = await givenUp();
    const kept = (): string[] => Object.keys((bed.store.recall('recovery') as { states: object }).states);
    expect(kept()).toEqual([`${environmentId}/api`]);
    bed.declare({ web: {} });
    bed.snapshot(containerOf('web'));
    expect(kept()).toEqual([]);
  });

  it('begins anew where what was kept cannot be read', async () => {
    const bed = await givenUp();
    bed.store.remember('recovery', { states: { [`${environmentId}/api`]: { breaker: 'melted' } } });
    const next = await nextLife(bed, restarts);
    expect(next.health.recoverer.breakerOpenSince(environmentId, 'api')).toBeNull();
  });

  it.each([
    ['a terminal is open in it', { shellOpen: true }],
    ['an operation runs', { busy: true }],
  ])('keeps its hands off while %s', async (_what, change) => {
    const bed = await down(restarts);
    Object.assign(bed, change);
    await bed.clock.pass(3 * minute);
    expect(bed.restarted).toEqual([]);
  });

  it('says so when a restart could not be started', async () => {
    const bed = await down(restarts);
    bed.onRestart = () => {
      throw new Error('it is busy');
    };
    await bed.clock.pass(10 * second);
    const [incident] = bed.open();
    const notes = bed.store.events(incident!.id).map(({ text }) => text);
    expect(notes).toContain('The restart could not be started: it is busy');
  });
});
