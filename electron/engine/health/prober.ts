import type { ProbeOutcome } from '../../../shared/contract/health.ts';
import type { Probe } from '../../../shared/domain/checks.ts';
import type { ProbeResult, ServiceHealth } from '../../../shared/domain/health-types.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { Dial } from '../platform/network.ts';
import type { RunProcess } from '../platform/processes.ts';
import type { CurrentDocker } from '../providers/docker/client.ts';
import type { ContainerInfo, EnvironmentTarget } from '../providers/provider.ts';
import { containersOf } from './facts.ts';
import { type ProbeTarget, runProbe } from './probes/run-probe.ts';
import { addressOf, amqpLogin, type EngineReach, postgresLogin, probePort } from './reach.ts';

const outputBytes = 64 * 1024;
/** At once, over all environments: a machine that wakes up has everything due in the same moment. */
const concurrency = 16;

export interface ProberDeps {
  readonly clock: Clock;
  readonly dial: Dial;
  readonly runProcess: RunProcess;
  readonly docker: CurrentDocker;
  readonly reach: () => EngineReach;
  readonly environment: Readonly<Record<string, string>>;
  readonly containers: (projectName: string) => readonly ContainerInfo[];
  /** Commands on the host run only where the user allowed exactly them. */
  readonly allowed: (environmentId: string, folder: string, command: readonly string[]) => boolean;
}

/** Why a probe that is wanted is not made. Its service goes by its containers and their HEALTHCHECK meanwhile. */
export const noWay = {
  notAllowed: 'Its command runs on this machine, and nobody has allowed that yet.',
  unreachable: 'Its port cannot be reached from here. Publish the port.',
} as const;

export interface ProbeJob {
  readonly target: EnvironmentTarget;
  readonly service: string;
  readonly probe: Probe | null;
  readonly health: ServiceHealth;
  readonly timeoutMs: number;
}

export interface Prober {
  /** Probes in the background unless it is at that service already; false when it is, or too much is under way. */
  start(job: ProbeJob, done: (result: ProbeResult, outcome: ProbeOutcome) => void, signal: AbortSignal): boolean;
  /** Out of turn, for somebody who waits. */
  once(job: Omit<ProbeJob, 'health'>, signal: AbortSignal): Promise<ProbeOutcome>;
  /** `127.0.0.1:5432`, `in shop-db-1`; null while there is no way. */
  describe(target: EnvironmentTarget, service: string, probe: Probe | null): string | null;
  /** Why the probe is not made though its service runs; null when it is. */
  obstacle(target: EnvironmentTarget, service: string, probe: Probe | null): string | null;
}

