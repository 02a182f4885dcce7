import { posix } from 'node:path';
import { AppError, isAbort } from '../../../shared/errors.ts';
import type { DockerClient } from '../providers/docker/client.ts';
import { isConflict, isMissing } from '../providers/docker/client-errors.ts';
import { labels } from '../providers/provider.ts';
import {
  gradeLabel,
  hostPathOf,
  inspectContainer,
  inspectVolume,
  removeContainer,
  startContainer,
} from './engine-facts.ts';
import { findHelperImage, type Grade, helperHostConfig, maskedVolumes } from './helper-image.ts';
import { plainRoot, storeRoot } from './layout.ts';
import type { GoldenDeps, StoreNames } from './ports.ts';
import { scriptFailed } from './store-errors.ts';

export interface ScriptOptions {
  readonly signal: AbortSignal;
  /** Completes "The golden store could not …". */
  readonly what: string;
  /** Milliseconds. Default 60 s. */
  readonly timeoutMs?: number;
  /** Marks the processes, so that `settleOperation` finds them after a crash. */
  readonly operationId?: string;
  readonly maxBytes?: number;
  readonly onLine?: (line: string) => void;
}

/** A container that sees the store at `/store` and runs our scripts. */
export interface Worker {
  readonly grade: Grade;
  /** Runs one script to its end and gives the lines it printed. */
  run(script: string, args: readonly string[], options: ScriptOptions): Promise<readonly string[]>;
}

/** Images to try first, asked for only when one is wanted. */
export type Preferred = () => Promise<readonly string[]>;

export interface Helper extends Worker {
  /** Makes sure that store volume and helper container exist and run. */
  ensure(signal: AbortSignal, preferred?: Preferred): Promise<HelperState>;
  /** Is there a store at all? Creates nothing. */
  exists(signal: AbortSignal): Promise<boolean>;
  /** A short-lived worker that also sees these volumes, in order, at `/plain/0`, `/plain/1` … */
  withVolumes<T>(
    operationId: string,
    volumes: readonly string[],
    signal: AbortSignal,
    body: (worker: Worker) => Promise<T>,
  ): Promise<T>;
  /** Removes the worker that an earlier life left behind. */
  removeWorker(operationId: string, signal: AbortSignal): Promise<void>;
}

export interface HelperState {
  readonly engineId: string;
  readonly containerId: string;
  readonly image: string;
  readonly grade: Grade;
  /** The store's root as the engine's host sees it. */
  readonly hostPath: string;
}

const sleepForEver = 'trap "exit 0" TERM INT; while :; do sleep 3600 & wait $!; done';

