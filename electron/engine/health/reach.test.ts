import { describe, expect, it } from 'vitest';
import { containerOf } from '../../../test/support/watch-bed.ts';
import type { ContainerInfo } from '../providers/provider.ts';
import { addressOf, amqpLogin, postgresLogin, probePort } from './reach.ts';

const here = { host: '127.0.0.1', direct: true };
const elsewhere = { host: 'engine.lan', direct: false };
const published = (hostIp: string | null, hostPort: number | null, protocol = 'tcp'): Partial<ContainerInfo> => ({
  ports: [{ containerPort: 80, protocol, hostPort, hostIp }] as ContainerInfo['ports'],
});

describe('the way to a port', () => {
  it.each([
    ['its own address, though it is published', here, published(null, 8080), '172.18.0.2:80'],
    ['the published port', elsewhere, published('0.0.0.0', 8080), 'engine.lan:8080'],
    ['the published port, of any address', elsewhere, published('::', 8080), 'engine.lan:8080'],
    ['the address that it is published at', elsewhere, published('10.0.0.7', 8080), '10.0.0.7:8080'],
    ['none: it is not published', elsewhere, {}, 'none'],
    ['none: another protocol', elsewhere, published(null, 8080, 'udp'), 'none'],
    ['none: exposed only', elsewhere, published(null, null), 'none'],
    ['none: no address yet', here, { addresses: [] }, 'none'],
    ['the host, whose network it uses', here, { addresses: [], networks: ['host'] }, '127.0.0.1:80'],
    ['the engine’s host, whose network it uses', elsewhere, { networks: ['host'] }, 'engine.lan:80'],
  ] as const)('is %s', (_what, reach, change, wanted) => {
    const address = addressOf(containerOf('api', change as Partial<ContainerInfo>), 80, reach);
    expect(address === undefined ? 'none' : `${address.host}:${address.port}`).toBe(wanted);
  });

  it('is to the port that the probe names, else to the usual one; commands have none', () => {
    expect(probePort({ postgres: {} })).toBe(5432);
    expect(probePort({ postgres: { port: 6000 } })).toBe(6000);
    expect(probePort({ amqp: {} })).toBe(5672);
    expect(probePort({ http: { port: 80 } })).toBe(80);
    expect(probePort({ command: { run: ['true'] } })).toBeUndefined();
  });
});

describe('as whom it is asked', () => {
  it('is as the image was told, by the names of the common images', () => {
    expect(postgresLogin(undefined)).toEqual({ user: 'postgres', database: 'postgres' });
    expect(postgresLogin({ environment: { POSTGRES_USER: 'shop' } })).toEqual({ user: 'shop', database: 'shop' });
    const bitnami = { POSTGRESQL_USERNAME: 'shop', POSTGRESQL_DATABASE: 'orders' };
    expect(postgresLogin({ environment: bitnami })).toEqual({ user: 'shop', database: 'orders' });
    expect(amqpLogin(undefined)).toEqual({ user: 'guest', password: 'guest', virtualHost: '/' });
  });

  it('is nobody where the password is not known', () => {
    expect(amqpLogin({ environment: { RABBITMQ_DEFAULT_USER: 'shop' } })).toBeUndefined();
    const known = { RABBITMQ_DEFAULT_USER: 'shop', RABBITMQ_DEFAULT_PASS: 'secret', RABBITMQ_DEFAULT_VHOST: 'orders' };
    expect(amqpLogin({ environment: known })).toEqual({ user: 'shop', password: 'secret', virtualHost: 'orders' });
  });
});
