import { describe, expect, it } from 'vitest';
import { incidentOf } from '../../test/support/incident.ts';
import {
  type AlertEvent,
  type AlertSettings,
  type AlertState,
  defaultAlertSettings,
  type Notice,
  noticeSchema,
} from './alert-types.ts';
import { alertStep, initialAlerts } from './alerts.ts';
import { type Incident, incidentSchema } from './incident-types.ts';

const day = Date.UTC(2026, 1, 4);
const at = (clock: string): number => {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  return day + ((hours * 60 + minutes) * 60 + seconds) * 1000;
};

const incident = (service: string, from: number, change: Partial<Incident> = {}): Incident =>
  incidentOf(service, from, {
    cause: { kind: 'probe', service, at: from, detail: 'connection refused', probe: 'liveness' },
    certain: false,
    ...change,
  });

/** A desk on a virtual clock that is woken when it asked to be. */
function desk(options: Partial<AlertSettings> = {}, start = at('11:00')) {
  const settings = { ...defaultAlertSettings, ...options };
  let state: AlertState = initialAlerts(start);
  const sent: Notice[] = [];
  const live = new Map<string, Notice>();
  const withdrawn: string[] = [];
  const send = (event: AlertEvent): void => {
    const result = alertStep(state, event, settings, 0);
    state = result.state;
    for (const id of result.withdrawals) {
      withdrawn.push(id);
      live.delete(id);
    }
    for (const notice of result.notices) {
      sent.push(noticeSchema.parse(notice));
      live.set(notice.id, notice);
    }
  };
  const until = (time: number): void => {
    while (state.wakeAt !== null && state.wakeAt <= time) {
      const wake = state.wakeAt;
      send({ kind: 'tick', at: wake });
      if (state.wakeAt === wake) throw new Error('asks to be woken at once for ever');
    }
    send({ kind: 'tick', at: time });
  };
  return {
    sent,
    live,
    withdrawn,
    until,
    send,
    get state(): AlertState {
      return state;
    },
    tell(one: Incident, time = one.evidenceAt, upstreamUnsure = false): void {
      until(time);
      send({ kind: 'incidents', at: time, changes: [{ incident: incidentSchema.parse(one), upstreamUnsure }] });
    },
    sounded: (): readonly Notice[] => sent.filter(({ silent }) => !silent),
  };
}

