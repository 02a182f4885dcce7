import type { ProbeOutcome } from '../../../shared/contract/health.ts';
import type { Probe } from '../../../shared/domain/checks.ts';
import type { ProbeResult, ServiceHealth } from '../../../shared/domain/health-types.ts';
import type { Clock } from '../platform/clock.ts';
import type { Dial } from '../platform/network.ts';
import type { RunProcess } from '../platform/processes.ts';
import type { CurrentDocker } from '../providers/docker/client.ts';
import type { ContainerInfo, EnvironmentTarget } from '../providers/provider.ts';
import { type ProbeTarget, runProbe } from './probes/run-probe.ts';
import { addressOf, amqpLogin, type EngineReach, postgresLogin, probePort } from './reach.ts';

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
  readonly allowed: (environmentId: string, service: string, command: readonly string[]) => boolean;
}

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
}

export function createProber(deps: ProberDeps): Prober {
  const under = new Set<string>();

  const running = (target: EnvironmentTarget, service: string): ContainerInfo[] =>
    deps
      .containers(target.projectName)
      .filter((each) => each.service === service && each.state === 'running')
      .sort((a, b) => a.number - b.number);

  /** Undefined where there is no way to ask: that says nothing about the service. */
  function targetOf(
    target: EnvironmentTarget,
    service: string,
    probe: Probe,
    container: ContainerInfo,
  ): ProbeTarget | undefined {
    const declared = target.project.services[service];
    if (probe.command !== undefined) {
      const onHost = probe.command.in === 'host';
      if (onHost && !deps.allowed(target.id, service, probe.command.run)) return undefined;
      return {
        run: (command, options) =>
          onHost
            ? deps.runProcess(command[0] ?? '', command.slice(1), {
                ...options,
                folder: target.folder,
                environment: deps.environment,
                maxBytes: 64 * 1024,
              })
            : deps.docker().exec(container.id, { command, maxBytes: 64 * 1024 }, options),
      };
    }
    const address = addressOf(container, probePort(probe) ?? 0, deps.reach());
    if (address === undefined) return undefined;
    const amqp = probe.amqp === undefined ? undefined : amqpLogin(declared);
    return {
      address,
      postgres: postgresLogin(declared),
      ...(amqp === undefined ? {} : { amqp }),
    };
  }

  /** Every container of the service is asked: the worst answer is the service's. */
  async function ask(
    job: Omit<ProbeJob, 'health'> & Partial<Pick<ProbeJob, 'health'>>,
    signal: AbortSignal,
  ): Promise<ProbeOutcome> {
    const { target, service, probe, timeoutMs } = job;
    const containers = running(target, service);
    const at = (): number => deps.clock.now().getTime();
    // Its end was reported, and its description may be a moment older.
    const ended = job.health?.container === 'stopped';
    if (containers.length === 0 || (ended && probe === null))
      return { at: at(), ok: false, latencyMs: null, detail: 'It does not run.' };
    const ways =
      probe === null
        ? []
        : containers.flatMap((container) => {
            const way = targetOf(target, service, probe, container);
            return way === undefined ? [] : [{ container, way }];
          });
    if (probe === null || ways.length === 0) {
      const sick = containers.find((each) => each.health !== null && each.health.status !== 'healthy');
      const detail = sick === undefined ? null : `Its HEALTHCHECK says ${sick.health?.status}.`;
      return { at: at(), ok: sick === undefined, latencyMs: null, detail };
    }
    const answers = await Promise.all(
      ways.map(async ({ container, way }) => {
        const answer = await runProbe(deps, probe, way, { signal, timeoutMs });
        return ways.length === 1 ? answer : { ...answer, detail: `${container.name}: ${answer.detail}` };
      }),
    );
    const failed = answers.find((answer) => !answer.ok);
    const slowest = Math.max(...answers.map((answer) => answer.latencyMs ?? 0));
    const { ok, latencyMs, detail } = failed ?? { ok: true, latencyMs: slowest, detail: answers[0]?.detail ?? null };
    return { at: at(), ok, latencyMs, detail };
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
            // While the image's own check is still starting, an open port is no proof.
            const waits = job.health.healthcheck === 'starting' && outcome.ok && job.health.state === 'starting';
            const ok = outcome.ok && !waits;
            const detail = waits ? 'It waits for its HEALTHCHECK.' : outcome.detail;
            const { at, latencyMs } = outcome;
            done({ kind: 'probe', at, startedAt, epoch, probe: 'liveness', ok, latencyMs, detail }, outcome);
          },
          () => under.delete(key),
        )
        // What a listener throws must not end the watch.
        .catch((error: unknown) => console.error('health: a result could not be taken in:', error));
      return true;
    },
    once: ask,
    describe(target, service, probe) {
      const [container] = running(target, service);
      if (container === undefined || probe === null) return null;
      if (probe.command !== undefined) return probe.command.in === 'host' ? 'on this machine' : `in ${container.name}`;
      const address = addressOf(container, probePort(probe) ?? 0, deps.reach());
      return address === undefined ? null : `${address.host}:${address.port}`;
    },
  };
}
