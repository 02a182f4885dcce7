import { describe, expect, it } from 'vitest';
import { suggestProbe } from './suggest.ts';

const facts = { hasHealthcheck: false, runsOnce: false, exposed: [] };
const port = (target: number, protocol?: string) => ({ target, ...(protocol === undefined ? {} : { protocol }) });

describe('a suggested probe', () => {
  it.each([
    ['postgres', { postgres: { port: 5432 } }],
    ['postgres:16-alpine', { postgres: { port: 5432 } }],
    ['timescale/timescaledb-ha:pg16', { postgres: { port: 5432 } }],
    ['registry.example.com:5000/team/postgis@sha256:abc', { postgres: { port: 5432 } }],
    ['redis:7', { redis: { port: 6379 } }],
    ['valkey/valkey', { redis: { port: 6379 } }],
    ['mariadb:11', { mysql: { port: 3306 } }],
    ['rabbitmq:3-management', { amqp: { port: 5672 } }],
    ['prometheuscommunity/postgres-exporter', null],
    ['rediscommander/redis-commander', null],
    ['dpage/pgadmin4', null],
    ['busybox', null],
  ])('%s', (image, probe) => {
    expect(suggestProbe({ image }, facts).probe).toEqual(probe);
  });

  it('takes the one port that is declared for the protocol of the image', () => {
    expect(suggestProbe({ image: 'postgres', ports: [port(5433)] }, facts).probe).toEqual({ postgres: { port: 5433 } });
    expect(suggestProbe({ image: 'rabbitmq', ports: [port(15672), port(5672)] }, facts).probe).toEqual({
      amqp: { port: 5672 },
    });
  });

  it('goes by the port where the image says nothing, else asks for an open port', () => {
    expect(suggestProbe({ expose: ['6379'] }, facts).probe).toEqual({ redis: { port: 6379 } });
    expect(suggestProbe({ ports: [port(53, 'udp'), port(8080)] }, facts).probe).toEqual({ tcp: { port: 8080 } });
    expect(suggestProbe({ expose: ['3000-3005'] }, { ...facts, exposed: [9000] }).probe).toEqual({
      tcp: { port: 9000 },
    });
  });

  it('leaves a service alone that looks after itself, or ends', () => {
    expect(suggestProbe({ ports: [port(80)] }, { ...facts, hasHealthcheck: true }).probe).toBeNull();
    expect(suggestProbe({ image: 'postgres' }, { ...facts, runsOnce: true }).probe).toBeNull();
  });
});
