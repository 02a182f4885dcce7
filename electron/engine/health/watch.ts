import type { EngineView } from '../../../shared/contract/engines.ts';
import type { GoldenImageView } from '../../../shared/contract/golden.ts';
import type { MachineNews } from '../../../shared/contract/health.ts';
import type { StartedBy } from '../../../shared/contract/operations.ts';
import type { Settings } from '../../../shared/contract/settings.ts';
import type { StateChange } from '../../../shared/contract/streams.ts';
import type { Incident } from '../../../shared/domain/incident-types.ts';
import type { EngineApi } from '../api.ts';
import type { Environments } from '../environments/service.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { OperationsRunner } from '../operations/runner-types.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import { dial } from '../platform/network.ts';
import type { RunProcess } from '../platform/processes.ts';
import type { CurrentDocker } from '../providers/docker/client.ts';
import { readContainerLog } from '../providers/docker/logs.ts';
import type { Database } from '../storage/database.ts';
import { askedForMs } from './container-trail.ts';
import { containersOf } from './facts.ts';
import { createHealth, type Health } from './health.ts';
import { createHealthApi } from './health-api.ts';
import { createHealthStore } from './health-store.ts';
import { createProber } from './prober.ts';
import type { EngineReach } from './reach.ts';
import type { RecovererDeps } from './recoverer.ts';
import { tellingLine } from './telling-line.ts';
import { createTrustedCommands } from './trusted-commands.ts';

/** Lines of a log that are looked through for the telling one. */
const readLines = 80;

export interface WatchDeps {
  /** Asked later: they want to know of the watch in their turn. */
  readonly measures: () => Pick<Metrics, 'outcome' | 'healthChanged' | 'baselineP95' | 'power'>;
  readonly clock: Clock;
  readonly files: Files;
  readonly runProcess: RunProcess;
  readonly database: Database;
  readonly docker: CurrentDocker;
  readonly environment: Readonly<Record<string, string>>;
  readonly environments: Environments;
  readonly operations: OperationsRunner;
  readonly selectedEngine: () => EngineView | undefined;
  readonly settings: { get(): Settings; set(change: Partial<Settings>): Settings };
  readonly publish: (change: StateChange) => void;
  readonly shellOpen: RecovererDeps['shellOpen'];
  readonly images: () => readonly GoldenImageView[];
  readonly restart: (
    environmentId: string,
    services: string[] | undefined,
    by: StartedBy | undefined,
  ) => { readonly operationId: string };
  /** What the desktop tells of the machine is of interest to others too. */
  readonly onMachine: (news: MachineNews) => void;
  readonly stop: (environmentId: string, by: StartedBy | undefined) => { readonly operationId: string };
  readonly restore: (
    environmentId: string,
    services: string[],
    imageId: string,
    by: StartedBy,
  ) => Promise<{ readonly operationId: string }>;
}

