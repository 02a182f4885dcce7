import { join } from 'node:path';
import type Docker from 'dockerode';
import { createGolden, type GoldenService } from '../../electron/engine/golden/golden.ts';
import type { StoreNames } from '../../electron/engine/golden/ports.ts';
import { createJournal } from '../../electron/engine/operations/journal.ts';
import { createOperations, type OperationsRunner } from '../../electron/engine/operations/runner.ts';
import { systemClock } from '../../electron/engine/platform/clock.ts';
import { systemFiles } from '../../electron/engine/platform/files.ts';
import { runProcess } from '../../electron/engine/platform/processes.ts';
import { createDockerClient } from '../../electron/engine/providers/docker/client-create.ts';
import { systemPortHolders } from '../../electron/engine/providers/docker/ports-holders.ts';
import { createContainerRenewal } from '../../electron/engine/providers/docker/renewal.ts';
import { createStackRuntime } from '../../electron/engine/providers/docker/runtime.ts';
import type { EnvironmentTarget, StackRuntime, VolumePlacement } from '../../electron/engine/providers/provider.ts';
import { closeDatabase, openDatabase } from '../../electron/engine/storage/database.ts';
import type { OperationView } from '../../shared/contract/operations.ts';
import type { ComposeProject } from '../../shared/domain/compose-model.ts';
import { AppError } from '../../shared/errors.ts';
import { compose } from './compose.ts';
import { connectDocker, uniqueProjectName } from './docker.ts';
import { copyStack, type StackCopy, type StackCopyOptions } from './stacks.ts';
import { temporaryFolder } from './temp.ts';
import { waitFor } from './wait.ts';

export interface GoldenRig {
  readonly golden: GoldenService;
  readonly operations: OperationsRunner;
  readonly runtime: StackRuntime;
  readonly names: StoreNames;
  readonly docker: Docker;
  readonly targets: Map<string, EnvironmentTarget>;
  readonly call: { readonly actor: { readonly door: 'cli'; readonly user: string }; readonly signal: AbortSignal };
  /** Waits until the operation has ended, however. */
  settled(started: { readonly operationId: string }): Promise<OperationView>;
  /** The same, and fails unless it is done. */
  done(started: Promise<{ readonly operationId: string }>): Promise<OperationView>;
  /** A command in the helper container; its output. */
  inStore(...command: string[]): Promise<string>;
  close(): Promise<void>;
}

export interface GoldenRigOptions {
  readonly storePath?: string | null;
  /** Default: the engine the tests use. */
  readonly socketPath?: string;
  readonly onJournal?: (point: string) => void;
  readonly gateTimeoutMs?: number;
  /** Changes what the store is told of a runtime, for faults. */
  readonly wrapRuntime?: (runtime: StackRuntime) => StackRuntime;
}

/** The golden store with the real operations runner and the real Docker runtime, on a store volume of its own. */
export async function createGoldenRig(options: GoldenRigOptions = {}): Promise<GoldenRig> {
  const folder = await temporaryFolder();
  const socketPath = options.socketPath ?? '/var/run/docker.sock';
  const client = createDockerClient({ engineId: 'test', endpoint: { kind: 'unix', path: socketPath } });
  const docker = options.socketPath === undefined ? connectDocker() : await otherDocker(socketPath);
  const unique = uniqueProjectName('golden');
  const names = { volume: `${unique}-store`, helper: `${unique}-helper` };
  const targets = new Map<string, EnvironmentTarget>();
  const database = openDatabase(join(folder.path, 'test.db'));
  const operations = createOperations({
    journal: createJournal(database),
    clock: systemClock,
    onChange: () => undefined,
    onRemoved: () => undefined,
    engineAvailable: async (signal) => {
      await waitFor(() => docker.ping().then(() => true), { what: 'engine is back', deadlineMs: 120_000 });
      signal.throwIfAborted();
    },
    ...(options.onJournal === undefined ? {} : { onJournal: options.onJournal }),
  });
  const real = createStackRuntime({
    docker: () => client,
    clock: systemClock,
    files: async () => [],
    portTaken: async (_target, service, said) =>
      new AppError({ code: 'docker.port-taken', message: `${service}: ${said}`, remedy: 'Free the port.' }),
  });
  const runtime = options.wrapRuntime?.(real) ?? real;
  const placement: VolumePlacement = {
    place: (...args) => golden.placement.place(...args),
    discard: (...args) => golden.placement.discard(...args),
    sizes: (...args) => golden.placement.sizes(...args),
  };
  const renewal = createContainerRenewal({
    docker: () => client,
    placement,
    files: systemFiles,
    run: runProcess,
    clock: systemClock,
    environment: {},
    portHolders: systemPortHolders(runProcess),
    owner: 'test',
    risks: () => [],
    variables: async () => ({}),
  });
  const golden: GoldenService = createGolden({
    docker: () => client,
    runtime,
    renewal,
    resolveTarget: async (id) => {
      const target = targets.get(id);
      if (target === undefined) throw new Error(`no target ${id}`);
      return { ...target, gateTimeoutMs: options.gateTimeoutMs ?? target.gateTimeoutMs };
    },
    operations,
    clock: systemClock,
    files: systemFiles,
    runProcess,
    settings: () => ({ undoHours: 24, storePath: options.storePath ?? null }),
    appVersion: '0.0.0-test',
    onChange: () => undefined,
    names,
  });
  operations.register(golden.kinds);
  operations.recover();
  const signal = new AbortController().signal;
  const settled = async (started: { readonly operationId: string }): Promise<OperationView> =>
    operations.settled(started.operationId, signal);
  return {
    golden,
    operations,
    runtime,
    names,
    docker,
    targets,
    call: { actor: { door: 'cli', user: 'tester' }, signal },
    settled,
    async done(started) {
      const view = await settled(await started);
      if (view.state !== 'done') {
        const log = operations.log(view.id).map((line) => line.text);
        throw new Error(`${view.title} ended ${view.state}: ${JSON.stringify(view.error)}\n${log.join('\n')}`);
      }
      return view;
    },
    async inStore(...command) {
      const result = await client.exec(
        names.helper,
        { command, maxBytes: 64 * 1024 * 1024 },
        { signal, timeoutMs: 120_000 },
      );
      if (result.exitCode !== 0) throw new Error(`${command.join(' ')}: ${result.stderr}`);
      return result.stdout;
    },
    async close() {
      await operations.close();
      closeDatabase(database);
      const containers = await docker.listContainers({ all: true });
      for (const container of containers) {
        if (container.Names.some((name) => name.startsWith(`/${names.helper}`))) {
          await docker.getContainer(container.Id).remove({ force: true, v: true });
        }
      }
      await docker
        .getVolume(names.volume)
        .remove({ force: true })
        .catch(() => undefined);
      client.close();
      await folder.remove();
    },
  };
}

