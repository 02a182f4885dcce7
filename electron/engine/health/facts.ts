import type { OwnCause } from '../../../shared/domain/health-cause.ts';
import type { ContainerSignal, Observation } from '../../../shared/domain/health-types.ts';
import { instanceHealth } from '../environments/instance-health.ts';
import { type ContainerInfo, composeLabels, type ReportedEvent } from '../providers/provider.ts';
import type { ContainerEnd } from './container-trail.ts';

/** The containers that a service consists of: none that somebody runs a single command in (`docker compose run`). */
export function containersOf(containers: readonly ContainerInfo[], service: string): ContainerInfo[] {
  return containers.filter((each) => each.service === service && each.labels[composeLabels.oneoff] !== 'True');
}

/** What an engine's report means to the state machine; undefined when it means nothing. */
export function signalOf(
  event: ReportedEvent,
  container: ContainerInfo | undefined,
  {
    at,
    runsOnce,
    recovers,
    restart,
  }: {
    readonly at: number;
    readonly runsOnce: boolean;
    readonly recovers: boolean;
    /** What the files say of restarts, for a container that is not described yet. */
    readonly restart?: string | undefined;
  },
): ContainerSignal | undefined {
  const common = { kind: 'container', at } as const;
  switch (event.action) {
    case 'start':
    case 'restart':
    case 'oom':
    case 'pause':
    case 'unpause':
    case 'stop':
    case 'destroy':
      return { ...common, action: event.action };
    case 'kill':
      return event.signal === null ? undefined : { ...common, action: 'kill', signal: event.signal };
    case 'die':
      return {
        ...common,
        action: 'die',
        exitCode: event.exitCode,
        // The engine says so when it is asked for a description, a moment later.
        oomKilled: false,
        willRestart: recovers || restartsItself(container?.restartPolicy ?? restart ?? 'no', event.exitCode),
        runsOnce,
        limitBytes: container?.limits.memoryBytes ?? null,
        detail: null,
      };
    case 'health_status':
      if (event.status !== 'starting' && event.status !== 'healthy' && event.status !== 'unhealthy') return undefined;
      return { ...common, action: 'health_status', status: event.status, detail: lastLine(container) };
    default:
      return undefined;
  }
}

function restartsItself(policy: string, exitCode: number | null): boolean {
  if (policy === 'always' || policy === 'unless-stopped') return true;
  return policy.startsWith('on-failure') && exitCode !== 0;
}

/** Worst first: a service with several containers is as its worst one. */
const order: readonly Observation['container'][] = ['failed', 'restarting', 'paused', 'running', 'stopped', 'absent'];

/** How a container ended, where that is known; undefined: its description has to do. */
export type EndOf = (container: ContainerInfo) => ContainerEnd | undefined;

/** 128 + SIGINT and SIGTERM: how a process ends that was asked to, by whomever. */
const politely: ReadonlySet<number | null> = new Set([0, 130, 143]);

/** What the containers of one service add up to. */
export function observationOf(
  containers: readonly ContainerInfo[],
  runsOnce: boolean,
  at: number,
  endOf: EndOf = () => undefined,
): Observation {
  const seen = containers.map((container) => ({ container, state: stateOf(container, runsOnce, endOf(container)) }));
  const worst = order.find((state) => seen.some((each) => each.state === state)) ?? 'absent';
  const speaker = seen.find((each) => each.state === worst)?.container;
  const health = seen.flatMap(({ container, state }) => (state === 'running' ? [container.health?.status] : []));
  return {
    kind: 'observed',
    at,
    container: worst,
    startedAt: worst === 'running' ? newest(seen.map(({ container }) => container.startedAt)) : null,
    healthcheck:
      (['unhealthy', 'starting', 'healthy'] as const).find((status) => health.some((each) => each === status)) ?? null,
    cause: worst === 'failed' && speaker !== undefined ? causeOf(speaker, at, endOf(speaker), containers.length) : null,
  };
}

/** A description that says it runs is older than the report of its end, unless it was started after that. */
export function isStale(container: ContainerInfo, end: ContainerEnd | undefined): boolean {
  return end !== undefined && (container.startedAt === null || Date.parse(container.startedAt) <= end.at);
}

function stateOf(container: ContainerInfo, runsOnce: boolean, end: ContainerEnd | undefined): Observation['container'] {
  switch (container.state) {
    case 'restarting':
      return container.state;
    case 'running':
    case 'paused':
      if (end === undefined || !isStale(container, end)) return container.state;
      return endedState(end, container);
    case 'removing':
      return 'stopped';
    case 'created':
    case 'exited':
    case 'dead':
      if (end !== undefined && container.state !== 'created' && isStale(container, end))
        return endedState(end, container);
      return instanceHealth(container, runsOnce).health === 'down' ? 'failed' : 'stopped';
  }
}

function endedState(end: ContainerEnd, container: ContainerInfo): Observation['container'] {
  if (container.oomKilled) return 'failed';
  return end.asked || politely.has(end.exitCode) ? 'stopped' : 'failed';
}

function causeOf(container: ContainerInfo, now: number, end: ContainerEnd | undefined, count: number): OwnCause {
  const finished = end?.at ?? (container.finishedAt === null ? now : Date.parse(container.finishedAt));
  const which = count > 1 ? `${container.name}, one of ${count} containers` : null;
  const detail = which === null ? container.error : [container.error, which].filter(Boolean).join(' – ');
  const common = { service: container.service, at: finished, detail };
  if (container.oomKilled) return { kind: 'oom', ...common, limitBytes: container.limits.memoryBytes };
  if (container.state === 'created') return { kind: 'start-failed', ...common };
  const exitCode = end?.exitCode ?? container.exitCode;
  if (exitCode === 137) return { kind: 'killed', ...common, signal: 'SIGKILL' };
  return { kind: 'exit', ...common, exitCode };
}

function newest(times: readonly (string | null)[]): number | null {
  const known = times.flatMap((time) => (time === null ? [] : [Date.parse(time)]));
  return known.length === 0 ? null : Math.max(...known);
}

function lastLine(container: ContainerInfo | undefined): string | null {
  return container?.health?.lastOutput?.trim().split('\n').at(-1)?.slice(0, 300) ?? null;
}
