import type { ComposeDependency, ComposeService } from '../../../../shared/domain/compose-model.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { Existing } from './containers.ts';
import { restartPolicy } from './translate.ts';
import { milliseconds } from './translate-values.ts';

/** What a container must reach: a `depends_on` condition, or being up as its own service would have it. */
export type Goal = ComposeDependency['condition'] | 'up';

export type Verdict =
  | { readonly kind: 'passed' }
  /** Not yet; `why` is what to show meanwhile. */
  | { readonly kind: 'waiting'; readonly why: string }
  /** Running without a health check: good once it has stayed up for a moment. */
  | { readonly kind: 'settling' }
  | { readonly kind: 'failed'; readonly error: AppError };

const passed: Verdict = { kind: 'passed' };

/** Judges one container by its last inspection. Pure. */
export function judge(serviceName: string, service: ComposeService, existing: Existing, goal: Goal): Verdict {
  const { info } = existing;
  if (goal === 'service_completed_successfully') {
    if (info.state !== 'exited' && info.state !== 'dead') return { kind: 'waiting', why: `${serviceName} is running` };
    return info.exitCode === 0 ? passed : { kind: 'failed', error: exited(serviceName, existing) };
  }
  if (goal === 'service_started' && info.startedAt !== null && info.state !== 'created') return passed;
  switch (info.state) {
    case 'running':
      break;
    case 'paused':
      return goal === 'up' ? { kind: 'waiting', why: `${serviceName} is paused` } : passed;
    case 'exited':
    case 'dead': {
      const policy = restartPolicy(service)?.Name ?? 'no';
      // A job that nobody restarts has done its work.
      if (goal === 'up' && info.exitCode === 0 && (policy === 'no' || policy === 'on-failure')) return passed;
      return { kind: 'failed', error: exited(serviceName, existing) };
    }
    case 'restarting':
      return { kind: 'waiting', why: `${serviceName} keeps ending with exit code ${info.exitCode ?? '?'}` };
    default:
      return { kind: 'waiting', why: `${serviceName} is ${info.state}` };
  }
  if (info.health === null) {
    if (goal !== 'service_healthy') return { kind: 'settling' };
    return { kind: 'failed', error: withoutHealthcheck(serviceName, existing) };
  }
  switch (info.health.status) {
    case 'healthy':
      return passed;
    case 'unhealthy':
      return { kind: 'failed', error: unhealthy(serviceName, existing) };
    default: {
      const said = lastLine(info.health.lastOutput);
      return { kind: 'waiting', why: `${serviceName} is starting${said === null ? '' : `: ${said}`}` };
    }
  }
}

function exited(serviceName: string, { info }: Existing): AppError {
  const how = info.oomKilled
    ? 'was killed because it used more memory than its limit'
    : `ended with exit code ${info.exitCode ?? '?'}`;
  const why = info.error === null ? '' : `: ${info.error}`;
  return new AppError({
    code: 'docker.container-exited',
    message: `${serviceName} ${how}${why}.`,
    remedy: info.oomKilled
      ? `Raise the memory limit of ${serviceName}, or make it use less.`
      : `Read the last lines of its log, correct ${serviceName}, and start again.`,
    details: {
      service: serviceName,
      container: info.name,
      containerId: info.id,
      exitCode: info.exitCode,
      oomKilled: info.oomKilled,
    },
  });
}

function unhealthy(serviceName: string, { info }: Existing): AppError {
  const said = lastLine(info.health?.lastOutput ?? null);
  return new AppError({
    code: 'docker.unhealthy',
    message: `${serviceName} is unhealthy${said === null ? '' : `: ${said}`}.`,
    remedy: `Look at the log of ${serviceName}; its health check failed ${info.health?.failingStreak ?? 0} times.`,
    details: {
      service: serviceName,
      container: info.name,
      containerId: info.id,
      output: info.health?.lastOutput ?? null,
      failingStreak: info.health?.failingStreak ?? 0,
    },
  });
}

function withoutHealthcheck(serviceName: string, { info }: Existing): AppError {
  return new AppError({
    code: 'docker.unhealthy',
    message: `${serviceName} has no health check, but another service waits for it to be healthy.`,
    remedy: `Give ${serviceName} a healthcheck, or wait for service_started instead.`,
    details: { service: serviceName, container: info.name, containerId: info.id },
  });
}

function lastLine(output: string | null): string | null {
  const lines = (output ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.at(-1)?.slice(0, 300) ?? null;
}

/**
 * How long a container may take to become healthy before something is wrong with the engine rather than with it: by then
 * its health check has given a verdict.
 */
export function healthDeadlineMs(existing: Existing): number {
  const check = existing.detail.Config.Healthcheck ?? {};
  const ms = (field: string, fallback: number): number => {
    const value = check[field];
    return typeof value === 'number' && value > 0 ? value / 1e6 : fallback;
  };
  const retries = typeof check['Retries'] === 'number' && check['Retries'] > 0 ? check['Retries'] : 3;
  return ms('StartPeriod', 0) + (ms('Interval', 30_000) + ms('Timeout', 30_000)) * (retries + 2) + 60_000;
}

/** The declared grace period in seconds, for engines that do not show the container's own. */
export function graceSeconds(service: ComposeService | undefined, existing: Existing): number {
  const own = existing.detail.Config.StopTimeout;
  if (typeof own === 'number') return own;
  return Math.ceil(milliseconds(service?.stop_grace_period, 10_000) / 1000);
}
