import type { AppState } from '../../shared/contract/streams.ts';
import { discovered, manyNames } from './sample-compose.ts';
import * as sample from './sample-data.ts';
import { askingRun, failedRun, readyRun, sampleRun } from './sample-runs.ts';
import { liveWatch } from './sample-watch.ts';

const morning = (): Partial<AppState> => ({
  environments: [
    sample.environment('trading/main', { branch: 'order-book-v2' }),
    sample.environment('trading/rehearsal-1', { state: 'stopped', health: 'stopped', services: [] }),
  ],
  images: [sample.image('golden-dev-nightly-20250204')],
});

/** The states that `?scene=` chooses from. */
export const scenes: Record<string, () => Partial<AppState>> = {
  two: () => ({
    watch: liveWatch(Date.now()),
    environments: [
      sample.environment('trading/main', {
        health: 'degraded',
        reason: 'redpanda is slow',
        services: [
          sample.service('redpanda', 'degraded'),
          sample.service('fractal-worker', 'starting'),
          sample.service('web', 'down', { reason: 'Has failed its health checks: answered 502 in 14 ms.' }),
          ...['timescaledb', 'api', 'redis', 'grafana'].map((one) => sample.service(one, 'healthy')),
        ],
      }),
      sample.environment('blog/main', {
        state: 'stopped',
        health: 'stopped',
        branch: 'main',
        services: ['db', 'cms'].map((one) => sample.service(one, 'stopped')),
      }),
      sample.environment('shop/load-test', { class: 'test', state: 'stopped', health: 'stopped', branch: null }),
    ],
    operations: [
      sample.operation(),
      sample.operation({
        kind: 'golden.capture',
        title: 'Capture golden-dev-nightly-20250204',
        environmentId: 'trading/main',
        state: 'done',
        createdAt: sample.minutesAgo(50),
        startedAt: sample.minutesAgo(50),
        endedAt: sample.minutesAgo(49.8),
        summary: 'Captured 3.4 GB, services away for 0.2 s',
      }),
      sample.operation({
        kind: 'stack.restart',
        title: 'Restart redpanda',
        environmentId: 'trading/main',
        state: 'done',
        startedBy: { who: 'recovery', reason: 'it is down (attempt 1)', service: 'redpanda' },
        createdAt: sample.minutesAgo(77),
        startedAt: sample.minutesAgo(77),
        endedAt: sample.minutesAgo(76.8),
        summary: 'redpanda restarted.',
      }),
      sample.operation({
        title: 'Start shop/load-test',
        environmentId: 'shop/load-test',
        state: 'failed',
        createdAt: sample.minutesAgo(80),
        startedAt: sample.minutesAgo(80),
        endedAt: sample.minutesAgo(79),
        error: {
          code: 'docker.port-taken',
          message: 'Port 5432 on 127.0.0.1 is taken by postgres (process 4711).',
          remedy: 'Stop that process, or change the published port of timescaledb.',
        },
      }),
    ],
    images: [sample.image('golden-dev-pre-v2.1.0-20250129'), sample.image('golden-dev-nightly-20250204')],
  }),
  morning: () => morning(),
  evening: () => morning(),
  trust: () => morning(),
  'trust-changed': () => morning(),
  run: () => ({ ...morning(), routineRuns: [sampleRun()] }),
  failed: () => ({ ...morning(), routineRuns: [failedRun()] }),
  ready: () => ({ ...morning(), routineRuns: [readyRun()] }),
  'ask-choice': () => ({ ...morning(), routineRuns: [askingRun('choice')] }),
  'ask-secrets': () => ({ ...morning(), routineRuns: [askingRun('secrets')] }),
  'ask-values': () => ({ ...morning(), routineRuns: [askingRun('values')] }),
  pull: () => ({
    ...scenes['two']?.(),
    operations: [
      sample.operation({ title: 'Pull images of blog/main', kind: 'stack.pull', steps: [sample.pullStep()] }),
    ],
  }),
  first: () => ({}),
  found: () => ({ discovered: discovered(sample.minutesAgo) }),
  beside: () => ({ ...scenes['two']?.(), discovered: discovered(sample.minutesAgo) }),
  large: () => ({
    environments: [
      sample.environment('large/main', { services: manyNames.map((one) => sample.service(one, 'healthy')) }),
    ],
  }),
  none: () => ({
    engines: [
      sample.engine({
        selected: false,
        state: 'not-found',
        version: null,
        problem: {
          message: 'No socket at /var/run/docker.sock, DOCKER_HOST is not set.',
          remedy: 'Install Docker, or start it: sudo systemctl start docker',
        },
      }),
      sample.podman,
    ],
  }),
  gone: () => ({
    ...scenes['two']?.(),
    engines: [
      sample.engine({
        state: 'not-responding',
        since: sample.minutesAgo(3),
        problem: {
          message: 'Docker has not answered for 3 s.',
          remedy: 'It may be busy or stopped. Restart it if this lasts: sudo systemctl restart docker',
        },
      }),
    ],
    environments: (scenes['two']?.().environments ?? []).map((one) => ({
      ...one,
      stale: true,
      asOf: sample.minutesAgo(3),
    })),
    operations: [],
  }),
};
