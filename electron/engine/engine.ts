import { mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import type { Change } from '../../shared/contract/environments.ts';
import type { AppState } from '../../shared/contract/streams.ts';
import type { EngineApi } from './api.ts';
import { databasePath } from './data-folder.ts';
import { createDayParts } from './day-parts.ts';
import type { Engine, EngineOptions } from './engine-types.ts';
import { createEngines } from './engines/engines.ts';
import { engineAvailable, refuseWhileBusy } from './engines/in-use.ts';
import { createCatalogue } from './environments/catalogue.ts';
import { createEnvironmentsApi } from './environments/environments-api.ts';
import { createInvocations } from './environments/invocations.ts';
import { createEnvironments } from './environments/service.ts';
import { createStacks } from './environments/stacks-api.ts';
import { loadedOf } from './environments/target.ts';
import { createGolden } from './golden/golden.ts';
import { storeNamesOf, storeSpace } from './golden/store-options.ts';
import { createWatch } from './health/watch.ts';
import { createLogs } from './logs/logs.ts';
import { createMeasures } from './metrics/measures.ts';
import { createJournal } from './operations/journal.ts';
import { operationsApi } from './operations/operations-api.ts';
import { createOperations } from './operations/runner.ts';
import { systemClock as clock } from './platform/clock.ts';
import { systemFiles as files } from './platform/files.ts';
import { runProcess } from './platform/processes.ts';
import { newId } from './platform/random.ts';
import { systemCounters } from './providers/docker/counter-source.ts';
import { createDockerStacks } from './providers/docker/plan-stacks.ts';
import { systemPortHolders } from './providers/docker/ports-holders.ts';
import { systemSurroundings } from './providers/docker/surroundings.ts';
import { plainVolumes } from './providers/docker/volumes-plain.ts';
import type { EnvironmentTarget, VolumePlacement } from './providers/provider.ts';
import { createSecrets } from './secrets/secrets.ts';
import { printProject } from './stacks/compose/print.ts';
import { createLoadStack, createSurveyStack } from './stacks/load-stack.ts';
import { createStackOperations } from './stacks/operations/index.ts';
import { composeCacheFolder } from './stacks/remote/cache-folder.ts';
import { createGitSources } from './stacks/remote/git-sources.ts';
import { createStateHub } from './state/hub.ts';
import { createStats } from './stats/stats.ts';
import { closeDatabase, openDatabase } from './storage/database.ts';
import { lockDataFolder } from './storage/lock.ts';
import { createSettingsStore } from './storage/settings.ts';
import { createFlows, flowApi } from './streams/flow.ts';
import { createFolders } from './system/folders.ts';
import { createSystem } from './system/system-api.ts';
import { createEngineTerminals } from './terminal/engine-terminals.ts';

export type { Engine, EngineOptions } from './engine-types.ts';

/** One engine per data folder. Throws `engine.locked` when another has it. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  await mkdir(options.dataFolder, { recursive: true, mode: 0o700 });
  const startedAt = clock.now();
  const lock = lockDataFolder(options.dataFolder, startedAt);
  const database = openDatabase(databasePath(options.dataFolder));
  const stop = new AbortController();
  const epoch = newId(startedAt);
  const hub = createStateHub({ epoch, clock, snapshot });
  const { publish } = hub;

  const settings = createSettingsStore(database, (value) => {
    publish({ type: 'settings', value });
    engines.reconsider();
  });
  const surroundings = { ...systemSurroundings(), environment: options.environment, homeFolder: options.home };
  const engines = createEngines({
    surroundings,
    clock,
    chosenId: () => settings.get().engineId,
    choose(engineId) {
      refuseWhileBusy(operations, engines.selected(), engineId);
      settings.set({ engineId });
    },
    doctor: {
      nodeVersion: process.versions.node,
      dataFolder: options.dataFolder,
      runProcess,
      storeSpace: (signal) => storeSpace(golden, signal),
    },
  });
  const started = engines.start();

  const operations = createOperations({
    journal: createJournal(database, (words) => secrets.hide(words)),
    clock,
    onChange(value) {
      publish({ type: 'operation', value });
      watch.operation(value);
    },
    onRemoved: (id) => publish({ type: 'operation.removed', id }),
    ready: started,
    engineAvailable: (signal) => engineAvailable(engines, clock, signal),
    ...(options.onJournal === undefined ? {} : { onJournal: options.onJournal }),
  });

  const remote = createGitSources({
    files,
    clock,
    run: runProcess,
    environment: options.environment,
    cacheFolder: composeCacheFolder(options.environment, options.home, process.platform),
    allowed: (source) => settings.get().remoteSources?.includes(source) === true,
  });
  const secrets = createSecrets({
    ...{ options, files, database, clock, run: runProcess },
    folderOf: (id) => environments.row(id).folder,
    reload: (id, signal) => environments.load(id, signal),
  });
  const loader = { files, environment: options.environment, remote, secrets: secrets.read };
  const loadStack = createLoadStack(loader);
  const environments = createEnvironments({
    catalogue: createCatalogue(database),
    ...{ loadStack, files, clock, publish },
    drift: (target, containers) => stacks.drift(target, containers),
    undoState: (id) => golden.undoState(id),
    verdict: (id, service) => watch.verdict(id, service),
    onRead(target, loaded) {
      watch.declare(target, loaded.health);
      day.declare(target.id, loaded);
    },
    onForgotten(id) {
      day.forget(id);
      watch.forget(id);
      measures.forget(id);
      terminals.forget(id);
    },
  });

  // The provider places volumes in the store, the store stops and starts services through the provider.
  const placement: VolumePlacement = {
    place: (...args) => golden.placement.place(...args),
    discard: (...args) => golden.placement.discard(...args),
    sizes: (...args) => golden.placement.sizes(...args),
  };
  const stacks = createDockerStacks({
    docker: engines.current,
    placement,
    files,
    clock,
    run: runProcess,
    environment: options.environment,
    owner: userInfo().username,
    portHolders: systemPortHolders(runProcess),
    risks: (target) => loadedOf(target)?.risks ?? [],
    variables: async (target) => loadedOf(target)?.variables ?? {},
  });
  const golden = createGolden({
    docker: engines.current,
    runtime: stacks.runtime,
    renewal: stacks.renewal,
    resolveTarget: environments.resolveTarget,
    operations,
    clock,
    files,
    runProcess,
    settings: settings.get,
    appVersion: options.version,
    onChange(change) {
      if (change.type === 'images') publish({ type: 'images', value: golden.images() });
      else if (change.type === 'store') publish({ type: 'store', value: golden.storeView() });
      else environments.refresh(change.environmentId);
    },
    ...storeNamesOf(options),
  });

  const invocations = createInvocations();
  const kinds = createStackOperations({
    stacks,
    resolveTarget: (id, signal, key) => environments.resolveTarget(id, signal, invocations.get(key)),
    resolveRunning: (id, signal, key) => environments.resolveRunning(id, signal, invocations.get(key)),
    remember(id, key) {
      const invocation = invocations.get(key);
      if (invocation !== undefined) environments.remember(id, invocation);
    },
  });
  operations.register([...Object.values(kinds), ...golden.kinds] as never);

  const flows = createFlows();
  const streams = {
    current: engines.current,
    flows,
    clock,
    projectOf: async (id: string) => ({
      projectName: environments.projectName(id),
      services: environments.get(id).services.map((service) => service.name),
    }),
  };
  const counters = systemCounters(clock);
  const stats = createStats({ ...streams, counters });
  const terminals = createEngineTerminals({ ...streams, options, database, environments, engines });

  const watch = createWatch({
    measures: () => measures,
    ...{ clock, files, runProcess, database, environments, operations, settings, publish },
    docker: engines.current,
    environment: options.environment,
    selectedEngine: engines.selected,
    shellOpen: terminals.isOpenIn,
    images: golden.images,
    restart: (environmentId, services, by) => operations.start(kinds.restart, { environmentId, services }, by),
    stop: (environmentId, by) => operations.start(kinds.stop, { environmentId }, by),
    onMachine: (news) => day.machine(news),
    restore: (environmentId, services, imageId, acts) =>
      golden.api.restore(
        { environmentId, services, imageId },
        { actor: { door: 'engine', user: userInfo().username, acts }, signal: stop.signal },
      ),
  });

  const measures = createMeasures({
    ...{ options, clock, files, runProcess, counters, environments, golden, loader },
    docker: engines.current,
    watch: () => watch,
  });

  const staying = (target: EnvironmentTarget, signal: AbortSignal): Promise<Change[]> =>
    plainVolumes(engines.current(), target, signal);

  const { routines, ...day } = createDayParts({
    ...{ options, clock, files, runProcess, database, environments, operations, flows, publish, engines, golden },
    ...{ settings, secrets, remote },
    runtime: stacks.runtime,
    notifier: () => watch.notifier,
    api: () => api,
  });

  const api: EngineApi = {
    ...createSystem({
      version: options.version,
      epoch,
      startedAt,
      dataFolder: options.dataFolder,
      home: options.home,
      platform: surroundings.platform,
      desktop: options.desktop,
      engines: engines.list,
      operations: () => operations.list(100, { all: true }),
    }),
    folders: createFolders({ files, home: options.home }),
    engines: {
      ...engines.api.engines,
      list: (input, call) => started.then(() => engines.api.engines.list(input, call)),
      doctor: (input, call) => started.then(() => engines.api.engines.doctor(input, call)),
    },
    stacks: createStacks({
      environments,
      loadStack,
      surveyStack: createSurveyStack(loader),
      plainVolumes: staying,
      files,
      clock,
      busy: operations.busy,
      plan: (target, action, signal) => stacks.plan(target, action, {}, signal),
      print: printProject,
    }),
    environments: createEnvironmentsApi({
      environments,
      invocations,
      operations,
      kinds,
      plan: stacks.plan,
      plainVolumes: staying,
      onByHand: watch.recoverer.manual,
    }),
    operations: operationsApi(operations),
    golden: golden.api,
    ...watch.api,
    ...measures.api,
    ...day.api,
    ...secrets.api,
    settings: {
      get: async () => settings.get(),
      async set(change) {
        if (change.engineId !== undefined) refuseWhileBusy(operations, engines.selected(), change.engineId);
        return settings.set(change);
      },
    },
    state: { watch: async ({ since }, { signal }) => hub.watch(since, AbortSignal.any([signal, stop.signal])) },
    flow: flowApi(flows),
    ...createLogs(streams),
    ...stats,
    terminal: terminals.terminal,
  };

  function snapshot(): AppState {
    return {
      engines: engines.list(),
      environments: environments.list(),
      discovered: environments.discovered(),
      operations: operations.list(100, { all: false }),
      images: golden.images(),
      store: golden.storeView(),
      watch: watch.watchState(),
      routineRuns: routines.shown(),
      settings: settings.get(),
    };
  }

  async function followContainers(): Promise<void> {
    for await (const event of engines.watch(stop.signal, watch.reported, watch.reportsSince)) {
      environments.observe(event);
      watch.observe(event);
      // A first picture, of this engine or of one that came back: its store may be another one.
      if (event.kind === 'snapshot') void golden.refresh(stop.signal).catch(() => undefined);
    }
  }

  engines.onChange((value) => publish({ type: 'engines', value }));
  const background = [
    environments.watchFiles(stop.signal),
    started.then(followContainers),
    golden.upkeep.keep(stop.signal),
    watch.run(stop.signal),
    measures.run(stop.signal),
    day.run(stop.signal),
  ];
  for (const work of background) {
    work.catch((error: unknown) => {
      if (!stop.signal.aborted) console.error('engine: background work ended:', error);
    });
  }
  operations.recover();
  routines.recover();
  // Callers of a fresh engine should find Docker found; but one that hangs must not keep a window waiting.
  await Promise.race([started, clock.sleep(400)]);

  return {
    api: day.watched(api),
    busy: () => [...operations.busy(), ...routines.busy()].map(({ title }) => ({ title })),
    metricsPage: () => (settings.get().metricsPage ? measures.page() : null),
    async close() {
      await routines.close();
      await operations.close();
      stop.abort(new DOMException('The engine was closed.', 'AbortError'));
      stats.close();
      watch.close();
      await terminals.close(AbortSignal.timeout(3000)).catch(() => undefined);
      engines.close();
      await Promise.allSettled(background);
      measures.close();
      secrets.close();
      closeDatabase(database);
      lock.release();
    },
  };
}
