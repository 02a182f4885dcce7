import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProbeAnswer, type ProbeTarget, runProbe } from '../../electron/engine/health/probes/run-probe.ts';
import { systemClock as clock } from '../../electron/engine/platform/clock.ts';
import { dial } from '../../electron/engine/platform/network.ts';
import type { Probe } from '../../shared/domain/checks.ts';
import { connectDocker, fixtureImages, removeProject, uniqueProjectName } from '../support/docker.ts';
import { waitFor } from '../support/wait.ts';

const docker = connectDocker();
const project = uniqueProjectName('probes');
const ports = { postgres: 5432, redis: 6379, mysql: 3306, rabbitmq: 5672 } as const;
type Server = keyof typeof ports;
const published = new Map<Server, number>();

async function start(server: Server): Promise<void> {
  const port = `${ports[server]}/tcp`;
  const container = await docker.createContainer({
    name: `${project}-${server}`,
    Image: fixtureImages[server],
    Labels: { 'com.docker.compose.project': project },
    Env: ['POSTGRES_PASSWORD=secret'],
    ExposedPorts: { [port]: {} },
    HostConfig: { PortBindings: { [port]: [{ HostIp: '127.0.0.1', HostPort: '' }] } },
  });
  await container.start();
  const info = await container.inspect();
  published.set(server, Number(info.NetworkSettings.Ports[port]?.[0]?.HostPort));
}

function ask(server: Server, probe: Probe, target: Omit<ProbeTarget, 'address'> = {}): Promise<ProbeAnswer> {
  const address = { host: '127.0.0.1', port: published.get(server) ?? 0 };
  return runProbe(
    { dial, clock },
    probe,
    { address, ...target },
    { signal: new AbortController().signal, timeoutMs: 2000 },
  );
}

beforeAll(() => Promise.all((Object.keys(ports) as Server[]).map(start)), 60_000);
afterAll(() => removeProject(docker, project), 60_000);

describe('probes of real servers', { timeout: 60_000 }, () => {
  it.each([
    ['postgres', { postgres: {} }],
    ['redis', { redis: {} }],
    ['mysql', { mysql: {} }],
    ['rabbitmq', { amqp: {} }],
  ] as const)('%s comes up', async (server, probe) => {
    const answer = await waitFor(
      async () => {
        const each = await ask(server, probe);
        return each.ok ? each : undefined;
      },
      { what: `${server} answers`, deadlineMs: 50_000 },
    );
    expect(answer.latencyMs).toBeGreaterThan(0);
  });

  it('tells servers from each other', async () => {
    expect(await ask('redis', { postgres: {} })).toMatchObject({ ok: false });
    expect(await ask('postgres', { redis: {} })).toMatchObject({ ok: false });
    expect(await ask('postgres', { amqp: {} })).toMatchObject({ ok: false });
    expect(await ask('rabbitmq', { postgres: {} })).toMatchObject({ ok: false });
  });

  it('takes a refused login for an answer', async () => {
    const nobody = await ask('postgres', { postgres: { user: 'nobody-at-all', database: 'nothing' } });
    expect(nobody).toMatchObject({ ok: true });
    const guest = { user: 'guest', password: 'wrong', virtualHost: '/' };
    expect(await ask('rabbitmq', { amqp: {} }, { amqp: guest })).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/ACCESS_REFUSED/),
    });
  });

  it('opens and closes a connection of a broker in order', async () => {
    const guest = { user: 'guest', password: 'guest', virtualHost: '/' };
    const complaints = async (): Promise<number> =>
      (await docker.getContainer(`${project}-rabbitmq`).logs({ stdout: true, stderr: true }))
        .toString()
        .split('client unexpectedly closed').length;
    const before = await complaints();
    expect(await ask('rabbitmq', { amqp: {} }, { amqp: guest })).toMatchObject({
      ok: true,
      detail: 'Opens connections.',
    });
    expect(await complaints()).toBe(before);
    const lost = { ...guest, virtualHost: '/nowhere' };
    expect(await ask('rabbitmq', { amqp: {} }, { amqp: lost })).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/nowhere/),
    });
  });

  it('does not make MySQL block us, however often it asks', async () => {
    // max_connect_errors is 100.
    for (let count = 0; count < 120; count += 1) {
      expect(await ask('mysql', { mysql: {} })).toMatchObject({ ok: true });
    }
  });
});
