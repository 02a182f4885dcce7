import type { ComposeDependency } from '../../../../shared/domain/compose-model.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { EnvironmentTarget, Progress } from '../provider.ts';
import { isConflict, isMissing } from './client-errors.ts';
import { type Existing, putFiles, startContainer, stopContainer } from './containers.ts';
import { unpauseContainer } from './containers-pause.ts';
import { deviceMissing } from './devices-missing.ts';
import { runHooks } from './hooks.ts';
import { dependenciesOf, inOrder } from './order.ts';
import { createChanges } from './runtime-changes.ts';
import { createPrecedence } from './runtime-precedence.ts';
import { graceSeconds } from './runtime-verdict.ts';
import { type WaitDeps, waitForService } from './runtime-wait.ts';
import type { FileArchive } from './secrets.ts';
import { scaleOf } from './translate.ts';

export interface StartPlan {
  /** In dependency order. */
  readonly order: readonly string[];
  /** The services that have something to start. */
  readonly start: ReadonlySet<string>;
  /** Running services to be stopped first. */
  readonly restart: ReadonlySet<string>;
  /** Current containers by service. */
  readonly containers: ReadonlyMap<string, readonly Existing[]>;
  /** Containers that were set aside and give way to a successor, by service. */
  readonly aside: ReadonlyMap<string, readonly Existing[]>;
  /** Called before a container's very first start: the files to copy in, if any. */
  readonly files: (serviceName: string) => Promise<readonly FileArchive[]>;
  /** Says who holds the port when the engine reports it taken. */
  readonly portTaken: (serviceName: string, said: string, signal: AbortSignal) => Promise<AppError>;
}

/** Starts services in dependency order, honouring the conditions; independent ones side by side. */
export async function startServices(
  deps: WaitDeps,
  target: EnvironmentTarget,
  plan: StartPlan,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const total = plan.order.filter((name) => plan.start.has(name)).length;
  let done = 0;
  if (total > 0) progress.progress(0, total, 'items');
  // Several services that wait for the same thing wait together.
  const waits = new Map<string, Promise<void>>();
  const watching = new AbortController();
  const changes = createChanges(deps, target.projectName, AbortSignal.any([signal, watching.signal]));
  const met = (other: string, condition: ComposeDependency['condition'], stop: AbortSignal): Promise<void> => {
    const key = `${condition} ${other}`;
    const containers = plan.containers.get(other) ?? [];
    const wait =
      waits.get(key) ?? waitForService(deps, target, other, condition, { containers, changes }, progress, stop);
    waits.set(key, wait);
    return wait;
  };
  const inTurn = createPrecedence(target, plan.start, deps.clock);
  await inOrder(
    plan.order,
    (name) => dependenciesOf(target.project, name).keys(),
    async (name, stop) => {
      if (!plan.start.has(name)) return;
      await waitForDependencies(
        target,
        name,
        plan.order,
        (other, condition) => met(other, condition, stop),
        progress,
        stop,
      );
      progress.detail(`Starting ${name}`);
      for (const old of plan.aside.get(name) ?? []) await stopOne(deps, target, old, stop, progress);
      for (const each of plan.containers.get(name) ?? []) {
        if (plan.restart.has(name)) await stopOne(deps, target, each, stop, progress);
        await startOne(deps, target, name, each, plan, inTurn, progress, stop);
      }
      done += 1;
      progress.progress(done, total, 'items');
    },
    signal,
  ).finally(() => watching.abort());
}

type Met = (other: string, condition: ComposeDependency['condition']) => Promise<void>;

async function waitForDependencies(
  target: EnvironmentTarget,
  name: string,
  order: readonly string[],
  met: Met,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const waits = [...dependenciesOf(target.project, name)]
    .filter(([other, dependency]) => order.includes(other) && dependency.condition !== 'service_started')
    .map(([other, dependency]) => waitForDependency(target, other, dependency, met, progress, signal));
  await Promise.all(waits);
}

async function waitForDependency(
  target: EnvironmentTarget,
  other: string,
  dependency: ComposeDependency,
  met: Met,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const service = target.project.services[other];
  if (service === undefined || scaleOf(service) === 0) return;
  try {
    await met(other, dependency.condition);
  } catch (error) {
    if (dependency.required || signal.aborted || !(error instanceof AppError)) throw error;
    if (error.code !== 'docker.container-exited' && error.code !== 'docker.unhealthy') throw error;
    progress.log(`${error.message} It is not required; going on without it.`);
  }
}

async function startOne(
  deps: WaitDeps,
  target: EnvironmentTarget,
  serviceName: string,
  { info }: Existing,
  plan: StartPlan,
  inTurn: ReturnType<typeof createPrecedence>,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const hooks = target.project.services[serviceName]?.post_start;
  const hook = async (): Promise<void> => {
    if (hooks === undefined || hooks.length === 0) return;
    await runHooks(deps.client, 'post_start', info, hooks, (line) => progress.log(line), signal);
    progress.note?.(`hooked ${info.id}`);
  };
  if (info.state === 'paused') return unpauseContainer(deps.client, info.id, signal);
  if (info.state === 'running' && !plan.restart.has(serviceName)) {
    if (hookPending(progress, info.id)) await hook();
    return;
  }
  if (info.state === 'created') {
    for (const archive of await plan.files(serviceName)) {
      await putFiles(deps.client, info.id, info.name, archive, signal);
    }
  }
  if (hooks !== undefined && hooks.length > 0) progress.note?.(`starting ${info.id}`);
  try {
    await inTurn(serviceName, () => startContainer(deps.client, info.id, info.name, signal), signal);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'docker.refused') throw error;
    const said = String(error.details?.['message'] ?? error.message);
    if (/port is already allocated|address already in use/i.test(said))
      throw await plan.portTaken(serviceName, said, signal);
    throw deviceMissing(target, serviceName, said) ?? error;
  }
  await hook();
}

/** This step started it in an earlier life, which ended before its hooks did: they run, perhaps again. */
export function hookPending(progress: Pick<Progress, 'noted'>, containerId: string): boolean {
  return progress.noted?.(`starting ${containerId}`) === true && progress.noted(`hooked ${containerId}`) === false;
}

export async function stopOne(
  deps: Pick<WaitDeps, 'client'>,
  target: Pick<EnvironmentTarget, 'project'> | undefined,
  existing: Existing,
  signal: AbortSignal,
  progress?: Pick<Progress, 'log'>,
): Promise<void> {
  const { info } = existing;
  if (info.state === 'created' || info.state === 'exited' || info.state === 'dead') return;
  // A paused process gets no signal; it would be killed after its whole grace period.
  if (info.state === 'paused') await unpauseContainer(deps.client, info.id, signal);
  const hooks = target?.project.services[info.service]?.pre_stop;
  try {
    await runHooks(deps.client, 'pre_stop', info, hooks, (line) => progress?.log(line), signal);
  } catch (error) {
    // It stopped by itself, or keeps starting and failing: there is nothing to run the hook in.
    if (!isMissing(error) && !isConflict(error)) throw error;
  }
  const grace = graceSeconds(target?.project.services[info.service], existing);
  await stopContainer(deps.client, info.id, info.name, grace, signal);
}
