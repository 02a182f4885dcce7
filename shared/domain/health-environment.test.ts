import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultAlertSettings, type Notice } from './alert-types.ts';
import { alertStep, initialAlerts } from './alerts.ts';
import { declareServices, environmentStep, initialEnvironment } from './health-environment.ts';
import { defaultHealthRules } from './health-rules.ts';
import type { HealthEvent } from './health-types.ts';

const start = Date.UTC(2026, 1, 4, 11, 10);
const settings = defaultAlertSettings;
const graph = { db: [], cache: ['db'], api: ['db', 'cache'], web: ['api'], mail: [] };

/** A whole environment on a virtual clock, probed as it asks to be. `broken`: services that fail their probes. */
function stack(random: () => number = () => 0.5, declared: Readonly<Record<string, readonly string[]>> = graph) {
  const rules = () => defaultHealthRules;
  let state = declareServices(initialEnvironment('shop/main'), declared, rules, start).state;
  let alerts = initialAlerts(start);
  let now = start;
  const broken = new Set<string>();
  const notices: Notice[] = [];
  const inhibitedTold: string[] = [];
  const tell = (event: Parameters<typeof alertStep>[1]): void => {
    const result = alertStep(alerts, event, settings, 0);
    alerts = result.state;
    notices.push(...result.notices);
    for (const notice of result.notices) {
      const open = state.book.incidents.find((each) => each.to === null && each.service === notice.service);
      if (notice.service !== null && open !== undefined && open.inhibitedBy !== null) inhibitedTold.push(notice.title);
    }
  };
  const send = (service: string | null, event: HealthEvent): void => {
    const result = environmentStep(state, { service, event }, rules, random);
    state = result.state;
    for (const each of result.alerts) tell(each);
  };
  return {
    broken,
    notices,
    inhibitedTold,
    send,
    get now(): number {
      return now;
    },
    get state() {
      return state;
    },
    die(service: string, change: object = {}): void {
      broken.add(service);
      send(service, {
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
      });
    },
    run(ms: number): void {
      const end = now + ms;
      for (;;) {
        const due = Object.entries(state.services).map(([name, { nextProbeAt }]) => ({
          name,
          at: nextProbeAt ?? Infinity,
        }));
        const next = due.sort((a, b) => a.at - b.at)[0];
        const wake = alerts.wakeAt ?? Infinity;
        const at = Math.min(next?.at ?? Infinity, wake);
        if (at > end) break;
        now = Math.max(now, at);
        if (wake <= at) tell({ kind: 'tick', at: now });
        if (next === undefined || next.at > now) continue;
        const ok = !broken.has(next.name);
        send(next.name, {
          kind: 'probe',
          at: now + 2,
          startedAt: now,
          epoch: state.services[next.name]?.epoch ?? 0,
          probe: 'liveness',
          ok,
          latencyMs: ok ? 2 : null,
          detail: ok ? null : 'refused',
        });
      }
      now = end;
    },
  };
}