async function otherDocker(socketPath: string): Promise<Docker> {
  const { default: Client } = await import('dockerode');
  return new Client({ socketPath, timeout: 60_000 });
}

export interface RigStack extends StackCopy {
  readonly id: string;
  readonly target: EnvironmentTarget;
  up(...services: string[]): Promise<void>;
  compose(...args: string[]): Promise<string>;
  /** A command in a service's container; its output. */
  exec(service: string, ...command: string[]): Promise<string>;
  container(service: string): Promise<Docker.ContainerInspectInfo>;
  /** Writes a file in a service's container, down to the disk. */
  write(service: string, path: string, text: string): Promise<string>;
  read(service: string, path: string): Promise<string>;
  /** Captures the stack; the image's id. */
  capture(purpose: string): Promise<string>;
}

export interface RigStackOptions extends StackCopyOptions {
  /** Leaves the volumes to Compose: plain ones. */
  readonly plain?: boolean;
  readonly excluded?: readonly string[];
}

/** A copy of a fixture stack whose volumes lie in the rig's store. Created and started by the real `docker compose`. */
export async function rigStack(rig: GoldenRig, name: string, options: RigStackOptions = {}): Promise<RigStack> {
  const copy = await copyStack(name, options);
  const run = async (...args: string[]): Promise<string> => {
    const result = await compose(args, { folder: copy.folder, timeoutMs: 1_200_000 });
    if (result.exitCode !== 0) throw new Error(`docker compose ${args.join(' ')}: ${result.stderr}`);
    return result.stdout;
  };
  const project = JSON.parse(await run('config', '--format', 'json')) as ComposeProject;
  const exec = (service: string, ...command: string[]): Promise<string> => run('exec', '-T', service, ...command);
  const target: EnvironmentTarget = {
    id: `${copy.projectName}/main`,
    stackName: copy.projectName,
    name: 'main',
    class: 'development',
    folder: copy.folder,
    files: [join(copy.folder, 'compose.yaml')],
    projectName: copy.projectName,
    project,
    configHashes: {},
    excludedVolumes: options.excluded ?? [],
    gateTimeoutMs: 60_000,
  };
  rig.targets.set(target.id, target);
  if (options.plain !== true) await placeVolumes(rig, target);
  return {
    ...copy,
    id: target.id,
    target,
    compose: run,
    async up(...services) {
      await run('up', '-d', '--wait', ...services);
    },
    exec,
    write: (service, path, text) => exec(service, 'sh', '-c', 'printf %s "$2" >"$1" && sync', 'sh', path, text),
    read: (service, path) => exec(service, 'cat', path),
    async capture(purpose) {
      await rig.done(rig.golden.api.capture({ environmentId: target.id, purpose }, rig.call));
      return (await rig.golden.api.list({}, rig.call))[0]?.id ?? '';
    },
    async container(service) {
      const id = (await run('ps', '-aq', service)).trim().split('\n')[0] ?? '';
      return rig.docker.getContainer(id).inspect();
    },
    async remove() {
      await copy.remove();
      await rig.golden.placement.discard(target, Object.keys(project.volumes ?? {}), rig.call.signal);
    },
  };
}

/** Creates the volume objects as a start of the stack does. */
export async function placeVolumes(rig: GoldenRig, target: EnvironmentTarget): Promise<void> {
  for (const [key, volume] of Object.entries(target.project.volumes ?? {})) {
    const place = await rig.golden.placement.place(target, key, rig.call.signal);
    if (place === null) continue;
    await rig.docker.createVolume({
      Name: volume?.name ?? `${target.projectName}_${key}`,
      Driver: place.driver,
      DriverOpts: { ...place.driverOpts },
      Labels: {
        ...place.labels,
        'com.docker.compose.project': target.projectName,
        'com.docker.compose.volume': key,
      },
    });
  }
}
