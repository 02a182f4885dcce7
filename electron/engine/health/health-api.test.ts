import { describe, expect, it } from 'vitest';
import type { ServiceCheck } from '../../../shared/domain/checks.ts';
import { AppError } from '../../../shared/errors.ts';
import { memoryFiles } from '../../../test/support/memory-files.ts';
import { containerOf, environmentId, watchBed } from '../../../test/support/watch-bed.ts';
import type { Call } from '../api.ts';
import type { LoadedStack } from '../environments/stack-loader.ts';
import { createHealthApi } from './health-api.ts';
import { createTrustedCommands } from './trusted-commands.ts';

const minute = 60_000;
const call: Call = { actor: { door: 'window', user: 'me' }, signal: new AbortController().signal };

const golden = 'version: 1\nhealth:\n  services:\n    api:\n      interval: 10s # often\n';

async function bed() {
  const watch = watchBed();
  watch.declare(
    { db: {}, api: {} },
    { services: { api: { interval: '10s', probe: { command: { run: ['check'], in: 'host' } } } } },
  );
  watch.snapshot(containerOf('db'), containerOf('api'));
  watch.begin();
  await watch.clock.pass(minute);
  const written: string[] = [];
  const files = {
    ...memoryFiles({ '/shop/golden.yml': golden }),
    makeFolder: async () => undefined,
    writeText: async (path: string, text: string) => void written.push(`${path}\n${text}`),
  };
  const restarted: unknown[] = [];
  const stopped: unknown[] = [];
  const muted: unknown[] = [];
  const loads: string[] = [];
  const api = createHealthApi({
    health: watch.health,
    stop(...args) {
      stopped.push(args);
      return { operationId: 'op-2' };
    },
    store: watch.store,
    prober: {
      start: () => false,
      once: async () => ({ at: 1, ok: true, latencyMs: 3, detail: 'fine' }),
      describe: () => 'there',
      obstacle: () => null,
    },
    trusted: createTrustedCommands(watch.database),
    files,
    now: () => watch.clock.now().getTime(),
    utcOffsetMinutes: () => 0,
    async load(id) {
      loads.push(id);
      return { goldenFile: '/shop/golden.yml' } as LoadedStack;
    },
    folderOf(id) {
      if (id !== environmentId && id !== 'broken/main')
        throw new AppError({ code: 'input.not-found', message: `There is no ${id}.`, remedy: 'Add it.' });
      return '/shop';
    },
    restart(...args) {
      restarted.push(args);
      return { operationId: 'op-1' };
    },
    operations: () => [],
    mute: (...args) => muted.push(args),
  });
  return { watch, api, restarted, stopped, muted, loads, written };
}

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no refusal',
    (error: unknown) => (error as AppError).message,
  );

describe('checks', () => {
  it('show each service as it is checked, and what its command waits for', async () => {
    const { api } = await bed();
    const checks = await api.health.checks({ environmentId }, call);
    expect(checks.map(({ service }) => service)).toEqual(['db', 'api']);
    expect(checks[1]).toMatchObject({
      state: 'healthy',
      source: 'declared',
      target: 'there',
      hostCommand: { run: ['check'], folder: '/shop', allowed: false },
      last: { ok: true },
      latency: { p50: 5, p95: 5, p99: 5 },
      breakerOpenSince: null,
    });
    expect(checks[0]).not.toHaveProperty('hostCommand');
  });

  it('allow exactly the command that was shown', async () => {
    const { api } = await bed();
    const allowed = async (): Promise<boolean | undefined> =>
      (await api.health.checks({ environmentId }, call))[1]?.hostCommand?.allowed;
    await api.health.allowCommand({ environmentId, service: 'api', run: ['check', '--all'], allowed: true }, call);
    expect(await allowed()).toBe(false);
    await api.health.allowCommand({ environmentId, service: 'api', run: ['check'], allowed: true }, call);
    expect(await allowed()).toBe(true);
    await api.health.allowCommand({ environmentId, service: 'api', run: ['check'], allowed: false }, call);
    expect(await allowed()).toBe(false);
  });

  it('are previewed without a change, written with comments kept, and read again', async () => {
    const { api, written, loads } = await bed();
    const check: ServiceCheck = { interval: '10s', failures: 5 };
    const { diff } = await api.health.previewCheck({ environmentId, service: 'api', check }, call);
    expect(diff).toContain('+      failures: 5');
    expect(written).toEqual([]);
    loads.length = 0;
    await api.health.setCheck({ environmentId, service: 'api', check }, call);
    expect(written).toEqual([`/shop/golden.yml\n${golden}      failures: 5\n`]);
    expect(loads).toEqual([environmentId, environmentId]);
  });

  it('are refused for what is not there, by name', async () => {
    const { api } = await bed();
    expect(await refusal(api.health.checks({ environmentId: 'no/main' }, call))).toBe('There is no no/main.');
    expect(await refusal(api.health.checks({ environmentId: 'broken/main' }, call))).toMatch(/could not be read/);
    const check = { environmentId, service: 'web', check: null };
    expect(await refusal(api.health.setCheck(check, call))).toBe('shop/main has no service web.');
  });
});

