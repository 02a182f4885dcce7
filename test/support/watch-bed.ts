import { createHealth, type Health } from '../../electron/engine/health/health.ts';
import { createHealthStore, type HealthStore } from '../../electron/engine/health/health-store.ts';
import type { ProbeJob } from '../../electron/engine/health/prober.ts';
import type { Clock } from '../../electron/engine/platform/clock.ts';
import type { ContainerInfo, EnvironmentTarget, ReportedEvent } from '../../electron/engine/providers/provider.ts';
import { type Database, openDatabase } from '../../electron/engine/storage/database.ts';
import type { WatchState } from '../../shared/contract/health.ts';
import type { OperationView } from '../../shared/contract/operations.ts';
import type { AlertSettings, Notice } from '../../shared/domain/alert-types.ts';
import { defaultAlertSettings } from '../../shared/domain/alert-types.ts';
import type { HealthSection } from '../../shared/domain/checks.ts';
import type { ComposeService } from '../../shared/domain/compose-model.ts';

/** A clock that stands still until it is told to go on, and can be set. */
export function virtualClock(from = Date.UTC(2026, 1, 4, 8, 0)) {
  let wall = from;
  let monotonic = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const clock: Clock = {
    now: () => new Date(wall),
    monotonic: () => monotonic,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const timer = { at: monotonic + ms, run: resolve };
        timers.add(timer);
        signal?.addEventListener('abort', () => timers.delete(timer) && reject(signal.reason), { once: true });
      }),
  };
  return {
    ...clock,
    settle,
    /** Lets time pass; whoever sleeps wakes in order. */
    async pass(ms: number): Promise<void> {
      await settle();
      const end = monotonic + ms;
      for (;;) {
        const next = [...timers].sort((a, b) => a.at - b.at)[0];
        if (next === undefined || next.at > end) break;
        timers.delete(next);
        wall += Math.max(0, next.at - monotonic);
        monotonic = Math.max(monotonic, next.at);
        next.run();
        await settle();
      }
      wall += end - monotonic;
      monotonic = end;
      await settle();
    },
    /** The wall clock alone moves: it was set, or the machine slept. */
    set(by: number): void {
      wall += by;
    },
  };
}

export const projectName = 'shop';
export const environmentId = 'shop/main';

export function targetOf(
  services: Record<string, ComposeService>,
  change: Partial<EnvironmentTarget> = {},
): EnvironmentTarget {
  const name = change.projectName ?? projectName;
  return {
    id: environmentId,
    stackName: 'shop',
    name: 'main',
    class: 'development',
    folder: '/shop',
    files: ['/shop/compose.yaml'],
    projectName: name,
    project: { name, services },
    configHashes: {},
    excludedVolumes: [],
    gateTimeoutMs: 1000,
    ...change,
  };
}

export function containerOf(service: string, change: Partial<ContainerInfo> = {}): ContainerInfo {
  const number = change.number ?? 1;
  return {
    id: `${service}-${number}`,
    name: `${projectName}-${service}-${number}`,
    projectName,
    service,
    number,
    state: 'running',
    health: null,
    image: 'image',
    imageId: 'sha256:1',
    command: 'run',
    createdAt: '2026-02-04T07:00:00.000Z',
    startedAt: '2026-02-04T07:00:00.000Z',
    finishedAt: null,
    exitCode: null,
    oomKilled: false,
    error: null,
    restarts: 0,
    ports: [],
    mounts: [],
    networks: ['default'],
    addresses: ['172.18.0.2'],
    restartPolicy: 'no',
    limits: { cpus: null, memoryBytes: null },
    labels: {},
    ...change,
  };
}

