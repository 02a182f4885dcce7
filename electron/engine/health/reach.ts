import type { Probe } from '../../../shared/domain/checks.ts';
import type { ComposeService } from '../../../shared/domain/compose-model.ts';
import type { Address } from '../platform/network.ts';
import type { ContainerInfo } from '../providers/provider.ts';
import type { AmqpLogin } from './probes/amqp.ts';
import type { PostgresLogin } from './probes/postgres.ts';
import { defaultPorts } from './probes/suggest.ts';

/** Where an engine's containers can be reached from this machine. */
export interface EngineReach {
  /** Where published ports are: this machine, or the engine's host. */
  readonly host: string;
  /** The engine's networks are this machine's own: containers can be reached at their addresses. */
  readonly direct: boolean;
}

/** The port of the container that a probe asks; undefined for commands. */
export function probePort(probe: Probe): number | undefined {
  if (probe.http !== undefined) return probe.http.port;
  if (probe.tcp !== undefined) return probe.tcp.port;
  if (probe.postgres !== undefined) return probe.postgres.port ?? defaultPorts.postgres;
  if (probe.redis !== undefined) return probe.redis.port ?? defaultPorts.redis;
  if (probe.mysql !== undefined) return probe.mysql.port ?? defaultPorts.mysql;
  if (probe.amqp !== undefined) return probe.amqp.port ?? defaultPorts.amqp;
  return undefined;
}

/**
 * The way to a port of a container. Its own address where that can be reached: a published port has a proxy in front of
 * it that accepts connections for a container that does not.
 */
export function addressOf(container: ContainerInfo, port: number, reach: EngineReach): Address | undefined {
  const [own] = container.addresses;
  if (reach.direct && own !== undefined) return { host: own, port };
  // No address of its own and no ports of its own: it uses the network of the host.
  if (container.networks.includes('host')) return { host: reach.host, port };
  const published = container.ports.find(
    (each) => each.containerPort === port && each.protocol === 'tcp' && each.hostPort !== null,
  );
  if (published?.hostPort == null) return undefined;
  const anywhere = published.hostIp === null || published.hostIp === '0.0.0.0' || published.hostIp === '::';
  return { host: anywhere ? reach.host : published.hostIp, port: published.hostPort };
}

/** Who a Postgres server was told its first user is, by the names that the common images use. */
export function postgresLogin(service: ComposeService | undefined): PostgresLogin {
  const environment = variables(service);
  const user = environment['POSTGRES_USER'] ?? environment['POSTGRESQL_USERNAME'] ?? 'postgres';
  return { user, database: environment['POSTGRES_DB'] ?? environment['POSTGRESQL_DATABASE'] ?? user };
}

/** The login a broker was told; without one the probe ends before the login. */
export function amqpLogin(service: ComposeService | undefined): AmqpLogin | undefined {
  const environment = variables(service);
  const user = environment['RABBITMQ_DEFAULT_USER'] ?? 'guest';
  const password = environment['RABBITMQ_DEFAULT_PASS'] ?? (user === 'guest' ? 'guest' : undefined);
  if (password === undefined) return undefined;
  return { user, password, virtualHost: environment['RABBITMQ_DEFAULT_VHOST'] ?? '/' };
}

function variables(service: ComposeService | undefined): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(service?.environment ?? {}).map(([name, value]) => [
      name,
      value === null ? undefined : String(value),
    ]),
  );
}