export function createHelper(deps: Pick<GoldenDeps, 'docker' | 'settings'>, names: StoreNames): Helper {
  let state: HelperState | undefined;
  let ensuring: Promise<HelperState> | undefined;

  async function ensure(signal: AbortSignal, preferred: Preferred = async () => []): Promise<HelperState> {
    for (;;) {
      const docker = deps.docker();
      if (state !== undefined && state.engineId === docker.engineId) return state;
      // Two first calls at once would race for the container's name.
      ensuring ??= create(docker, preferred, signal).finally(() => {
        ensuring = undefined;
      });
      try {
        state = await ensuring;
      } catch (error) {
        // The caller whose signal it ran under gave up (a closed window): that is not our end.
        if (signal.aborted || !isAbort(error)) throw error;
      }
    }
  }

  async function create(docker: DockerClient, preferred: Preferred, signal: AbortSignal): Promise<HelperState> {
    const hostPath = await ensureVolume(docker, signal);
    const found = await inspectContainer(docker, names.helper, signal);
    if (found !== undefined) {
      if (found.role !== 'helper') {
        throw new AppError({
          code: 'docker.conflict',
          message: `A container named ${names.helper} exists that Golden Hour did not create.`,
          remedy: 'Rename or remove that container and try again.',
        });
      }
      const usable = found.grade !== undefined && found.volume === names.volume;
      if (usable && (found.running || (await startContainer(docker, found.id, signal)))) {
        return { engineId: docker.engineId, containerId: found.id, image: found.image, grade: found.grade, hostPath };
      }
      await removeContainer(docker, found.id, signal);
    }
    const image = await findHelperImage(docker, names.volume, await preferred(), signal);
    const containerId = await createWorker(docker, names.helper, 'helper', image, [], signal);
    return { engineId: docker.engineId, containerId, image: image.id, grade: image.grade, hostPath };
  }

  async function ensureVolume(docker: DockerClient, signal: AbortSignal): Promise<string> {
    const existing = await inspectVolume(docker, names.volume, signal);
    if (existing !== undefined) return hostPathOf(existing);
    const { storePath } = deps.settings();
    await docker.call(`create volume ${names.volume}`, { signal }, (api, abortSignal) =>
      api.createVolume({
        abortSignal,
        Name: names.volume,
        Driver: 'local',
        Labels: { [labels.role]: 'store', [labels.owner]: 'golden-hour' },
        ...(storePath === null ? {} : { DriverOpts: { type: 'none', o: 'bind', device: storePath } }),
      }),
    );
    const created = await inspectVolume(docker, names.volume, signal);
    if (created === undefined) throw scriptFailed(`create the volume ${names.volume}`, 1, '');
    return hostPathOf(created);
  }

  async function createWorker(
    docker: DockerClient,
    name: string,
    role: 'helper' | 'worker',
    image: { readonly id: string; readonly grade: Grade },
    volumes: readonly string[],
    signal: AbortSignal,
  ): Promise<string> {
    const tmpfs = await maskedVolumes(docker, image.id, signal);
    const container = await docker.call(`create container ${name}`, { signal, timeoutMs: 30_000 }, (api, abortSignal) =>
      api.createContainer({
        abortSignal,
        name,
        Image: image.id,
        Labels: { [labels.role]: role, [labels.owner]: 'golden-hour', [gradeLabel]: image.grade },
        Entrypoint: ['sh', '-c', sleepForEver],
        Cmd: [],
        User: '0:0',
        WorkingDir: '/',
        StopSignal: 'SIGTERM',
        Healthcheck: { Test: ['NONE'] },
        HostConfig: {
          ...helperHostConfig,
          Tmpfs: { ...tmpfs, '/tmp': 'size=256m' },
          RestartPolicy: { Name: role === 'helper' ? 'unless-stopped' : 'no' },
          Mounts: [
            { Type: 'volume', Source: names.volume, Target: storeRoot },
            ...volumes.map((volume, index) => ({
              Type: 'volume' as const,
              Source: volume,
              Target: posix.join(plainRoot, String(index)),
              VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } },
            })),
          ],
        },
      }),
    );
    if (!(await startContainer(docker, container.id, signal))) {
      await removeContainer(docker, container.id, signal);
      throw scriptFailed(`start the container ${name}`, 1, '');
    }
    return container.id;
  }

  async function runIn(containerId: string, script: string, args: readonly string[], options: ScriptOptions) {
    return deps.docker().exec(
      containerId,
      {
        command: ['sh', '-c', script, 'sh', ...args],
        environment: {
          PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          ...(options.operationId === undefined ? {} : { GOLDEN_OPERATION: options.operationId }),
        },
        maxBytes: options.maxBytes ?? 4 * 1024 * 1024,
        ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
      },
      { signal: options.signal, timeoutMs: options.timeoutMs ?? 60_000 },
    );
  }

  function linesOf(result: { exitCode: number; stdout: string; stderr: string }, what: string): readonly string[] {
    if (result.exitCode !== 0) throw scriptFailed(what, result.exitCode, result.stderr);
    return result.stdout.split('\n').filter((line) => line !== '');
  }

  async function run(script: string, args: readonly string[], options: ScriptOptions): Promise<readonly string[]> {
    const known = await ensure(options.signal);
    try {
      return linesOf(await runIn(known.containerId, script, args, options), options.what);
    } catch (error) {
      if (!containerIsAway(error)) throw error;
      // Stopped or removed behind our back: the scripts have not begun.
      state = undefined;
      const fresh = await ensure(options.signal);
      return linesOf(await runIn(fresh.containerId, script, args, options), options.what);
    }
  }

  const workerName = (operationId: string): string => `${names.helper}-${operationId}`;

  return {
    get grade() {
      return state?.grade ?? 'basic';
    },
    ensure,
    run,
    exists: async (signal) => (await inspectVolume(deps.docker(), names.volume, signal)) !== undefined,
    async withVolumes(operationId, volumes, signal, body) {
      const known = await ensure(signal);
      const docker = deps.docker();
      await this.removeWorker(operationId, signal);
      const name = workerName(operationId);
      const image = { id: known.image, grade: known.grade };
      const id = await createWorker(docker, name, 'worker', image, volumes, signal);
      try {
        return await body({
          grade: known.grade,
          run: async (script, args, options) => linesOf(await runIn(id, script, args, options), options.what),
        });
      } finally {
        await removeContainer(docker, id, AbortSignal.timeout(30_000)).catch(() => undefined);
      }
    },
    async removeWorker(operationId, signal) {
      const found = await inspectContainer(deps.docker(), workerName(operationId), signal);
      if (found?.role === 'worker') await removeContainer(deps.docker(), found.id, signal);
    },
  };
}

function containerIsAway(error: unknown): boolean {
  return isMissing(error) || isConflict(error);
}
