import { type AppError, toAppError } from '../../../../shared/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { EnvironmentTarget, GateResult, Progress, StackRuntime } from '../provider.ts';
import type { CurrentDocker } from './client.ts';
import { isMissing } from './client-errors.ts';
import { type Existing, listAll, mapLimited, projectContainers } from './containers.ts';
import { pauseContainer, unpauseContainer } from './containers-pause.ts';
import { dependenciesOf, inOrder, oneShots, selectServices } from './order.ts';
import { createChanges } from './runtime-changes.ts';
import { hookPending, type StartPlan, startServices, stopOne } from './runtime-start.ts';
import { type WaitDeps, waitForService } from './runtime-wait.ts';
import type { FileArchive } from './secrets.ts';
import { scaleOf } from './translate.ts';

export interface RuntimeDeps {
  readonly docker: CurrentDocker;
  readonly clock: Clock;
  /** Files to copy into a container before its first start. */
  readonly files: (target: EnvironmentTarget, serviceName: string) => Promise<readonly FileArchive[]>;
  readonly portTaken: (
    target: EnvironmentTarget,
    serviceName: string,
    said: string,
    signal: AbortSignal,
  ) => Promise<AppError>;
}

export function createStackRuntime(deps: RuntimeDeps): StackRuntime {
  const waiting = (): WaitDeps => ({ client: deps.docker(), clock: deps.clock });

  const current = async (
    target: Pick<EnvironmentTarget, 'projectName'>,
    signal: AbortSignal,
  ): Promise<readonly Existing[]> => {
    const client = deps.docker();
    const listed = await listAll(client, signal);
    return projectContainers(client, target.projectName, listed, signal);
  };

  return {
    async containers(target, signal) {
      return (await current(target, signal)).map((each) => each.info);
    },

    async start(target, services, progress, signal) {
      const order = selectServices(target.project, services);
      const existing = await current(target, signal);
      const plan: StartPlan = {
        order,
        start: runnable(target, order, existing, progress),
        restart: new Set(),
        containers: byService(existing.filter((each) => each.asideOf === null)),
        aside: new Map(),
        files: (name) => deps.files(target, name),
        portTaken: (name, said, stop) => deps.portTaken(target, name, said, stop),
      };
      await startServices(waiting(), target, plan, progress, signal);
    },

    async stop(target, services, progress, signal) {
      const existing = await current(target, signal);
      await stopInOrder(waiting(), target, existing, services, progress, signal);
    },

    async pause(containerIds, signal) {
      await mapLimited(containerIds, 32, (id) => pauseContainer(deps.docker(), id, signal));
    },

    async unpause(containerIds, signal) {
      await mapLimited(containerIds, 32, async (id) => {
        try {
          await unpauseContainer(deps.docker(), id, signal);
        } catch (error) {
          if (!isMissing(error)) throw error;
        }
      });
    },

    async waitHealthy(target, services, timeoutMs, progress, signal) {
      return waitHealthy(waiting(), target, services, timeoutMs, progress, signal);
    },
  };
}

/** Everything that has a container which is not running, or whose hooks are due. A one-shot runs when something that waits for it will start. */
function runnable(
  target: EnvironmentTarget,
  order: readonly string[],
  existing: readonly Existing[],
  progress: Progress,
): ReadonlySet<string> {
  const once = oneShots(target.project);
  const idle = order.filter((name) =>
    existing.some((each) => each.info.service === name && each.asideOf === null && each.info.state !== 'running'),
  );
  const start = new Set(idle.filter((name) => !once.has(name)));
  // From the end of the order, so that chains of one-shots are followed.
  for (const name of [...idle].reverse()) {
    if (!once.has(name)) continue;
    const waited = order.some((other) => start.has(other) && dependenciesOf(target.project, other).has(name));
    const mine = existing.filter((each) => each.info.service === name);
    const undone = mine.some((each) => each.info.exitCode !== 0);
    if (waited || undone) start.add(name);
  }
  for (const { info } of existing)
    if (order.includes(info.service) && hookPending(progress, info.id)) start.add(info.service);
  return start;
}

