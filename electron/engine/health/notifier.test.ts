import { describe, expect, it } from 'vitest';
import { type AlertSettings, defaultAlertSettings, type Notice } from '../../../shared/domain/alert-types.ts';
import type { Incident } from '../../../shared/domain/incident-types.ts';
import { incidentOf } from '../../../test/support/incident.ts';
import { type AlertMemory, recallAlerts } from './alert-memory.ts';
import { createNotifier } from './notifier.ts';

const start = Date.UTC(2026, 1, 4, 8);
const minute = 60_000;

function bed(memory?: AlertMemory) {
  let at = start;
  let settings: AlertSettings = { ...defaultAlertSettings };
  const told: Notice[] = [];
  const withdrawn: string[] = [];
  const remembered: AlertMemory[] = [];
  const notifier = createNotifier({
    now: () => at,
    settings: () => settings,
    utcOffsetMinutes: () => 0,
    memory,
    remember: (kept) => remembered.push(kept),
    onNotices(notices, withdrawals) {
      told.push(...notices);
      withdrawn.push(...withdrawals);
    },
  });
  return {
    notifier,
    told,
    withdrawn,
    remembered,
    set settings(next: Partial<AlertSettings>) {
      settings = { ...settings, ...next };
    },
    /** Time goes on, and whoever wants to be called is. */
    pass(ms: number): void {
      const end = at + ms;
      for (let wake = notifier.wakeAt(); wake !== null && wake <= end; wake = notifier.wakeAt()) {
        at = Math.max(at + 1, wake);
        notifier.tick();
      }
      at = end;
      notifier.tick();
    },
    incident: (change: Partial<Incident> = {}) =>
      notifier.take([
        { kind: 'incidents', at, changes: [{ incident: incidentOf('db', start, change), upstreamUnsure: false }] },
      ]),
    recovered: () =>
      notifier.take([{ kind: 'recovery', at, environment: 'shop/main', service: 'db', text: 'gave up' }]),
  };
}

describe('what others have to say', () => {
  const said = (change: Partial<Notice>): Notice => ({
    id: 'routine:shop/main:morning',
    environment: 'shop/main',
    service: null,
    at: start,
    title: 'shop is ready',
    lines: [],
    actions: ['open'],
    urgency: 'low',
    silent: true,
    reason: 'routine',
    ...change,
  });

  it('is told and remembered like the rest, and passes after an hour', () => {
    const one = bed();
    one.notifier.say(said({}));
    one.notifier.say(said({ title: 'shop is not ready' }));
    expect(one.notifier.live().map(({ title }) => title)).toEqual(['shop is not ready']);
    expect(one.remembered.at(-1)?.live).toHaveLength(1);
    one.pass(61 * minute);
    expect(one.notifier.live()).toEqual([]);
    expect(one.withdrawn).toEqual(['routine:shop/main:morning']);
  });

  it('stays while it is a question, until it is answered or taken back', () => {
    const one = bed();
    one.notifier.say(said({ id: 'idle:a', reason: 'idle', actions: ['stop'] }));
    one.notifier.say(said({ id: 'idle:b', reason: 'idle', actions: ['stop'] }));
    one.pass(5 * 60 * minute);
    expect(one.notifier.live()).toHaveLength(2);
    one.notifier.dismiss('idle:a');
    one.notifier.withdraw('idle:b');
    one.notifier.withdraw('nothing');
    expect(one.notifier.live()).toEqual([]);
    expect(one.withdrawn).toEqual(['idle:a', 'idle:b']);
  });
});

describe('what is told', () => {
  it('stays until it is true no longer, and is known for its buttons afterwards', () => {
    const one = bed();
    one.incident();
    const [notice] = one.notifier.live();
    expect(notice).toMatchObject({ environment: 'shop/main', service: 'db', silent: false });
    one.pass(minute);
    one.incident({ to: start + minute, state: 'healthy' });
    expect(one.withdrawn).toEqual([notice?.id]);
    expect(one.notifier.live()).toEqual([]);
    expect(one.notifier.find(notice?.id ?? '')).toMatchObject({ service: 'db' });
  });

  it('is written down before it is shown, and is not heard again in another life', () => {
    const one = bed();
    one.incident();
    const stored: unknown = JSON.parse(JSON.stringify(one.remembered.at(-1)));
    const memory = recallAlerts({ recall: () => stored });
    const next = bed(memory);
    expect(next.notifier.live()).toMatchObject([{ service: 'db', silent: true }]);
    next.incident();
    next.pass(minute);
    expect(next.told.filter(({ silent }) => !silent)).toEqual([]);
  });

  it('is nothing where what was kept cannot be read', () => {
    expect(recallAlerts({ recall: () => ({ state: 1 }) })).toBeUndefined();
    expect(recallAlerts({ recall: () => undefined })).toBeUndefined();
  });

  it('follows settings that change meanwhile', () => {
    const one = bed();
    one.incident();
    expect(one.notifier.live()).toHaveLength(1);
    one.settings = { muted: [{ environment: 'shop/main', service: 'db' }] };
    one.pass(minute);
    expect(one.notifier.live()).toEqual([]);
  });

  it('leaves with its environment', () => {
    const one = bed();
    one.incident();
    one.recovered();
    one.notifier.take([{ kind: 'forget', at: start, environment: 'shop/main' }]);
    expect(one.notifier.live()).toEqual([]);
  });
});

describe('messages that say something once', () => {
  it('end after an hour by themselves', () => {
    const one = bed();
    one.recovered();
    expect(one.notifier.live()).toMatchObject([{ reason: 'recovery' }]);
    one.pass(59 * minute);
    expect(one.notifier.live()).toHaveLength(1);
    one.pass(2 * minute);
    expect(one.notifier.live()).toEqual([]);
  });

  it('can be put away, others cannot: they go with their reason', () => {
    const one = bed();
    one.recovered();
    one.incident();
    const ids = one.notifier.live().map(({ id }) => id);
    for (const id of ids) one.notifier.dismiss(id);
    expect(one.notifier.live()).toMatchObject([{ reason: 'incident' }]);
    one.notifier.dismiss('unknown');
  });

  it('are never more than a few', () => {
    const one = bed();
    one.settings = { maxPerHour: 60 };
    for (let turn = 0; turn < 60; turn += 1) {
      one.recovered();
      one.pass(1000);
    }
    expect(one.notifier.live().length).toBeLessThanOrEqual(20);
  });
});

describe('what is asked of it', () => {
  it('are snoozes, and whom to tell when healthy again', () => {
    const one = bed();
    one.notifier.take([
      { kind: 'snooze', at: start, environment: 'shop/main', service: 'db', until: start + minute },
      { kind: 'tell-when-healthy', at: start, environment: 'shop/main', service: 'api', wanted: true },
    ]);
    expect(one.notifier.state().snoozes).toMatchObject([{ service: 'db', until: start + minute }]);
    expect(one.notifier.state().tellWhenHealthy).toEqual([{ environment: 'shop/main', service: 'api' }]);
    one.incident();
    expect(one.told).toEqual([]);
    one.pass(2 * minute);
    expect(one.told.map(({ service }) => service)).toEqual(['db']);
    expect(one.notifier.state().snoozes).toEqual([]);
  });
});
