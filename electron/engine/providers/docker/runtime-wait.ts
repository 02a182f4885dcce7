import { AppError } from '../../../../shared/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { EnvironmentTarget, Progress } from '../provider.ts';
import type { DockerClient } from './client.ts';
import { describe, type Existing } from './containers.ts';
import { lastLines } from './containers-log.ts';
import { isLocal } from './plan-state.ts';
import type { Changes } from './runtime-changes.ts';
import { settleMs, settlingFor } from './runtime-settle.ts';
import { type Goal, healthDeadlineMs, judge } from './runtime-verdict.ts';
import { scaleOf } from './translate.ts';

const firstLookMs = 50;
/** Without events, and for what has none: the words of a failing health check. */
const slowestLookMs = 500;

export interface WaitDeps {
  readonly client: DockerClient;
  readonly clock: Clock;
}

export interface Waiting {
  /** The service's containers, without those set aside. */
  readonly containers: readonly Existing[];
  readonly changes: Changes;
  /** `containers` is what they are now, so that the first look need not ask. */
  readonly fresh?: boolean;
  /** Ends the wait for everything, one-shots too. Default: when its health check must have given a verdict. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Waits until all containers of a service reach the goal. Throws `docker.container-exited` with the last log lines,
 * `docker.unhealthy` with the last probe's output or when the time is over.
 */
export async function waitForService(
  deps: WaitDeps,
  target: Pick<EnvironmentTarget, 'project'>,
  serviceName: string,
  goal: Goal,
  { containers, changes, fresh = false, timeoutMs }: Waiting,
  progress: Pick<Progress, 'detail'>,
  signal: AbortSignal,
): Promise<void> {
  const { client, clock } = deps;
  const service = target.project.services[serviceName];
  if (service === undefined || scaleOf(service) === 0) return;
  const ids = containers.map((each) => each.info.id);
  if (ids.length === 0) throw missing(serviceName);
  const began = clock.monotonic();
  const steady = settlingFor(clock, isLocal(client));
  let looks: readonly (Existing | undefined)[] | undefined = fresh ? containers : undefined;
  for (let lookMs = firstLookMs; ; lookMs = Math.min(lookMs * 1.5, slowestLookMs)) {
    const mark = changes.mark();
    looks ??= await Promise.all(ids.map((id) => describe(client, id, signal)));
    let open: string | undefined;
    let deadline = timeoutMs ?? 0;
    let againMs: number | undefined;
    for (const look of looks) {
      if (look === undefined) throw missing(serviceName);
      if (timeoutMs === undefined) deadline = Math.max(deadline, healthDeadlineMs(look));
      const verdict = judge(serviceName, service, look, goal);
      if (verdict.kind === 'failed') throw await withLog(client, verdict.error, look, signal);
      if (verdict.kind === 'waiting') {
        open = verdict.why;
        againMs = Math.min(againMs ?? slowestLookMs, slowestLookMs);
      } else if (verdict.kind === 'settling') {
        const left = steady(look);
        if (left <= 0) continue;
        open ??= `${serviceName} is starting`;
        againMs = Math.min(againMs ?? settleMs, left);
      }
    }
    if (open === undefined) return;
    // A one-shot may take as long as it takes: only the user or a given timeout ends that wait.
    const unlimited = goal === 'service_completed_successfully' && timeoutMs === undefined;
    if (!unlimited && clock.monotonic() - began > deadline) throw timedOut(serviceName, open, deadline);
    progress.detail(open);
    const heard = againMs ?? slowestLookMs;
    await changes.next(ids, mark, { heard, unheard: Math.min(lookMs, heard) });
    signal.throwIfAborted();
    looks = undefined;
  }
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