describe('an environment', () => {
  it('tells of the root only, names who waits for it, and withdraws all of it when that is back', () => {
    const shop = stack();
    shop.run(60_000);
    shop.die('db', { oomKilled: true, exitCode: 137, limitBytes: 512 * 2 ** 20 });
    for (const name of ['cache', 'api', 'web']) shop.broken.add(name);
    shop.run(60_000);
    expect(shop.notices.filter(({ silent }) => !silent).map(({ title }) => title)).toEqual(['db is down']);
    expect(shop.notices[0]?.at).toBeLessThan(start + 61_000);
    expect(shop.notices.at(-1)?.lines).toContain('api, cache and web wait for it.');
    const web = shop.state.book.incidents.find(({ service }) => service === 'web');
    expect(web?.cause).toMatchObject({ kind: 'dependency', path: ['api', 'db'], root: { kind: 'oom', service: 'db' } });
    shop.broken.clear();
    shop.send('db', { kind: 'container', at: shop.now, action: 'start' });
    shop.run(60_000);
    expect(shop.state.book.incidents.every(({ to }) => to !== null)).toBe(true);
  });

  it('finds the root before it tells, when only probes can see it', () => {
    for (let seed = 0; seed < 20; seed++) {
      let turn = seed;
      const shop = stack(() => ((turn++ * 7) % 20) / 20);
      shop.run(60_000 + seed * 700);
      for (const name of ['db', 'api', 'web']) shop.broken.add(name);
      shop.run(60_000);
      expect(shop.notices.filter(({ silent }) => !silent).map(({ title }) => title)).toEqual(['db is down']);
    }
  });

  it('lets the notices know of gaps and operations', () => {
    const rules = () => defaultHealthRules;
    const { state } = declareServices(initialEnvironment('shop/main'), { db: [] }, rules, start);
    const alertsOf = (event: HealthEvent, service: string | null = null) =>
      environmentStep(state, { service, event }, rules, () => 0.5).alerts;
    expect(alertsOf({ kind: 'operation', at: start, action: 'began' })).toEqual([
      { kind: 'operation', at: start, environment: 'shop/main', action: 'began' },
    ]);
    expect(alertsOf({ kind: 'engine', at: start, action: 'lost' })).toEqual([{ kind: 'gap', at: start }]);
    expect(alertsOf({ kind: 'gap', at: start, reason: 'sleep' })).toEqual([{ kind: 'gap', at: start }]);
    expect(alertsOf({ kind: 'tick', at: start })).toEqual([]);
  });

  it('looks at what a failing service depends on at once', () => {
    const shop = stack();
    shop.run(60_000);
    const next = (name: string): number => shop.state.services[name]?.nextProbeAt ?? Infinity;
    shop.broken.add('api');
    while (shop.state.services['api']?.state === 'healthy') shop.run(100);
    expect(next('db') - shop.now).toBeLessThan(2_000);
    expect(next('cache') - shop.now).toBeLessThan(2_000);
  });

  it('closes the incidents of services that the files no longer declare', () => {
    const shop = stack();
    shop.run(60_000);
    shop.die('mail');
    shop.run(10_000);
    const { state, alerts } = declareServices(shop.state, { db: [] }, () => defaultHealthRules, shop.now);
    expect(alerts).toMatchObject([
      { kind: 'incidents', changes: [{ incident: { service: 'mail', state: 'stopped' } }] },
    ]);
    expect(Object.keys(state.services)).toEqual(['db']);
  });

  it('says nothing about what comes of a gap, the engine’s absence or an operation of ours', () => {
    const shop = stack();
    shop.run(60_000);
    shop.send(null, { kind: 'operation', at: shop.now, action: 'began' });
    shop.die('db');
    shop.run(20_000);
    shop.broken.clear();
    shop.send('db', { kind: 'container', at: shop.now, action: 'start' });
    shop.send(null, { kind: 'operation', at: shop.now, action: 'ended' });
    shop.run(60_000);
    shop.send(null, { kind: 'engine', at: shop.now, action: 'lost' });
    for (const name of Object.keys(graph)) shop.broken.add(name);
    shop.run(600_000);
    shop.broken.clear();
    shop.send(null, { kind: 'engine', at: shop.now, action: 'back' });
    shop.run(60_000);
    expect(shop.notices).toEqual([]);
  });

  it('never tells of an inhibited dependant, and not more than the budget, whatever breaks when', () => {
    const breaks = fc.array(
      fc.record({
        service: fc.constantFrom(...Object.keys(graph)),
        how: fc.constantFrom('break', 'mend', 'die', 'start'),
        after: fc.integer({ min: 0, max: 90_000 }),
      }),
      { maxLength: 60 },
    );
    const graphs = fc.constantFrom<Readonly<Record<string, readonly string[]>>>(graph, {
      ...graph,
      db: ['web'],
    });
    fc.assert(
      fc.property(
        breaks,
        graphs,
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 5, maxLength: 50 }),
        (story, declared, chances) => {
          let turn = 0;
          const shop = stack(() => chances[turn++ % chances.length] ?? 0, declared);
          for (const { service, how, after } of story) {
            shop.run(after);
            if (how === 'break') shop.broken.add(service);
            if (how === 'mend') shop.broken.delete(service);
            if (how === 'die') shop.die(service);
            if (how === 'start') {
              shop.broken.delete(service);
              shop.send(service, { kind: 'container', at: shop.now, action: 'start' });
            }
          }
          expect(shop.inhibitedTold).toEqual([]);
          const loud = shop.notices.filter(({ silent }) => !silent).map(({ at }) => at);
          for (const from of loud)
            expect(loud.filter((at) => at >= from && at < from + 3_600_000).length).toBeLessThanOrEqual(
              settings.maxPerHour,
            );
          const open = shop.state.book.incidents.filter(({ to }) => to === null);
          if (open.some(({ cause }) => cause !== null))
            expect(open.some(({ inhibitedBy }) => inhibitedBy === null)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });
});