export function byService(existing: readonly Existing[]): ReadonlyMap<string, readonly Existing[]> {
  const map = new Map<string, Existing[]>();
  for (const each of existing) map.set(each.info.service, [...(map.get(each.info.service) ?? []), each]);
  return map;
}

/** Dependants first. Containers of services that left the file go with the first. */
export async function stopInOrder(
  deps: WaitDeps,
  target: Pick<EnvironmentTarget, 'project'>,
  existing: readonly Existing[],
  services: readonly string[] | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const wanted = existing.filter(
    (each) =>
      (services === undefined || services.includes(each.info.service)) &&
      !['created', 'exited', 'dead'].includes(each.info.state),
  );
  if (wanted.length === 0) return;
  const groups = byService(wanted);
  const dependants = new Map<string, string[]>();
  for (const name of groups.keys()) {
    for (const other of dependenciesOf(target.project, name).keys()) {
      dependants.set(other, [...(dependants.get(other) ?? []), name]);
    }
  }
  let done = 0;
  progress.progress(0, wanted.length, 'items');
  await inOrder(
    [...groups.keys()],
    (name) => dependants.get(name) ?? [],
    async (name, stop) => {
      progress.detail(`Stopping ${name}`);
      await Promise.all(
        (groups.get(name) ?? []).map(async (each) => {
          await stopOne(deps, target, each, stop, progress);
          done += 1;
          progress.progress(done, wanted.length, 'items');
        }),
      );
    },
    signal,
  );
}

/**
 * Waits until the services are up. Without a timeout the first failure ends the wait for all; with one everything that
 * fails until then is reported.
 */
export async function waitHealthy(
  deps: WaitDeps,
  target: EnvironmentTarget,
  services: readonly string[] | undefined,
  timeoutMs: number | undefined,
  progress: Progress,
  signal: AbortSignal,
  /** Ids of containers that do not count. */
  without: readonly string[] = [],
): Promise<GateResult & { readonly first: AppError | null }> {
  const names = selectServices(target.project, services).filter((name) => {
    const service = target.project.services[name];
    return service !== undefined && scaleOf(service) > 0;
  });
  const once = oneShots(target.project);
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const changes = createChanges(deps, target.projectName, both);
  const found = await projectContainers(deps.client, target.projectName, await listAll(deps.client, signal), signal);
  const counts = ({ asideOf, info }: Existing): boolean =>
    asideOf === null && info.state !== 'removing' && !without.includes(info.id);
  const groups = byService(found.filter(counts));
  const failures: { readonly text: string; readonly error: AppError }[] = [];
  let done = 0;
  progress.progress(0, names.length, 'items');
  await Promise.all(
    names.map(async (name) => {
      const goal = once.has(name) ? 'service_completed_successfully' : 'up';
      try {
        const waiting = { containers: groups.get(name) ?? [], changes, fresh: true, timeoutMs };
        await waitForService(deps, target, name, goal, waiting, progress, both);
      } catch (error) {
        if (stop.signal.aborted && !signal.aborted) return;
        if (signal.aborted) throw error;
        const failure = toAppError(error);
        // An engine that does not answer says nothing about the services.
        if (!['docker.container-exited', 'docker.unhealthy', 'docker.conflict'].includes(failure.code)) throw error;
        failures.push({ text: `${name}: ${failure.message}`, error: failure });
        if (timeoutMs === undefined) stop.abort();
        return;
      }
      done += 1;
      progress.progress(done, names.length, 'items');
    }),
  ).finally(() => stop.abort());
  return {
    passed: failures.length === 0,
    failures: failures.map((failure) => failure.text).sort(),
    first: failures[0]?.error ?? null,
  };
}
