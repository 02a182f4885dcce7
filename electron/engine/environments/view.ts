import type { EnvironmentView, InstanceView, ServiceView } from '../../../shared/contract/environments.ts';
import type { ComposeService } from '../../../shared/domain/compose-model.ts';
import { type HealthState, worstHealth } from '../../../shared/domain/health.ts';
import type { ContainerInfo, EnvironmentTarget } from '../providers/provider.ts';
import { instanceHealth } from './instance-health.ts';

export type Drift = Readonly<
  Record<string, { readonly drift: ServiceView['drift']; readonly reasons: readonly string[] }>
>;

/** When each thing got into the state it is in, as far as we have seen. */
export interface SinceBook {
  /** Returns since when `key` is in `state`, remembering a change as of `at`. */
  since(key: string, state: string, at: string): string;
}

export function createSinceBook(): SinceBook {
  const entries = new Map<string, { state: string; at: string }>();
  return {
    since(key, state, at) {
      const entry = entries.get(key);
      if (entry?.state === state) return entry.at;
      entries.set(key, { state, at });
      return at;
    },
  };
}

/** Worst first: what a service with several containers is called. */
const stateOrder = ['dead', 'restarting', 'exited', 'removing', 'created', 'paused', 'running'] as const;

export function instanceView(container: ContainerInfo, oneShot: boolean): InstanceView {
  const { health, reason } = instanceHealth(container, oneShot);
  return {
    containerId: container.id,
    containerName: container.name,
    number: container.number,
    state: container.state,
    health,
    reason,
    startedAt: container.startedAt,
    finishedAt: container.finishedAt,
    exitCode: container.exitCode,
    oomKilled: container.oomKilled,
    restarts: container.restarts,
    imageId: container.imageId,
    ports: container.ports.map((port) => ({ ...port })),
  };
}

function declaredPorts(service: ComposeService | undefined): ServiceView['ports'] {
  return (service?.ports ?? []).map((port) => ({
    hostIp: port.host_ip ?? null,
    hostPort: /^\d+$/.test(port.published ?? '') ? Number(port.published) : null,
    containerPort: port.target,
    protocol: port.protocol ?? 'tcp',
  }));
}

function declaredLimits(service: ComposeService | undefined): ServiceView['limits'] {
  const limits = service?.deploy?.resources?.limits;
  const cpus = Number(limits?.cpus ?? service?.cpus);
  const memory = Number(limits?.memory ?? service?.mem_limit);
  return { cpus: cpus > 0 ? cpus : null, memoryBytes: memory > 0 ? memory : null };
}

function serviceView(
  name: string,
  service: ComposeService | undefined,
  containers: readonly ContainerInfo[],
  context: {
    readonly oneShots: ReadonlySet<string>;
    readonly drift: Drift;
    readonly since: SinceBook;
    readonly environmentId: string;
    readonly now: string;
    readonly verdict: ViewInput['verdict'];
  },
): ServiceView {
  const oneShot = context.oneShots.has(name);
  const instances = containers.map((container) => instanceView(container, oneShot)).sort((a, b) => a.number - b.number);
  const first = containers[0];
  const byContainers = worstHealth(instances.map((instance) => instance.health));
  const state = stateOrder.find((each) => instances.some((instance) => instance.state === each)) ?? 'absent';
  const verdict = usable(context.verdict?.(context.environmentId, name), state);
  const health = verdict?.state ?? byContainers;
  const speaker = instances.find((instance) => instance.health === byContainers);
  const reason = verdict === undefined || verdict.state === byContainers ? (speaker?.reason ?? null) : null;
  const limits =
    first === undefined || (first.limits.cpus === null && first.limits.memoryBytes === null)
      ? declaredLimits(service)
      : first.limits;
  const drift = context.drift[name] ?? { drift: service === undefined ? 'extra' : 'unknown', reasons: [] };
  const seen = context.since.since(`${context.environmentId}/${name}`, health, context.now);
  const differs = context.since.since(`${context.environmentId}/${name} drift`, drift.drift, context.now);
  return {
    name,
    provider: 'docker',
    image: service?.image ?? first?.image ?? null,
    build: service?.build?.context ?? null,
    command: service?.command?.join(' ') ?? first?.command ?? null,
    state,
    health,
    reason: verdict?.reason ?? reason,
    since: instances.length === 0 ? null : verdict === undefined ? seen : new Date(verdict.since).toISOString(),
    instances,
    ports:
      first === undefined || first.ports.length === 0
        ? declaredPorts(service)
        : first.ports.map((port) => ({ ...port })),
    limits: { ...limits },
    hasHealthcheck:
      first === undefined
        ? service?.healthcheck !== undefined && service.healthcheck.disable !== true
        : first.health !== null,
    runsOnce: oneShot,
    dependsOn: Object.keys(service?.depends_on ?? {}),
    volumes: (service?.volumes ?? []).flatMap((mount) =>
      mount.type === 'volume' && mount.source !== undefined ? [mount.source] : [],
    ),
    drift: drift.drift,
    driftReasons: [...drift.reasons],
    driftSince: drift.drift === 'none' || drift.drift === 'unknown' ? null : differs,
  };
}

