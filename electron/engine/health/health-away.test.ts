import { describe, expect, it } from 'vitest';
import { containerOf, environmentId, watchBed } from '../../../test/support/watch-bed.ts';
import type { ContainerInfo } from '../providers/provider.ts';

const minute = 60_000;
const api = containerOf('api');

/** A life of the engine that ends while all is well, and the next one, ten minutes later. */
async function away() {
  const bed = watchBed();
  bed.declare({ api: {} });
  bed.snapshot(api);
  bed.begin();
  await bed.clock.pass(2 * minute);
  expect(bed.state('api')).toBe('healthy');
  bed.end('killed');
  await bed.clock.pass(5 * minute);
  const diedAt = bed.clock.now().toISOString();
  await bed.clock.pass(5 * minute);
  const next = watchBed({ database: bed.database, clock: bed.clock });
  next.declare({ api: {} });
  next.begin();
  return {
    next,
    /** What the engine still knows of it; then what there is. */
    async meet(reports: readonly (readonly [string, object?])[], change: Partial<ContainerInfo>) {
      for (const [action, more] of reports) next.report(api, action, { at: diedAt, past: true, ...more });
      next.snapshot(containerOf('api', { state: 'exited', finishedAt: diedAt, ...change }));
      await next.clock.pass(2 * minute);
      return { state: next.state('api'), told: next.told.filter((notice) => !notice.silent).length };
    },
  };
}

describe('what ended while nobody watched', () => {
  it('was killed, as the engine remembers, and nobody asked for it', async () => {
    const { next, meet } = await away();
    expect(await meet([['die', { exitCode: 137 }]], { exitCode: 137 })).toEqual({ state: 'down', told: 1 });
    expect(next.health.verdict(environmentId, 'api')?.reason).toMatch(/^Was killed .* at 08:07/);
  });

  it('was stopped by somebody, as the engine remembers, whatever its exit code', async () => {
    const asked = [['kill', { signal: '15' }], ['die', { exitCode: 1 }], ['stop']] as const;
    const { meet } = await away();
    expect(await meet(asked, { exitCode: 1 })).toEqual({ state: 'stopped', told: 0 });
  });

  it('was killed, and the engine does not remember how: somebody may have asked', async () => {
    const { meet } = await away();
    expect(await meet([], { exitCode: 137 })).toEqual({ state: 'stopped', told: 0 });
  });

  it('ran out of memory, which its description says', async () => {
    const { next, meet } = await away();
    expect(await meet([], { exitCode: 137, oomKilled: true })).toEqual({ state: 'down', told: 1 });
    expect(next.health.verdict(environmentId, 'api')?.reason).toMatch(/^Ran out of memory/);
  });

  it('ended with an error, which its description says', async () => {
    const { meet } = await away();
    expect(await meet([], { exitCode: 1 })).toEqual({ state: 'down', told: 1 });
  });

  it('started long ago: a start of then is no start of now', async () => {
    const { next } = await away();
    const startedAt = new Date(next.clock.now().getTime() - 5 * minute).toISOString();
    next.snapshot(containerOf('api', { startedAt }));
    await next.clock.pass(minute);
    // The stream of reports may be read later than the picture.
    next.report(api, 'start', { at: startedAt, past: true });
    expect(next.state('api')).toBe('healthy');
  });

  it('runs again: what was reported of its end is the past', async () => {
    const { next, meet } = await away();
    const startedAt = next.clock.now().toISOString();
    const back: Partial<ContainerInfo> = { state: 'running', startedAt, finishedAt: null };
    expect(await meet([['die', { exitCode: 137 }], ['start']], back)).toEqual({ state: 'healthy', told: 0 });
  });
});
