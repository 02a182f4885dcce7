import type { OwnCause } from '../../../shared/domain/health-cause.ts';
import type { ContainerSignal, Observation } from '../../../shared/domain/health-types.ts';
import { instanceHealth } from '../environments/instance-health.ts';
import type { ContainerInfo, ReportedEvent } from '../providers/provider.ts';

/** What an engine's report means to the state machine; undefined when it means nothing. */
export function signalOf(
  event: ReportedEvent,
  container: ContainerInfo | undefined,
  { at, runsOnce, recovers }: { readonly at: number; readonly runsOnce: boolean; readonly recovers: boolean },
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
        willRestart: recovers || restartsItself(container?.restartPolicy ?? 'no', event.exitCode),
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
  return policy === 'on-failure' && exitCode !== 0;
}

/** Worst first: a service with several containers is as its worst one. */
const order: readonly Observation['container'][] = ['failed', 'restarting', 'paused', 'running', 'stopped', 'absent'];

/** What the containers of one service add up to. */
export function observationOf(containers: readonly ContainerInfo[], runsOnce: boolean, at: number): Observation {
  const seen = containers.map((container) => ({ container, state: stateOf(container, runsOnce) }));
  const worst = order.find((state) => seen.some((each) => each.state === state)) ?? 'absent';
  const speaker = seen.find((each) => each.state === worst)?.container;
  const health = seen.flatMap(({ container }) => (container.state === 'running' ? [container.health?.status] : []));
  return {
    kind: 'observed',
    at,
    container: worst,
    startedAt: worst === 'running' ? newest(seen.map(({ container }) => container.startedAt)) : null,
    healthcheck:
      (['unhealthy', 'starting', 'healthy'] as const).find((status) => health.some((each) => each === status)) ?? null,
    cause: worst === 'failed' && speaker !== undefined ? causeOf(speaker, at) : null,
  };
}

function stateOf(container: ContainerInfo, runsOnce: boolean): Observation['container'] {
  switch (container.state) {
    case 'running':
    case 'paused':
    case 'restarting':
      return container.state;
    case 'removing':
      return 'stopped';
    case 'created':
    case 'exited':
    case 'dead':
      return instanceHealth(container, runsOnce).health === 'down' ? 'failed' : 'stopped';
  }
}

function causeOf(container: ContainerInfo, now: number): OwnCause {
  const finished = container.finishedAt === null ? now : Date.parse(container.finishedAt);
  const common = { service: container.service, at: finished, detail: container.error };
  if (container.oomKilled) return { kind: 'oom', ...common, limitBytes: container.limits.memoryBytes };
  if (container.state === 'created') return { kind: 'start-failed', ...common };
  return { kind: 'exit', ...common, exitCode: container.exitCode };
}

function newest(times: readonly (string | null)[]): number | null {
  const known = times.flatMap((time) => (time === null ? [] : [Date.parse(time)]));
  return known.length === 0 ? null : Math.max(...known);
}

function lastLine(container: ContainerInfo | undefined): string | null {
  return container?.health?.lastOutput?.trim().split('\n').at(-1)?.slice(0, 300) ?? null;
}