type Verdict = ReturnType<NonNullable<ViewInput['verdict']>>;

/**
 * What the watch concluded, where it fits what the engine says now: it may be a moment behind, and before its first look
 * it knows nothing.
 */
function usable(verdict: Verdict, state: ServiceView['state']): Verdict {
  if (verdict === undefined || verdict.state === 'unknown' || verdict.state === 'unreachable') return undefined;
  const runs = state === 'running' || state === 'restarting' || state === 'paused';
  const saysItRuns = !['stopped', 'down', 'flapping'].includes(verdict.state);
  if (runs && verdict.state === 'stopped') return undefined;
  return !runs && saysItRuns ? undefined : verdict;
}

export interface ViewInput {
  readonly row: {
    readonly id: string;
    readonly stackName: string;
    readonly name: string;
    readonly folder: string;
    readonly addedAt: string;
  };
  /** The last valid declaration; undefined when there never was one. */
  readonly target: EnvironmentTarget | undefined;
  readonly problems: EnvironmentView['problems'];
  /** Containers of the project; undefined while the engine has not been asked yet. */
  readonly containers: readonly ContainerInfo[] | undefined;
  readonly drift: Drift;
  readonly stale: boolean;
  readonly asOf: string;
  readonly branch: string | null;
  readonly undo: EnvironmentView['undo'];
  readonly since: SinceBook;
  readonly now: string;
  readonly verdict?: (
    environmentId: string,
    service: string,
  ) => { readonly state: HealthState; readonly since: number; readonly reason: string | null } | undefined;
}

/** Puts declaration and engine together into what a window shows. Pure but for the book of times. */
export function environmentView(input: ViewInput): EnvironmentView {
  const { row, target, containers } = input;
  const declared = target?.project.services ?? {};
  const byService = new Map<string, ContainerInfo[]>(Object.keys(declared).map((name) => [name, []]));
  for (const container of containers ?? []) {
    const list = byService.get(container.service);
    if (list === undefined) byService.set(container.service, [container]);
    else list.push(container);
  }
  const oneShots = new Set(
    Object.values(declared).flatMap((service) =>
      Object.entries(service.depends_on ?? {}).flatMap(([name, dependency]) =>
        dependency.condition === 'service_completed_successfully' ? [name] : [],
      ),
    ),
  );
  const context = {
    oneShots,
    drift: input.drift,
    since: input.since,
    environmentId: row.id,
    now: input.now,
    verdict: input.verdict,
  };
  const services = [...byService].map(([name, list]) => serviceView(name, declared[name], list, context));
  const summary = summarise(services, oneShots, input);
  return {
    id: row.id,
    stackName: row.stackName,
    name: row.name,
    class: target?.class ?? 'development',
    folder: row.folder,
    files: [...(target?.files ?? [])],
    projectName: target?.projectName ?? row.stackName,
    state: summary.state,
    health: summary.health,
    reason: summary.reason,
    since: services.length === 0 ? null : input.since.since(row.id, summary.health, input.now),
    services,
    stale: input.stale,
    asOf: input.asOf,
    problems: input.problems,
    branch: input.branch,
    undo: input.undo,
    addedAt: row.addedAt,
  };
}

function summarise(
  services: readonly ServiceView[],
  oneShots: ReadonlySet<string>,
  input: ViewInput,
): { readonly state: EnvironmentView['state']; readonly health: HealthState; readonly reason: string | null } {
  if (input.target === undefined && input.problems.length > 0 && services.length === 0) {
    return { state: 'invalid', health: 'unknown', reason: input.problems[0]?.message ?? null };
  }
  if (input.containers === undefined) return { state: 'unreachable', health: 'unreachable', reason: null };
  const up = services.filter(
    (service) => service.state === 'running' || service.state === 'paused' || service.state === 'restarting',
  );
  const finished = services.filter(
    (service) =>
      oneShots.has(service.name) &&
      service.state === 'exited' &&
      service.instances.every((instance) => instance.exitCode === 0),
  );
  const state = services.every((service) => service.state === 'absent')
    ? 'absent'
    : up.length === 0
      ? 'stopped'
      : up.length + finished.length === services.length
        ? 'running'
        : 'partial';
  // In a stack that is up, a service that is not there counts as down only if it failed; a stopped one is a choice.
  const health = worstHealth(services.map((service) => service.health));
  const speaker = services.find((service) => service.health === health && service.reason !== null);
  const loud =
    health === 'down' ||
    health === 'degraded' ||
    health === 'flapping' ||
    health === 'starting' ||
    health === 'suspect';
  return { state, health, reason: loud && speaker !== undefined ? `${speaker.name}: ${speaker.reason}` : null };
}
