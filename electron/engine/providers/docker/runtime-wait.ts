import { AppError } from '../../../../shared/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { EnvironmentTarget, Progress } from '../provider.ts';
import type { DockerClient } from './client.ts';
import { describe, type Existing, listAll, projectContainers } from './containers.ts';
import { lastLines } from './containers-log.ts';
import { type Goal, healthDeadlineMs, judge, type Verdict } from './runtime-verdict.ts';
import { scaleOf } from './translate.ts';

/** A container without a health check counts as up after it ran this long without ending. */
const settleMs = 500;
const firstLookMs = 50;
const slowestLookMs = 500;

export interface WaitDeps {
  readonly client: DockerClient;
  readonly clock: Clock;
}

/**
 * Waits until all containers of a service reach the goal. Throws `docker.container-exited` with the last log lines,
 * `docker.unhealthy` with the last probe's output, or `operation.timeout`.
 */
export async function waitForService(
  deps: WaitDeps,
  target: EnvironmentTarget,
  serviceName: string,
  goal: Goal,
  progress: Pick<Progress, 'detail'>,
  signal: AbortSignal,
  timeoutMs?: number,
): Promise<void> {
  const service = target.project.services[serviceName];
  if (service === undefined || scaleOf(service) === 0) return;
  const ids = await serviceContainerIds(deps.client, target, serviceName, signal);
  if (ids.length === 0) throw missing(serviceName);
  const began = deps.clock.monotonic();
  const steadySince = new Map<string, { readonly start: string; readonly at: number }>();
  let lookMs = firstLookMs;
  for (;;) {
    const looks = await Promise.all(ids.map((id) => describe(deps.client, id, signal)));
    let open: string | undefined;
    let deadline = timeoutMs ?? 0;
    for (const look of looks) {
      if (look === undefined) throw missing(serviceName);
      if (timeoutMs === undefined) deadline = Math.max(deadline, healthDeadlineMs(look));
      const verdict = settled(judge(serviceName, service, look, goal), look, steadySince, deps.clock);
      if (verdict.kind === 'failed') throw await withLog(deps.client, verdict.error, look, signal);
      if (verdict.kind === 'waiting') open = verdict.why;
      else if (verdict.kind === 'settling') open = `${serviceName} is starting`;
    }
    if (open === undefined) return;
    // A one-shot may take as long as it takes: only the user or a given timeout ends that wait.
    const unlimited = goal === 'service_completed_successfully' && timeoutMs === undefined;
    if (!unlimited && deps.clock.monotonic() - began > deadline) throw timedOut(serviceName, open, deadline);
    progress.detail(open);
    await deps.clock.sleep(lookMs, signal);
    lookMs = Math.min(lookMs * 1.5, slowestLookMs);
  }
}

function settled(
  verdict: Verdict,
  look: Existing,
  steadySince: Map<string, { readonly start: string; readonly at: number }>,
  clock: Clock,
): Verdict {
  if (verdict.kind !== 'settling') return verdict;
  const start = `${look.info.startedAt}/${look.info.restarts}`;
  const seen = steadySince.get(look.info.id);
  if (seen?.start !== start) {
    steadySince.set(look.info.id, { start, at: clock.monotonic() });
    // Already running for a while by its own account: nothing to wait for.
    const age = look.info.startedAt === null ? 0 : clock.now().getTime() - Date.parse(look.info.startedAt);
    return age > 10_000 ? { kind: 'passed' } : verdict;
  }
  return clock.monotonic() - seen.at >= settleMs ? { kind: 'passed' } : verdict;
}

/** Ids of a service's containers, without those set aside. */
export async function serviceContainerIds(
  client: DockerClient,
  target: Pick<EnvironmentTarget, 'projectName'>,
  serviceName: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const listed = await listAll(client, signal);
  const mine = listed.filter((each) => each.service === serviceName);
  const found = await projectContainers(client, target.projectName, mine, signal);
  return found.filter((each) => each.asideOf === null && each.info.state !== 'removing').map((each) => each.info.id);
}

/** Adds the last lines of the container's log, which mostly say why. */
export async function withLog(
  client: DockerClient,
  error: AppError,
  { info }: Pick<Existing, 'info'>,
  signal: AbortSignal,
): Promise<AppError> {
  const lines = await lastLines(client, info.id, 20, signal);
  const last = lines.at(-1);
  const telling = error.code === 'docker.container-exited' && last !== undefined;
  return new AppError(
    {
      code: error.code,
      message: telling ? `${error.message.replace(/\.$/, '')}: ${last.trim().slice(0, 300)}` : error.message,
      remedy: error.remedy,
      details: { ...error.details, log: lines },
    },
    { cause: error },
  );
}

function missing(serviceName: string): AppError {
  return new AppError({
    code: 'docker.conflict',
    message: `${serviceName} has no container.`,
    remedy: 'Start the stack again: it creates what is missing.',
    details: { service: serviceName },
  });
}

function timedOut(serviceName: string, why: string, ms: number): AppError {
  return new AppError({
    code: 'docker.unhealthy',
    message: `${serviceName} was not ready within ${Math.round(ms / 1000)} s: ${why}.`,
    remedy: `Look at the log of ${serviceName}.`,
    details: { service: serviceName, timeoutMs: ms },
  });
}