/** Puts the watch over all environments together from the engine's parts. */
export function createWatch(deps: WatchDeps): Health & {
  readonly api: Pick<EngineApi, 'health' | 'incidents' | 'notices'>;
  /** Of one environment, those that ended after `since` or go on; newest first. */
  incidents(environmentId: string, since: number): Incident[];
  /** From when on the engine's reports are wanted: some ends are explained by what was asked before. ISO 8601. */
  readonly reportsSince: string | undefined;
} {
  const { clock, environments, operations, settings } = deps;
  const now = (): number => clock.now().getTime();
  const utcOffsetMinutes = (at: number): number => -new Date(at).getTimezoneOffset();
  const store = createHealthStore(deps.database);
  const trusted = createTrustedCommands(deps.database);
  const prober = createProber({
    clock,
    dial,
    runProcess: deps.runProcess,
    docker: deps.docker,
    reach: () => reachOf(deps.selectedEngine()),
    environment: deps.environment,
    containers: environments.containers,
    allowed: trusted.allowed,
  });

  const health = createHealth({
    clock,
    random: Math.random,
    utcOffsetMinutes,
    store,
    prober,
    containers: environments.containers,
    alertSettings: () => settings.get().alerts,
    recovery: {
      busy: (environmentId) => operations.busy().some((each) => each.environmentId === environmentId),
      shellOpen: deps.shellOpen,
      imageOf: (environmentId, service) => newestVerified(deps.images(), environmentId, service),
      async restart(environmentId, service, reason) {
        deps.restart(environmentId, [service], { who: 'recovery', reason, service });
      },
      async restore(environmentId, service, imageId, reason) {
        await deps.restore(environmentId, [service], imageId, { who: 'recovery', reason, service });
      },
    },
    async lastLine(environmentId, service, signal) {
      const all = containersOf(environments.containers(environments.projectName(environmentId)), service);
      // Of several, those that ended have something to say.
      const ended = all.filter((each) => each.state !== 'running');
      const containers = ended.length > 0 ? ended : all;
      const lines: string[] = [];
      for (const { id } of containers) {
        await readContainerLog(deps.docker(), id, false, {
          signal,
          follow: false,
          tail: readLines,
          onLine: (line) => lines.push(line.text),
        });
      }
      return tellingLine(lines);
    },
    onHealth(environmentId) {
      environments.refresh(environmentId);
      deps.measures().healthChanged(environmentId);
    },
    onWatch: (value) => deps.publish({ type: 'watch', value }),
    onNotices: () => undefined,
    power: () => deps.measures().power(),
    usualP95: (environmentId, service) => deps.measures().baselineP95(environmentId, service, now()),
    onOutcome: (...args) => deps.measures().outcome(...args),
  });

  const machine = (news: MachineNews): void => {
    health.machine(news);
    deps.onMachine(news);
  };
  const api = createHealthApi({
    health: { ...health, machine },
    store,
    prober,
    trusted,
    files: deps.files,
    now,
    utcOffsetMinutes,
    load: environments.load,
    folderOf: (environmentId) => environments.row(environmentId).folder,
    restart: deps.restart,
    stop: deps.stop,
    operations: (environmentId) => operations.list(200, { environmentId, all: true }),
    mute(environment, service, muted) {
      const { alerts } = settings.get();
      const others = alerts.muted.filter((each) => each.environment !== environment || each.service !== service);
      settings.set({ alerts: { ...alerts, muted: muted ? [...others, { environment, service }] : others } });
    },
  });

  const { aliveAt } = store.lastLife('');
  return {
    ...health,
    machine,
    api,
    incidents: (environmentId, since) => store.incidents({ environmentId, since, limit: 500 }),
    reportsSince: aliveAt === 0 ? undefined : new Date(aliveAt - askedForMs).toISOString(),
  };
}

/** The image that a service would be restored from by itself: one whose contents were compared with their hashes. */
function newestVerified(
  images: readonly GoldenImageView[],
  environmentId: string,
  service: string,
): GoldenImageView | undefined {
  return images
    .filter(
      (image) =>
        image.environmentId === environmentId &&
        image.verifiedAt !== null &&
        !image.damaged &&
        image.volumes.some((volume) => volume.services.includes(service)),
    )
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))[0];
}

/** Containers of an engine on this very Linux machine can be reached at their own addresses. */
function reachOf(engine: EngineView | undefined): EngineReach {
  const local = engine === undefined || engine.endpoint.startsWith('unix:') || engine.endpoint.startsWith('npipe:');
  const direct =
    local &&
    process.platform === 'linux' &&
    engine?.rootless !== true &&
    !/docker desktop/i.test(engine?.operatingSystem ?? '');
  return { host: local ? '127.0.0.1' : hostOf(engine.endpoint), direct };
}

function hostOf(endpoint: string): string {
  try {
    return new URL(endpoint).hostname;
  } catch {
    return '127.0.0.1';
  }
}