export function createProber(deps: ProberDeps): Prober {
  const under = new Set<string>();

  const running = (target: EnvironmentTarget, service: string): ContainerInfo[] =>
    containersOf(deps.containers(target.projectName), service)
      .filter((each) => each.state === 'running')
      .sort((a, b) => a.number - b.number);

  const onHost = (probe: Probe): boolean => probe.command?.in === 'host';

  /** The words say why there is no way to ask: that tells nothing about the service. */
  function targetOf(
    target: EnvironmentTarget,
    service: string,
    probe: Probe,
    container: ContainerInfo,
    trouble: (error: unknown) => void,
  ): ProbeTarget | string {
    const declared = target.project.services[service];
    if (probe.command !== undefined) {
      if (!onHost(probe))
        return {
          run: (command, options) =>
            deps
              .docker()
              .exec(container.id, { command, maxBytes: outputBytes }, options)
              .catch((error: unknown) => {
                if (isEngineTrouble(error)) trouble(error);
                throw error;
              }),
        };
      if (!deps.allowed(target.id, target.folder, probe.command.run)) return noWay.notAllowed;
      return {
        run: (command, options) =>
          deps.runProcess(command[0] ?? '', command.slice(1), {
            ...options,
            folder: target.folder,
            environment: deps.environment,
            maxBytes: outputBytes,
          }),
      };
    }
    const address = addressOf(container, probePort(probe) ?? 0, deps.reach());
    if (address === undefined) return noWay.unreachable;
    const amqp = probe.amqp === undefined ? undefined : amqpLogin(declared);
    return {
      address,
      postgres: postgresLogin(declared),
      ...(amqp === undefined ? {} : { amqp }),
    };
  }

  const answer = (ok: boolean, detail: string | null): ProbeOutcome => ({
    at: deps.clock.now().getTime(),
    ok,
    latencyMs: null,
    detail,
  });

  /** Every container of the service is asked: the worst answer is the service's. Throws when there is none to be had. */
  async function ask(
    job: Omit<ProbeJob, 'health'> & Partial<Pick<ProbeJob, 'health'>>,
    signal: AbortSignal,
  ): Promise<ProbeOutcome> {
    const { target, service, probe, timeoutMs } = job;
    const containers = running(target, service);
    // Its end was reported, and its description may be a moment older.
    const ended = job.health?.container === 'stopped';
    if (containers.length === 0 || (ended && probe === null)) return answer(false, 'It does not run.');
    if (job.health?.container === 'failed' || job.health?.container === 'restarting')
      return answer(false, 'One of its containers does not run.');
    // A command on this machine asks the service, not one of its containers.
    const asked = probe !== null && onHost(probe) ? containers.slice(0, 1) : containers;
    let trouble: unknown;
    const ways =
      probe === null
        ? []
        : asked.map((container) => ({
            container,
            way: targetOf(target, service, probe, container, (error) => {
              trouble = error;
            }),
          }));
    const blocked = ways.find(({ way }) => typeof way === 'string')?.way;
    // Whoever tries a probe wants to know that it cannot be made.
    if (typeof blocked === 'string' && job.health === undefined) return answer(false, blocked);
    const open = ways.flatMap(({ container, way }) => (typeof way === 'string' ? [] : [{ container, way }]));
    if (probe === null || open.length === 0) {
      const sick = containers.find((each) => each.health?.status === 'unhealthy');
      return answer(sick === undefined, sick === undefined ? null : 'Its HEALTHCHECK says unhealthy.');
    }
    const answers = await Promise.all(
      open.map(async ({ container, way }) => {
        const each = await runProbe(deps, probe, way, { signal, timeoutMs });
        return open.length === 1 ? each : { ...each, detail: `${container.name}: ${each.detail}` };
      }),
    );
    if (trouble !== undefined) throw trouble;
    const failed = answers.find((each) => !each.ok);
    const slowest = Math.max(...answers.map((each) => each.latencyMs ?? 0));
    const { ok, latencyMs, detail } = failed ?? { ok: true, latencyMs: slowest, detail: answers[0]?.detail ?? null };
    return { ...answer(ok, detail), latencyMs };
  }

  return {
    start(job, done, signal) {
      const key = `${job.target.id}/${job.service}`;
      if (under.has(key) || under.size >= concurrency) return false;
      under.add(key);
      const startedAt = deps.clock.now().getTime();
      const { epoch } = job.health;
      ask(job, signal)
        .then(
          (outcome) => {
            under.delete(key);
            const { at, ok, latencyMs, detail } = outcome;
            done({ kind: 'probe', at, startedAt, epoch, probe: 'liveness', ok, latencyMs, detail }, outcome);
          },
          // Called off, or the engine is in trouble: that says nothing about the service.
          () => void under.delete(key),
        )
        // What a listener throws must not end the watch.
        .catch((error: unknown) => console.error('health: a result could not be taken in:', error));
      return true;
    },
    once: ({ target, service, probe, timeoutMs }, signal) => ask({ target, service, probe, timeoutMs }, signal),
    describe(target, service, probe) {
      const [container] = running(target, service);
      if (container === undefined || probe === null) return null;
      if (probe.command !== undefined) return probe.command.in === 'host' ? 'on this machine' : `in ${container.name}`;
      const address = addressOf(container, probePort(probe) ?? 0, deps.reach());
      return address === undefined ? null : `${address.host}:${address.port}`;
    },
    obstacle(target, service, probe) {
      const [container] = running(target, service);
      if (container === undefined || probe === null) return null;
      const way = targetOf(target, service, probe, container, () => undefined);
      return typeof way === 'string' ? way : null;
    },
  };
}

/** The engine did not carry the command out; that it refused to, since the container has ended, is an answer. */
function isEngineTrouble(error: unknown): boolean {
  const troubles = ['docker.not-found', 'docker.denied', 'docker.not-responding', 'docker.gone'];
  return error instanceof AppError && troubles.includes(error.code);
}