describe('notices', () => {
  it('waits five seconds and says what, why, since when and what the log said', () => {
    const { tell, until, sent } = desk();
    const cause = {
      kind: 'oom' as const,
      service: 'redpanda',
      at: at('11:10'),
      detail: null,
      limitBytes: 512 * 2 ** 20,
    };
    tell(incident('redpanda', at('11:10'), { cause, logLine: 'WARN memory reclaim requested' }));
    tell(incident('api', at('11:10:02'), { inhibitedBy: 'redpanda' }));
    until(at('11:10:04'));
    expect(sent).toEqual([]);
    until(at('11:10:05'));
    expect(sent).toEqual([
      {
        id: 'shop/main#1',
        environment: 'shop/main',
        service: 'redpanda',
        at: at('11:10:05'),
        title: 'redpanda is down',
        lines: [
          'Ran out of memory at 11:10 (limit 512 MB).',
          'api waits for it.',
          'shop/main, since 11:10.',
          'WARN memory reclaim requested',
        ],
        actions: ['raise-limit', 'restart', 'logs', 'restore', 'snooze'],
        urgency: 'normal',
        silent: false,
        reason: 'incident',
      },
    ]);
  });

  it('does not wait where nothing will bring it back by itself', () => {
    const { tell, sent } = desk();
    tell(incident('db', at('11:10'), { certain: true }), at('11:10:00'));
    expect(sent).toHaveLength(1);
  });

  it('does not mention what recovered in time, and waits while it is recovering', () => {
    const short = desk();
    const db = incident('db', at('11:10'));
    short.tell(db);
    short.tell({ ...db, state: 'healthy', to: at('11:10:04') }, at('11:10:04'));
    short.until(at('12:00'));
    expect(short.sent).toEqual([]);
    const slow = desk();
    slow.tell(db);
    slow.tell({ ...db, state: 'recovering' }, at('11:10:04'));
    slow.until(at('11:10:20'));
    expect(slow.sent).toEqual([]);
    slow.tell({ ...db, evidenceAt: at('11:10:20') }, at('11:10:20'));
    slow.until(at('11:10:25'));
    expect(slow.sent).toHaveLength(1);
  });

  it('withdraws what is over', () => {
    const { tell, until, live, withdrawn } = desk();
    const db = incident('db', at('11:10'));
    tell(db);
    until(at('11:11'));
    expect(live.size).toBe(1);
    tell({ ...db, state: 'healthy', to: at('11:12') }, at('11:12'));
    expect(live.size).toBe(0);
    expect(withdrawn).toEqual(['shop/main#1']);
  });

  it('repeats once after four hours, unless somebody acknowledged', () => {
    const { tell, until, sounded } = desk();
    tell(incident('db', at('12:00')));
    until(at('12:00') + 24 * 3_600_000);
    expect(sounded().map(({ at: time, title }) => [time - at('12:00'), title])).toEqual([
      [5_000, 'db is down'],
      [4 * 3_600_000 + 5_000, 'db is still down'],
    ]);
    const seen = desk();
    const db = incident('db', at('11:10'));
    seen.tell(db);
    seen.until(at('11:11'));
    seen.tell({ ...db, acknowledgedAt: at('11:12') }, at('11:12'));
    seen.until(at('23:00'));
    expect(seen.sounded()).toHaveLength(1);
    expect(seen.live.size).toBe(0);
  });

  it('keeps one notice per environment, which others join silently', () => {
    const { tell, until, sent, live } = desk();
    tell(incident('db', at('11:10:00')));
    tell(incident('cache', at('11:10:03')));
    until(at('11:10:20'));
    expect(sent.map(({ silent, title }) => [silent, title])).toEqual([
      [false, 'db is down'],
      [true, '2 services are down'],
    ]);
    tell(incident('queue', at('11:15:00')));
    until(at('11:16'));
    expect(sent.at(-1)).toMatchObject({
      silent: false,
      title: '3 services are down',
      actions: ['open', 'restore', 'snooze'],
    });
    expect(live.size).toBe(1);
  });

  it('spends no more than the hour allows, and says the rest when it may', () => {
    const { tell, until, sounded, sent } = desk();
    for (let turn = 0; turn < 20; turn++) tell(incident(`s${turn}`, at('11:00') + turn * 60_000));
    until(at('11:59'));
    expect(sounded()).toHaveLength(6);
    expect(sent.at(-1)?.title).toBe('6 services are down');
    until(at('12:01'));
    expect(sounded()).toHaveLength(7);
    expect(sent.at(-1)?.title).toBe('20 services are down');
  });

  it('never tells of a service by itself that another one explains, and gives it time when that is over', () => {
    const { tell, until, sent } = desk();
    const api = incident('api', at('11:10'), { inhibitedBy: 'db' });
    tell(api);
    until(at('11:30'));
    expect(sent).toEqual([]);
    tell({ ...api, inhibitedBy: null }, at('11:30'));
    until(at('11:30:29'));
    expect(sent).toEqual([]);
    until(at('11:30:31'));
    expect(sent).toHaveLength(1);
  });

  it('waits for the verdict on what it depends on, but not for ever', () => {
    const { tell, until, sent } = desk();
    tell(incident('api', at('11:10')), at('11:10'), true);
    until(at('11:10:09'));
    expect(sent).toEqual([]);
    until(at('11:10:10'));
    expect(sent).toHaveLength(1);
  });

  it('says once that it flaps', () => {
    const { tell, until, sounded } = desk();
    const db = incident('db', at('9:00'), { state: 'flapping', downs: 3 });
    tell(db);
    for (let turn = 0; turn < 60; turn++) {
      const time = at('9:01') + turn * 120_000;
      until(time);
      tell(
        { ...db, downs: 4 + turn, evidenceAt: time, ...(turn % 2 === 0 ? { state: 'healthy', to: time } : {}) },
        time,
      );
    }
    expect(sounded()).toHaveLength(1);
  });

  it('queues for the morning, with how it ended, but for lost data and a full disk', () => {
    const { tell, until, sent } = desk({ quietHours: { fromMinute: 22 * 60, toMinute: 7 * 60 } }, at('21:00'));
    const db = incident('db', at('23:10'));
    tell(db);
    until(at('23:20'));
    tell({ ...db, state: 'healthy', to: at('23:40') }, at('23:40'));
    const cause = {
      kind: 'disk-full' as const,
      service: null,
      at: at('24:30'),
      detail: null,
      path: '/var',
      freeBytes: 5e6,
    };
    tell(incident('disk', at('24:30'), { environment: null, service: null, cause, certain: true }));
    expect(sent).toMatchObject([{ title: 'The disk is full', urgency: 'critical', environment: null }]);
    until(at('30:59'));
    expect(sent).toHaveLength(2);
    expect(sent[1]).toMatchObject({ reason: 'repeat' });
    until(at('31:01'));
    expect(sent[2]).toMatchObject({
      reason: 'morning-summary',
      title: 'While it was quiet: one incident',
      lines: [
        'db (shop/main) is down since 23:10: has failed its health checks since 23:10: connection refused. Healthy again since 23:40.',
      ],
    });
  });

  it('is silent about muted and snoozed services, and speaks when the snooze is over', () => {
    const muted = desk({ muted: [{ environment: 'shop/main', service: 'db' }] });
    muted.tell(incident('db', at('11:10')));
    muted.send({ kind: 'recovery', at: at('11:11'), environment: 'shop/main', service: 'db', text: 'Gave up on db' });
    muted.until(at('20:00'));
    expect(muted.sent).toEqual([]);
    const snoozed = desk();
    snoozed.tell(incident('db', at('11:10')));
    snoozed.until(at('11:11'));
    snoozed.send({ kind: 'snooze', at: at('11:11'), environment: 'shop/main', service: null, until: at('12:00') });
    expect(snoozed.live.size).toBe(0);
    snoozed.tell(incident('api', at('11:20')));
    snoozed.until(at('11:59'));
    expect(snoozed.sent).toHaveLength(1);
    snoozed.until(at('12:01'));
    expect(snoozed.sent.at(-1)).toMatchObject({ silent: false, title: '2 services are down' });
  });

  it('tells again what goes on when a snooze is over, by time or by hand, and not what was seen to', () => {
    const db = incident('db', at('11:10'));
    const quiet = { kind: 'snooze', environment: 'shop/main', service: 'db' } as const;
    const { tell, until, send, sounded, live } = desk();
    tell(db);
    until(at('11:11'));
    send({ ...quiet, at: at('11:11'), until: at('12:00') });
    until(at('11:59'));
    expect(live.size).toBe(0);
    until(at('12:01'));
    expect(sounded().map(({ title }) => title)).toEqual(['db is down', 'db is down']);
    until(at('13:00'));
    expect(sounded()).toHaveLength(2);
    send({ ...quiet, at: at('13:00'), until: at('20:00') });
    send({ ...quiet, at: at('13:01'), until: null });
    expect(sounded()).toHaveLength(3);
    expect(live.size).toBe(1);
    send({ ...quiet, at: at('13:02'), until: at('14:00') });
    tell({ ...db, acknowledgedAt: at('13:03') }, at('13:03'));
    until(at('15:00'));
    expect(sounded()).toHaveLength(3);
  });

  it('tells when it is healthy again, once, if asked to', () => {
    const { tell, until, send, sounded } = desk();
    const db = incident('db', at('11:10'));
    tell(db);
    until(at('11:11'));
    send({ kind: 'tell-when-healthy', at: at('11:12'), environment: 'shop/main', service: 'db', wanted: true });
    for (const to of [at('11:13'), at('11:14')]) tell({ ...db, state: 'healthy', to }, to);
    expect(sounded().map(({ title }) => title)).toEqual(['db is down', 'db is healthy again']);
  });

  it('says nothing during an operation, and after it or a gap only what lasts', () => {
    const { tell, until, send, sent } = desk();
    send({ kind: 'operation', at: at('11:09'), environment: 'shop/main', action: 'began' });
    tell(incident('db', at('11:10')));
    until(at('11:20'));
    send({ kind: 'operation', at: at('11:20'), environment: 'shop/main', action: 'ended' });
    until(at('11:20:29'));
    expect(sent).toEqual([]);
    until(at('11:20:30'));
    expect(sent).toHaveLength(1);
    const asleep = desk();
    const api = incident('api', at('11:10'));
    asleep.tell(api);
    asleep.send({ kind: 'tick', at: at('18:00') });
    asleep.send({
      kind: 'incidents',
      at: at('18:00:10'),
      changes: [{ incident: { ...api, state: 'healthy', to: at('18:00:10') }, upstreamUnsure: false }],
    });
    asleep.until(at('19:00'));
    expect(asleep.sent).toEqual([]);
  });
});