describe('incidents and notices', () => {
  async function failed() {
    const each = await bed();
    each.watch.die(containerOf('db'), 3);
    await each.watch.clock.pass(minute);
    const [notice] = each.watch.health.watchState().notices;
    const [incident] = await each.api.incidents.list({ environmentId, open: true, limit: 10 }, call);
    return { ...each, noticeId: notice?.id ?? '', incidentId: incident?.id ?? '' };
  }

  it('say what, why, and what can be done', async () => {
    const { api, incidentId } = await failed();
    const { incident, explanation, action, events } = await api.incidents.get({ incidentId }, call);
    expect(incident).toMatchObject({ service: 'db', to: null });
    expect(explanation).toMatch(/code 3/);
    expect(action).toBe('logs');
    expect(events.map(({ text }) => text)).toEqual(expect.arrayContaining([expect.stringMatching(/^Told: /)]));
    expect(await refusal(api.incidents.get({ incidentId: 'none' }, call))).toBe('There is no incident none.');
  });

  it('restart by whom, are acknowledged by that, and keep recovery away', async () => {
    const { api, noticeId, incidentId, restarted, watch } = await failed();
    expect(await api.notices.act({ noticeId, action: 'restart' }, call)).toEqual({
      operation: { operationId: 'op-1' },
    });
    expect(restarted).toEqual([[environmentId, ['db'], { who: 'user', reason: null, service: null }]]);
    expect(watch.store.incident(incidentId)?.acknowledgedAt).not.toBeNull();
    expect(Object.keys((watch.store.recall('recovery') as { manualAt: object }).manualAt)).toEqual([
      `${environmentId}/db`,
    ]);
  });

  it('can be put off for an hour, which acknowledges nothing', async () => {
    const { api, noticeId, incidentId, watch } = await failed();
    await api.notices.act({ noticeId, action: 'snooze' }, call);
    const { snoozes } = watch.health.watchState();
    expect(snoozes).toMatchObject([{ service: 'db', until: watch.clock.now().getTime() + 60 * minute }]);
    expect(watch.store.incident(incidentId)?.acknowledgedAt).toBeNull();
  });

  it('are refused when nobody knows them any longer', async () => {
    const { api } = await failed();
    expect(await refusal(api.notices.act({ noticeId: 'old', action: 'restart' }, call))).toMatch(/no longer known/);
  });

  it('are muted in the settings, and asked for when healthy again', async () => {
    const { api, muted, watch } = await failed();
    await api.notices.mute({ environmentId, service: 'db', muted: true }, call);
    expect(muted).toEqual([[environmentId, 'db', true]]);
    await api.notices.tellWhenHealthy({ environmentId, service: 'db', wanted: true }, call);
    expect(watch.health.watchState().tellWhenHealthy).toEqual([{ environment: environmentId, service: 'db' }]);
  });

  it('show in windows what was asked for at once', async () => {
    const { api, watch } = await failed();
    watch.shown.length = 0;
    await api.notices.tellWhenHealthy({ environmentId, service: 'db', wanted: true }, call);
    await watch.clock.pass(100);
    expect(watch.shown.at(-1)?.tellWhenHealthy).toEqual([{ environment: environmentId, service: 'db' }]);
    const until = watch.clock.now().getTime() + minute;
    await api.notices.snooze({ environmentId, service: 'db', until }, call);
    await watch.clock.pass(100);
    expect(watch.shown.at(-1)?.snoozes).toEqual([{ environment: environmentId, service: 'db', until }]);
  });
});

describe('the timeline', () => {
  it('has a row for each service, and nothing of the future', async () => {
    const { api, watch } = await bed();
    const now = watch.clock.now().getTime();
    const { services } = await api.health.timeline({ environmentId, from: now - minute, to: now + minute }, call);
    expect(services.map(({ service }) => service)).toEqual(['db', 'api']);
    expect(services[0]?.spans.at(-1)).toMatchObject({ state: 'healthy', to: now });
    const future = await api.health.timeline({ environmentId, from: now + minute, to: now + 2 * minute }, call);
    expect(future.services.flatMap(({ spans }) => spans)).toEqual([]);
  });
});

describe('a question about what nobody uses', () => {
  it('is answered with its button', async () => {
    const { watch, api, stopped, restarted } = await bed();
    const noticeId = `idle:${environmentId}`;
    watch.health.notifier.say({
      id: noticeId,
      environment: environmentId,
      service: null,
      at: 1,
      title: 'Stop it?',
      lines: [],
      actions: ['stop', 'open'],
      urgency: 'normal',
      silent: false,
      reason: 'idle',
    });
    expect(await api.notices.act({ noticeId, action: 'stop' }, call)).toEqual({ operation: { operationId: 'op-2' } });
    expect(stopped).toEqual([[environmentId, { who: 'user', reason: null, service: null }]]);
    expect(restarted).toEqual([]);
    expect(watch.health.notifier.live()).toEqual([]);
  });
});
