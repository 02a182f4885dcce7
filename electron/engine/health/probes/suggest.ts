import type { Probe } from '../../../../shared/domain/checks.ts';
import type { ComposeService } from '../../../../shared/domain/compose-model.ts';

export interface Suggestion {
  /** Null: container state and HEALTHCHECK only. */
  readonly probe: Probe | null;
  /** Why, for the user. */
  readonly why: string;
}

type Known = 'postgres' | 'redis' | 'mysql' | 'amqp';

/** Words of image names (`timescale/timescaledb-ha:pg16`), and the port that goes with them. */
const images: readonly (readonly [RegExp, Known])[] = [
  [/(^|[/_-])(postgres|postgresql|postgis|timescaledb|pgvector|cockroach)/, 'postgres'],
  [/(^|[/_-])(redis|valkey|keydb|dragonfly)/, 'redis'],
  [/(^|[/_-])(mysql|mariadb|percona)/, 'mysql'],
  [/(^|[/_-])(rabbitmq|lavinmq)/, 'amqp'],
];
/** Tools that carry the name of what they serve. */
const notServers = /(exporter|commander|insight|admin|backup|sentinel|operator|pgbouncer|metrics)/;

export const defaultPorts: Readonly<Record<Known, number>> = { postgres: 5432, redis: 6379, mysql: 3306, amqp: 5672 };

/**
 * A probe for a service that declares none, from its image and its ports. Deliberately modest: an open port is asked for
 * where we do not know what speaks behind it, since guessing a path would call healthy services ill.
 */
export function suggestProbe(
  service: Pick<ComposeService, 'image' | 'ports' | 'expose'>,
  facts: { readonly hasHealthcheck: boolean; readonly runsOnce: boolean; readonly exposed: readonly number[] },
): Suggestion {
  if (facts.runsOnce) return { probe: null, why: 'It runs once and ends.' };
  const ports = portsOf(service, facts.exposed);
  const name = imageName(service.image ?? '');
  const byImage = notServers.test(name) ? undefined : images.find(([pattern]) => pattern.test(name))?.[1];
  if (byImage !== undefined) {
    const port = ports.includes(defaultPorts[byImage]) || ports.length !== 1 ? defaultPorts[byImage] : ports[0];
    return { probe: { [byImage]: { port } }, why: `Its image is ${service.image}.` };
  }
  if (facts.hasHealthcheck) return { probe: null, why: 'It has a HEALTHCHECK of its own.' };
  const byPort = (Object.entries(defaultPorts) as [Known, number][]).find(([, port]) => ports.includes(port));
  if (byPort !== undefined) return { probe: { [byPort[0]]: { port: byPort[1] } }, why: `It has port ${byPort[1]}.` };
  const [port] = ports;
  if (port === undefined) return { probe: null, why: 'It has no port and no HEALTHCHECK.' };
  return { probe: { tcp: { port } }, why: `It has port ${port}.` };
}

/** Published ports first: somebody means to use them. */
function portsOf(service: Pick<ComposeService, 'ports' | 'expose'>, exposed: readonly number[]): number[] {
  const declared = (service.ports ?? [])
    .filter((port) => (port.protocol ?? 'tcp') === 'tcp')
    .map((port) => port.target);
  const internal = (service.expose ?? [])
    .map(String)
    .filter((text) => /^\d+(\/tcp)?$/.test(text))
    .map((text) => Number.parseInt(text, 10));
  return [...new Set([...declared, ...internal, ...exposed])];
}

/** Without registry, tag and digest. */
function imageName(image: string): string {
  const [withoutDigest = ''] = image.toLowerCase().split('@');
  return withoutDigest.replace(/:[^/:]*$/, '').replace(/^[^/]*[.:][^/]*\//, '');
}
