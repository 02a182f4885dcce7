import { hostname, userInfo } from 'node:os';
import type { GoldenImageView, StoreView } from '../../../shared/contract/golden.ts';
import type { Incident } from '../../../shared/domain/incident-types.ts';
import type { Actor, EngineApi } from '../api.ts';
import { databasePath } from '../data-folder.ts';
import type { EngineOptions } from '../engine-types.ts';
import type { Environments } from '../environments/service.ts';
import type { Health } from '../health/health.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import type { RunProcess } from '../platform/processes.ts';
import { readSmall } from '../platform/small-files.ts';
import type { CurrentDocker } from '../providers/docker/client.ts';
import type { CounterSource } from '../providers/docker/counter-source.ts';
import { readDataRoot } from '../providers/docker/data-root.ts';
import { createLoadStack, type LoadStackDeps } from '../stacks/load-stack.ts';
import { composeCacheFolder } from '../stacks/remote/cache-folder.ts';
import { closeDatabase, openBeside } from '../storage/database.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { MeasuredEnvironment } from './subjects.ts';

export interface MeasuresDeps {
  readonly options: Pick<EngineOptions, 'dataFolder' | 'version' | 'home' | 'environment'>;
  readonly clock: Clock;
  readonly files: Files;
  readonly runProcess: RunProcess;
  readonly docker: CurrentDocker;
  readonly counters: CounterSource;
  readonly environments: Environments;
  readonly golden: { storeView(): StoreView | null; images(): readonly GoldenImageView[] };
  /** Asked later: the watch wants to know of the measures in its turn. */
  readonly watch: () => Pick<Health, 'verdict' | 'book'> & {
    incidents(environmentId: string, since: number): readonly Incident[];
    readonly api: { readonly health: Pick<EngineApi['health'], 'tryProbe'> };
  };
  readonly loader: LoadStackDeps;
}

const actor: Actor = { door: 'engine', user: userInfo().username };

/** Puts the measuring of everything together from the engine's parts. */
export function createMeasures(deps: MeasuresDeps): Metrics {
  const { options, clock, environments, golden } = deps;
  const database = openBeside(databasePath(options.dataFolder));
  const dataRoots = new Map<string, string | null>();
  const configOf = (environmentId: string, service: string) => deps.watch().book.get(environmentId)?.configs[service];

  /** Where the engine keeps its data when that is on this machine. */
  async function diskPath(signal: AbortSignal): Promise<string> {
    try {
      const client = deps.docker();
      const known = dataRoots.get(client.endpoint);
      const root = known === undefined ? await readDataRoot(client, hostname(), signal) : known;
      dataRoots.set(client.endpoint, root);
      return root ?? options.dataFolder;
    } catch {
      return options.dataFolder;
    }
  }

  const metrics = createMetrics({
    clock,
    database,
    version: options.version,
    current: deps.docker,
    counters: deps.counters,
    utcOffsetMinutes: (at) => -new Date(at).getTimezoneOffset(),
    subjects: {
      environments: () =>
        environments.list().flatMap((view): MeasuredEnvironment[] =>
          view.stale
            ? []
            : [
                {
                  id: view.id,
                  class: view.class,
                  // Looked up where it is wanted: most ask for the class only, with every result of a probe.
                  get containers() {
                    return environments.containers(view.projectName);
                  },
                },
              ],
        ),
      health: (environmentId, service) => deps.watch().verdict(environmentId, service),
      logErrors: (environmentId, service) => configOf(environmentId, service)?.logErrors ?? null,
    },
    host: {
      readSmall,
      run: deps.runProcess,
      platform: process.platform,
      diskPath,
      storeSpace() {
        const store = golden.storeView();
        // On this machine the file system is looked at itself, every time.
        const local = process.platform === 'linux' && [...dataRoots.values()].some((root) => root !== null);
        if (local || store?.freeBytes == null || store.totalBytes === null) return null;
        return { freeBytes: store.freeBytes, totalBytes: store.totalBytes };
      },
      storeBytes: () =>
        golden.storeView() === null
          ? null
          : golden.images().reduce((sum, image) => sum + (image.ownBytes ?? image.bytes), 0),
    },
    advice: {
      files: deps.files,
      loadStackWith: (files) => createLoadStack({ ...deps.loader, files }),
      cacheFolder: composeCacheFolder(options.environment, options.home, process.platform),
      load: environments.load,
      sourceOf(environmentId) {
        const { folder, loading } = environments.row(environmentId);
        return { folder, loading, environmentId };
      },
      containers: (environmentId) => environments.containers(environments.projectName(environmentId)),
      outOfMemoryAt(environmentId, service, since) {
        const limits = deps
          .watch()
          .incidents(environmentId, since)
          .flatMap(({ cause, ...incident }) => {
            const root = cause?.kind === 'dependency' ? null : cause;
            return incident.service === service && root?.kind === 'oom' && root.limitBytes !== null
              ? [root.limitBytes]
              : [];
          });
        return limits.length === 0 ? null : Math.max(...limits);
      },
      isProbed: (environmentId, service) => configOf(environmentId, service)?.probe != null,
      portOnly(environmentId, service) {
        const config = configOf(environmentId, service);
        const port = config?.source === 'suggested' ? config.probe?.tcp?.port : undefined;
        // Before it is healthy it may only be starting.
        if (deps.watch().verdict(environmentId, service)?.state !== 'healthy') return undefined;
        if (config === undefined || port === undefined) return undefined;
        const containers = environments.containers(environments.projectName(environmentId));
        const own = containers.filter((each) => each.service === service && each.state === 'running');
        return { port, life: own.map(({ id }) => id).join(), declared: config.declared };
      },
      tryProbe: (environmentId, service, probe, signal) =>
        deps.watch().api.health.tryProbe({ environmentId, service, probe }, { actor, signal }),
    },
  });
  return {
    ...metrics,
    close() {
      metrics.close();
      closeDatabase(database);
    },
  };
}
