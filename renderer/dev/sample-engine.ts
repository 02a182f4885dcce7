import { type implement, ORPCError, type Router } from '@orpc/server';
import type { Contract } from '../../shared/contract/index.ts';
import { defaultSettings } from '../../shared/contract/settings.ts';
import type { AppState, StateChange, StateEvent } from '../../shared/contract/streams.ts';
import { AppError } from '../../shared/errors.ts';
import { explanation, large } from './sample-compose.ts';
import * as sample from './sample-data.ts';
import { sampleDay } from './sample-day.ts';
import { capturePlan } from './sample-golden.ts';
import { limitAdvice, sampleAdvice, sampleSeries } from './sample-metrics.ts';
import { preview } from './sample-preview.ts';
import { scenes } from './sample-scenes.ts';
import { sampleSecrets } from './sample-secrets.ts';
import * as watch from './sample-watch.ts';

type Implementer = ReturnType<typeof implement<Contract>>;

/** An engine that only remembers: enough to show every page, and to see a click come back. */
export function createSampleEngine(
  os: Implementer,
  scene: string,
  theme: string,
): Router<Contract, Record<never, never>> {
  let state: AppState = {
    engines: [sample.engine(), sample.podman],
    environments: [],
    discovered: [],
    operations: [],
    images: [],
    store: {
      engineId: 'context:default',
      ready: true,
      fileSystem: 'xfs',
      way: 'reflink',
      freeBytes: 84e9,
      totalBytes: 240e9,
      usedBytes: 7.5e9,
    },
    watch: watch.emptyWatch,
    routineRuns: [],
    settings: { ...defaultSettings, theme: theme === 'dark' ? 'dark' : 'light' },
    ...(scenes[scene] ?? scenes['two'])?.(),
  };
  let seq = 0;
  const watchers = new Set<(event: StateEvent) => void>();
  const epoch = 'sample';
  const publish = (change: StateChange): void => {
    seq += 1;
    for (const tell of watchers) tell({ kind: 'changes', epoch, seq, changes: [change] });
  };
  const refuse = (error: AppError): never => {
    throw new ORPCError('APP', { defined: true, status: 422, data: error.toShape() });
  };
  const started = () => {
    const next = sample.operation();
    publish({ type: 'operation', value: next });
    return { operationId: next.id };
  };
  const servicesOf = (environmentId: string): string[] =>
    state.environments.find((one) => one.id === environmentId)?.services.map((one) => one.name) ?? [];
  const later = refuse.bind(
    null,
    new AppError({ code: 'internal', message: 'The sample engine cannot do this.', remedy: 'Use the real one.' }),
  );

  const secrets = sampleSecrets();
  const day = sampleDay({ state: () => state, publish, refuse, started, scene });
  const router = os.router({
    ...day,
    system: {
      hello: os.system.hello.handler(() => ({
        version: '0.1.0',
        epoch,
        startedAt: sample.minutesAgo(200),
        pid: 4242,
        dataFolder: '/home/sam/.local/share/golden-hour',
        homeFolder: '/home/sam',
        desktop: { pickFolder: true, openUrl: true, windowControls: true, platform: 'linux' },
      })),
      diagnostics: os.system.diagnostics.handler(() => ({
        text: 'Golden Hour 0.1.0\nLinux 6.1 x86_64\nDocker 27.3.1 at unix:///var/run/docker.sock',
      })),
    },
    desktop: {
      pickFolder: os.desktop.pickFolder.handler(() => ({ folder: '/home/sam/work/trading' })),
      openUrl: os.desktop.openUrl.handler(() => ({})),
      window: os.desktop.window.handler(() => ({})),
    },
    folders: {
      list: os.folders.list.handler(({ input }) => ({
        folder: input.folder ?? '/home/sam',
        parent: '/home',
        entries: ['blog', 'trading', 'notes'].map((name) => ({
          name,
          path: `/home/sam/${name}`,
          hasCompose: name !== 'notes',
        })),
        truncated: false,
      })),
    },
    engines: {
      list: os.engines.list.handler(() => state.engines),
      detect: os.engines.detect.handler(async () => {
        await new Promise((resolve) => setTimeout(resolve, 600));
        return state.engines;
      }),
      test: os.engines.test.handler(() => ({ engine: sample.engine(), roundTripMs: 3.4 })),
      select: os.engines.select.handler(() => sample.engine()),
      doctor: os.engines.doctor.handler(() => []),
    },
    stacks: {
      scan: os.stacks.scan.handler(({ input }) => [
        { folder: input.folder, files: [`${input.folder}/compose.yaml`], added: false },
      ]),
      preview: os.stacks.preview.handler(({ input }) => {
        const shown = preview(input.folder, input.folder.includes('broken'));
        return input.folder.includes('large') ? large(shown) : shown;
      }),
      add: os.stacks.add.handler(() => {
        publish({ type: 'environment', value: sample.environment('trading/main') });
        return { environmentId: 'trading/main' };
      }),
      forget: os.stacks.forget.handler(({ input }) => {
        publish({ type: 'environment.removed', id: input.environmentId });
        return {};
      }),
      config: os.stacks.config.handler(() => ({
        text: 'services:\n  api:\n    image: api:2.1.0\n',
        files: [],
        positions: {},
      })),
      explain: os.stacks.explain.handler(({ input }) =>
        explanation(
          input.service === undefined
            ? (state.environments[0]?.services ?? []).map((one) => one.name)
            : [input.service],
        ),
      ),
    },
    environments: {
      list: os.environments.list.handler(() => state.environments),
      get: os.environments.get.handler(later),
      plan: os.environments.plan.handler(({ input }) => sample.plan(input.environmentId, input.action, input.volumes)),
      up: os.environments.up.handler(started),
      stop: os.environments.stop.handler(started),
      restart: os.environments.restart.handler(started),
      pull: os.environments.pull.handler(started),
      down: os.environments.down.handler(started),
      remove: os.environments.remove.handler(started),
    },
    operations: {
      list: os.operations.list.handler(() => state.operations),
      get: os.operations.get.handler(later),
      cancel: os.operations.cancel.handler(later),
      log: os.operations.log.handler(() =>
        ['Checked 7 ports', 'Pulling registry.example/redpanda:2.1.0', 'Pulled 340 of 900 MB'].map((text) => ({
          at: sample.minutesAgo(1),
          step: 'pull',
          text,
        })),
      ),
      dismiss: os.operations.dismiss.handler(({ input }) => {
        publish({ type: 'operation.removed', id: input.operationId });
        return {};
      }),
    },
    golden: {
      list: os.golden.list.handler(() => state.images),
      generations: os.golden.generations.handler(() => []),
      store: os.golden.store.handler(() => state.store ?? later()),
      suggestName: os.golden.suggestName.handler(({ input }) => ({
        name: `golden-dev-${input.purpose ?? 'fractal'}-20250204`,
        purpose: input.purpose ?? 'fractal',
        problem: null,
      })),
      planCapture: os.golden.planCapture.handler(({ input }) => capturePlan(input.environmentId)),
      capture: os.golden.capture.handler(started),
      planRestore: os.golden.planRestore.handler(later),
      restore: os.golden.restore.handler(started),
      planUndo: os.golden.planUndo.handler(later),
      undo: os.golden.undo.handler(started),
      verify: os.golden.verify.handler(started),
      remove: os.golden.remove.handler(started),
    },
    health: {
      checks: os.health.checks.handler(({ input }) =>
        servicesOf(input.environmentId).map((service) => watch.check(service, Date.now())),
      ),
      probe: os.health.probe.handler(() => watch.outcome(Date.now())),
      tryProbe: os.health.tryProbe.handler(() => watch.outcome(Date.now())),
      setCheck: os.health.setCheck.handler(() => ({ file: '/home/sam/work/trading/golden.yml', text: 'version: 1\n' })),
      previewCheck: os.health.previewCheck.handler(() => ({
        file: '/home/sam/work/trading/golden.yml',
        diff: '@@ -1,1 +1,5 @@\n version: 1\n+health:\n+  services:\n+    api:\n+      interval: 5s',
      })),
      allowCommand: os.health.allowCommand.handler(() => ({})),
      pauseWatching: os.health.pauseWatching.handler(() => ({})),
      machine: os.health.machine.handler(() => ({})),
      timeline: os.health.timeline.handler(({ input }) =>
        watch.timeline(input.environmentId, servicesOf(input.environmentId), input.from, input.to),
      ),
    },
    incidents: {
      list: os.incidents.list.handler(() => [...state.watch.incidents]),
      get: os.incidents.get.handler(() => ({
        incident: watch.incident(Date.now()),
        explanation: 'redpanda ran out of memory at 11:10 (limit 512 MB).',
        action: 'raise-limit' as const,
        events: [{ at: Date.now() - 1_200_000, text: 'redpanda: healthy → down.' }],
      })),
      acknowledge: os.incidents.acknowledge.handler(() => ({})),
    },
    notices: {
      act: os.notices.act.handler(() => ({ operation: null })),
      snooze: os.notices.snooze.handler(() => ({})),
      mute: os.notices.mute.handler(() => ({})),
      tellWhenHealthy: os.notices.tellWhenHealthy.handler(() => ({})),
    },
    metrics: {
      query: os.metrics.query.handler(({ input }) =>
        sampleSeries(input, input.services ?? servicesOf(input.environmentId ?? ''), input.points),
      ),
      export: os.metrics.export.handler(({ input }) => ({
        name: `sample.${input.format}`,
        text: '',
        truncated: false,
      })),
      anomalies: os.metrics.anomalies.handler(() => []),
      advice: os.metrics.advice.handler(() => [sampleAdvice, limitAdvice]),
      applyAdvice: os.metrics.applyAdvice.handler(() => ({
        file: sampleAdvice.position.file,
        summary: 'timescaledb: memory limit 960 MB, from its next start on.',
      })),
    },
    secrets: {
      list: os.secrets.list.handler(() => secrets.view()),
      set: os.secrets.set.handler(({ input }) => secrets.set(input.key)),
      remove: os.secrets.remove.handler(({ input }) => secrets.remove(input.key)),
    },
    settings: {
      get: os.settings.get.handler(() => state.settings),
      set: os.settings.set.handler(({ input }) => {
        state = { ...state, settings: { ...state.settings, ...input } };
        publish({ type: 'settings', value: state.settings });
        return state.settings;
      }),
    },
    state: {
      watch: os.state.watch.handler(async function* ({ signal }) {
        yield { kind: 'snapshot' as const, epoch, seq, state };
        const queue: StateEvent[] = [];
        let wake = (): void => {};
        const tell = (event: StateEvent): void => {
          queue.push(event);
          wake();
        };
        watchers.add(tell);
        signal?.addEventListener('abort', () => wake());
        try {
          while (signal?.aborted !== true) {
            const event = queue.shift();
            if (event !== undefined) yield event;
            else
              await new Promise<void>((resolve) => {
                wake = resolve;
              });
          }
        } finally {
          watchers.delete(tell);
        }
      }),
    },
    flow: { ack: os.flow.ack.handler(() => ({})) },
    logs: {
      follow: os.logs.follow.handler(async function* ({ signal }) {
        const lines = Array.from({ length: 40 }, (_, index) => ({
          seq: index,
          service: index % 2 === 0 ? 'redpanda' : 'fractal-worker',
          container: 'c',
          at: sample.minutesAgo(1 - index / 60),
          stream: index % 9 === 5 ? ('stderr' as const) : ('stdout' as const),
          text:
            index % 7 === 3
              ? 'WARN  seastar_memory - Too long queue accumulated for main (1204 tasks)'
              : `info  fetched 512 bars in ${100 + index} ms`,
        }));
        yield { lines, dropped: 0, ended: false };
        await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
      }),
    },
    stats: {
      watch: os.stats.watch.handler(async function* ({ input, signal }) {
        const samples = Array.from({ length: 60 }, (_, index) =>
          ['redpanda', 'api', 'timescaledb', 'web', 'redis', 'grafana', 'fractal-worker'].map((service, n) => ({
            at: new Date(Date.now() - (60 - index) * 10_000).toISOString(),
            environmentId: input.environmentId,
            service,
            cpuPercent: 3 + n + 2 * Math.sin(index / 5 + n),
            memoryBytes: (120 + n * 40 + index) * 1024 * 1024,
            memoryLimitBytes: 512 * 1024 * 1024,
            networkRxBytes: index * 1e5,
            networkTxBytes: index * 8e4,
            blockReadBytes: 0,
            blockWriteBytes: 0,
            pids: 12,
          })),
        ).flat();
        yield { samples };
        await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
      }),
    },
    terminal: {
      list: os.terminal.list.handler(() => []),
      open: os.terminal.open.handler(later),
      openHost: os.terminal.openHost.handler(later),
      restore: os.terminal.restore.handler(later),
      rename: os.terminal.rename.handler(later),
      arrange: os.terminal.arrange.handler(() => ({})),
      activity: os.terminal.activity.handler(() => ({ programs: [] })),
      attach: os.terminal.attach.handler(later),
      input: os.terminal.input.handler(() => ({})),
      resize: os.terminal.resize.handler(() => ({})),
      close: os.terminal.close.handler(() => ({})),
    },
  });
  // What the contract does not name yet is left out by its router.
  return { ...day, ...router };
}
