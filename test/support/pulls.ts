import { systemClock } from '../../electron/engine/platform/clock.ts';
import { systemFiles } from '../../electron/engine/platform/files.ts';
import { runProcess } from '../../electron/engine/platform/processes.ts';
import type { DockerClient } from '../../electron/engine/providers/docker/client.ts';
import { type PullOutcome, pullImages, type WantedPull } from '../../electron/engine/providers/docker/pull-images.ts';
import type { StepPart } from '../../shared/contract/operations.ts';

/** Everything a pull told, for tests to look at. */
export interface WatchedPull {
  readonly log: string[];
  /** Each picture of the parts, in order. */
  readonly parts: (readonly StepPart[])[];
  /** The step's own sums, in order. */
  readonly sums: { readonly done: number; readonly total: number | null }[];
  run(wanted: readonly WantedPull[], signal?: AbortSignal): Promise<readonly PullOutcome[]>;
}

export interface WatchOptions {
  /** Over the process's own; by default there is no Docker configuration. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Pauses between attempts take no time. Default true. */
  readonly hurried?: boolean;
}

export function watchPull(client: DockerClient, options: WatchOptions = {}): WatchedPull {
  const log: string[] = [];
  const parts: (readonly StepPart[])[] = [];
  const sums: WatchedPull['sums'] = [];
  const clock = options.hurried === false ? systemClock : { ...systemClock, sleep: () => systemClock.sleep(20) };
  const environment = { ...process.env, DOCKER_CONFIG: '/nonexistent', ...options.environment };
  const progress = {
    progress: (done: number, total: number | null) => void sums.push({ done, total }),
    detail: () => undefined,
    log: (text: string) => void log.push(text),
    parts: (each: readonly StepPart[]) => void parts.push(each),
  };
  return {
    log,
    parts,
    sums,
    run: (wanted, signal = AbortSignal.timeout(120_000)) =>
      pullImages(
        { docker: () => client, clock, files: systemFiles, run: runProcess, environment },
        wanted,
        () => false,
        progress,
        signal,
      ),
  };
}