/** The watch on a virtual clock, with containers and answers that a test makes up. */
export function watchBed(options: { database?: Database; clock?: ReturnType<typeof virtualClock> } = {}) {
  const clock = options.clock ?? virtualClock();
  const database = options.database ?? openDatabase(':memory:');
  const store: HealthStore = createHealthStore(database);
  const containers = new Map<string, ContainerInfo>();
  const told: Notice[] = [];
  const shown: WatchState[] = [];
  const restarted: string[] = [];
  const restored: string[] = [];
  const asked: string[] = [];
  const stop = new AbortController();
  const failing = new Set<string>();
  let power: 'mains' | 'battery' | 'saver' = 'mains';
  let alertSettings: AlertSettings = { ...defaultAlertSettings, graceMs: 0 };
  const own = (name: string): ContainerInfo[] => [...containers.values()].filter((each) => each.projectName === name);
  const under = new Set<string>();
  const health: Health = createHealth({
    clock,
    random: () => 0.5,
    utcOffsetMinutes: () => 0,
    store,
    prober: {
      start(job: ProbeJob, done) {
        const { service, target } = job;
        if (under.has(service)) return false;
        under.add(service);
        asked.push(service);
        const startedAt = clock.now().getTime();
        void clock.sleep(5).then(() => {
          under.delete(service);
          const at = clock.now().getTime();
          const runs = own(target.projectName).some((each) => each.service === service && each.state === 'running');
          const ok = runs && !failing.has(service) && !['stopped', 'failed'].includes(job.health.container);
          const outcome = { at, ok, latencyMs: ok ? 5 : null, detail: ok ? null : 'connection refused' };
          done({ kind: 'probe', startedAt, epoch: job.health.epoch, probe: 'liveness', ...outcome }, outcome);
        });
        return true;
      },
      once: async () => ({ at: 0, ok: true, latencyMs: 1, detail: null }),
      describe: () => null,
      obstacle: () => null,
    },
    containers: own,
    power: () => power,
    usualP95: () => null,
    alertSettings: () => alertSettings,
    recovery: {
      busy: () => bed.busy,
      shellOpen: () => bed.shellOpen,
      imageOf: () => bed.image,
      async restart(_id, service) {
        restarted.push(service);
        bed.onRestart();
      },
      async restore(_id, service, imageId) {
        restored.push(`${service} from ${imageId}`);
      },
    },
    lastLine: async () => null,
    onHealth: () => undefined,
    onWatch: (value) => shown.push(value),
    onNotices: (notices) => told.push(...notices),
    onOutcome: () => undefined,
  });
  const at = (): string => clock.now().toISOString();
  const describe = (container: ContainerInfo, action: string): void => {
    containers.set(container.id, container);
    health.observe({ kind: 'changed', container, action, at: at() });
  };
  const bed = {
    clock,
    database,
    store,
    health,
    told,
    /** What windows were sent, oldest first. */
    shown,
    restarted,
    restored,
    /** What keeps recovery away, or lets it put data back. */
    busy: false,
    shellOpen: false,
    image: undefined as { readonly id: string; readonly name: string } | undefined,
    onRestart: (): void => undefined,
    asked,
    failing,
    containers,
    set power(next: typeof power) {
      power = next;
    },
    get settings() {
      return alertSettings;
    },
    set settings(next: AlertSettings) {
      alertSettings = next;
    },
    describe,
    declare: (services: Record<string, ComposeService>, section?: HealthSection, change?: Partial<EnvironmentTarget>) =>
      health.declare(targetOf(services, change), section),
    snapshot(...list: ContainerInfo[]): void {
      containers.clear();
      for (const each of list) containers.set(each.id, each);
      health.observe({ kind: 'snapshot', containers: list });
    },
    report(container: Pick<ContainerInfo, 'id' | 'service'>, action: string, more: Partial<ReportedEvent> = {}): void {
      health.reported({
        containerId: container.id,
        projectName,
        service: container.service,
        action,
        status: null,
        exitCode: null,
        signal: null,
        at: at(),
        ...more,
      });
    },
    /** Its process ends by itself: the report, and its description a moment later. */
    die(container: ContainerInfo, exitCode = 1, change: Partial<ContainerInfo> = {}): void {
      bed.report(container, 'die', { exitCode });
      describe({ ...container, state: 'exited', exitCode, finishedAt: at(), ...change }, 'die');
    },
    operation: (id: string, state: OperationView['state'], kind = 'stack.up') =>
      health.operation({ id, kind, environmentId, state } as OperationView),
    state: (service: string) => health.verdict(environmentId, service)?.state,
    open: () => store.incidents({ open: true, limit: 100 }),
    begin(): void {
      void health.run(stop.signal);
    },
    /** The process ends: in order, or by a kill. */
    end(how: 'closed' | 'killed'): void {
      if (how === 'closed') health.close();
      stop.abort(new Error('the bed is over'));
    },
  };
  return bed;
}
