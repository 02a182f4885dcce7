import type { CheckView, ProbeOutcome, Timeline, WatchState } from '../../shared/contract/health.ts';
import { defaultHealthRules } from '../../shared/domain/health-rules.ts';
import type { Incident } from '../../shared/domain/incident-types.ts';

const minute = 60_000;

export const emptyWatch: WatchState = {
  incidents: [],
  notices: [],
  pausedUntil: {},
  snoozes: [],
  tellWhenHealthy: [],
};

export const incident = (now: number): Incident => ({
  id: `trading/main/redpanda@${now - 20 * minute}`,
  environment: 'trading/main',
  service: 'redpanda',
  from: now - 20 * minute,
  to: null,
  state: 'degraded',
  worst: 'down',
  cause: {
    kind: 'oom',
    service: 'redpanda',
    at: now - 20 * minute,
    detail: null,
    limitBytes: 512 * 1024 * 1024,
  },
  logLine: 'seastar - Failed to allocate 131072 bytes',
  downs: 2,
  certain: true,
  evidenceAt: now - 20 * minute,
  acknowledgedAt: null,
  snoozedUntil: null,
  inhibitedBy: null,
});

/** Two that are not well, one of which waits for the other, one that is over, and a notice about the root. */
export function liveWatch(now: number): WatchState {
  const root = incident(now);
  return {
    ...emptyWatch,
    incidents: [
      root,
      {
        ...root,
        id: `trading/main/fractal-worker@${now - 19 * minute}`,
        service: 'fractal-worker',
        state: 'degraded',
        inhibitedBy: 'redpanda',
        logLine: null,
        cause: {
          kind: 'dependency',
          service: 'fractal-worker',
          at: now - 19 * minute,
          detail: null,
          path: ['redpanda'],
          root: { kind: 'oom', service: 'redpanda', at: now - 20 * minute, detail: null, limitBytes: 2 ** 29 },
        },
      },
      {
        ...root,
        id: `trading/main/web@${now - 9 * minute}`,
        service: 'web',
        from: now - 9 * minute,
        state: 'down',
        downs: 1,
        logLine: null,
        cause: {
          kind: 'probe',
          service: 'web',
          at: now - 9 * minute,
          detail: 'answered 502 in 14 ms',
          probe: 'liveness',
        },
      },
      {
        ...root,
        id: `shop/load-test/db@${now - 400 * minute}`,
        environment: 'shop/load-test',
        service: 'db',
        from: now - 400 * minute,
        to: now - 396 * minute,
        state: 'healthy',
        cause: { kind: 'exit', service: 'db', at: now - 400 * minute, detail: null, exitCode: 139 },
        logLine: 'PANIC:  could not locate a valid checkpoint record',
      },
    ],
    notices: [
      {
        id: 'trading/main',
        environment: 'trading/main',
        service: 'redpanda',
        at: now - 20 * minute,
        title: 'redpanda is degraded',
        lines: [
          'Ran out of memory at 11:10 (limit 512 MB).',
          'fractal-worker waits for it.',
          'trading/main, since 11:10, time 2.',
          'seastar - Failed to allocate 131072 bytes',
        ],
        actions: ['raise-limit', 'restart', 'logs', 'snooze'],
        urgency: 'normal',
        silent: false,
        reason: 'incident',
      },
    ],
  };
}

export const outcome = (now: number): ProbeOutcome => ({
  at: now - 4000,
  ok: true,
  latencyMs: 3.2,
  detail: 'Answers queries.',
});

export const check = (service: string, now: number): CheckView => ({
  service,
  state: service === 'redpanda' ? 'degraded' : 'healthy',
  since: now - 200 * minute,
  reason: service === 'redpanda' ? 'Ran out of memory at 11:10 (limit 512 MB).' : null,
  declared: null,
  position: undefined,
  probe: service === 'timescaledb' ? { postgres: { port: 5432 } } : { tcp: { port: 8080 } },
  source: 'suggested',
  why: service === 'timescaledb' ? 'Its image is timescale/timescaledb:2.14-pg16.' : 'It has port 8080.',
  target: '127.0.0.1:8080',
  ...(service === 'fractal-worker'
    ? {
        probe: { command: { run: ['./check.sh', '--queue', 'orders and trades'], in: 'host' as const } },
        source: 'declared' as const,
        why: 'golden.yml says so.',
        target: 'on this machine',
        obstacle: 'Its command runs on this machine, and nobody has allowed that yet.',
        hostCommand: {
          run: ['./check.sh', '--queue', 'orders and trades'],
          folder: '/home/sam/work/trading',
          allowed: false,
        },
      }
    : {}),
  rules: defaultHealthRules,
  recovery: 'notify',
  muted: false,
  last: outcome(now),
  nextAt: now + 6000,
  latency: { p50: 2.1, p95: 4.8, p99: 9.6 },
  counters: { probes: 1180, failures: 3, downs: 1, restarts: 1, ooms: service === 'redpanda' ? 1 : 0 },
  breakerOpenSince: null,
});

/** A day in which redpanda ran out of memory and came back, after everything had been started in the morning. */
export function timeline(environmentId: string, services: readonly string[], from: number, to: number): Timeline {
  const now = Date.now();
  if (environmentId !== 'trading/main') services = [];
  const start = Math.max(from, now - 300 * minute);
  const fell = now - 80 * minute;
  return {
    environmentId,
    from,
    to,
    services: services.map((service, index) => ({
      service,
      spans: [
        { from: start, to: start + (index + 1) * minute, state: 'starting', reason: null },
        ...(service === 'redpanda'
          ? [
              { from: start + (index + 1) * minute, to: fell, state: 'healthy' as const, reason: null },
              { from: fell, to: fell + 6 * minute, state: 'down' as const, reason: 'Ran out of memory.' },
              { from: fell + 6 * minute, to: now, state: 'degraded' as const, reason: 'Answers slowly.' },
            ]
          : [{ from: start + (index + 1) * minute, to: now, state: 'healthy' as const, reason: null }]),
      ],
    })),
    marks: [
      { at: start, kind: 'up', label: 'Started 7 services.', service: null, ref: 'op1' },
      { at: start + 30 * minute, kind: 'restore', label: 'Restored golden-dev-fractal.', service: null, ref: 'op2' },
      { at: fell, kind: 'incident', label: 'redpanda was down', service: 'redpanda', ref: incident(now).id },
      {
        at: fell + 3 * minute,
        kind: 'recovery',
        label: 'redpanda restarted. By itself: it is down (attempt 1).',
        service: 'redpanda',
        ref: 'op4',
      },
      { at: now - 40 * minute, kind: 'capture', label: 'Captured golden-dev-pre-v2.1.0.', service: null, ref: 'op3' },
    ],
  };
}
