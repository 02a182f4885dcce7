import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Probe } from '../../../shared/domain/checks.ts';
import { initial } from '../../../shared/domain/health-machine.ts';
import { defaultHealthRules } from '../../../shared/domain/health-rules.ts';
import { AppError } from '../../../shared/errors.ts';
import { waitFor } from '../../../test/support/wait.ts';
import { containerOf, projectName, targetOf } from '../../../test/support/watch-bed.ts';
import { systemClock } from '../platform/clock.ts';
import { dial } from '../platform/network.ts';
import type { DockerClient, ExecResult } from '../providers/docker/client.ts';
import type { ContainerInfo } from '../providers/provider.ts';
import { createProber, noWay, type ProbeJob, type ProberDeps } from './prober.ts';

const stop = new AbortController().signal;
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Takes connections and says nothing; how many at once at most. */
async function listener() {
  const seen = { now: 0, most: 0, all: 0 };
  const server = createServer((socket) => {
    seen.now += 1;
    seen.all += 1;
    seen.most = Math.max(seen.most, seen.now);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      seen.now -= 1;
    });
    socket.resume();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { seen, port: (server.address() as { port: number }).port };
}

function bed(containers: readonly ContainerInfo[], change: Partial<ProberDeps> = {}) {
  const ran: string[][] = [];
  const execs: string[] = [];
  const answer = async (): Promise<ExecResult> => ({ exitCode: 0, stdout: 'fine', stderr: '' });
  const prober = createProber({
    clock: systemClock,
    dial,
    async runProcess(command, args) {
      ran.push([command, ...args]);
      return { exitCode: 0, signal: null, stdout: 'fine', stderr: '', truncated: false };
    },
    docker: () =>
      ({
        exec: (id: string) => {
          execs.push(id);
          return answer();
        },
      }) as unknown as DockerClient,
    reach: () => ({ host: '127.0.0.1', direct: true }),
    environment: {},
    containers: (name) => (name === projectName ? containers : []),
    allowed: () => false,
    ...change,
  });
  const job = (service: string, probe: Probe | null, health: Partial<ProbeJob['health']> = {}): ProbeJob => ({
    target: targetOf({ [service]: {} }),
    service,
    probe,
    health: { ...initial(defaultHealthRules, 0), container: 'running', ...health },
    timeoutMs: 2000,
  });
  const ask = (each: ProbeJob) =>
    new Promise<{ ok: boolean; detail: string | null }>((resolve) => {
      prober.start(each, (_result, outcome) => resolve(outcome), stop);
    });
  return { prober, job, ask, ran, execs };
}

const local = (service: string, more: Partial<ContainerInfo> = {}): ContainerInfo =>
  containerOf(service, { addresses: ['127.0.0.1'], ...more });

describe('two hundred probes that are due at once', () => {
  it('are made a few at a time, each once', async () => {
    const { port, seen } = await listener();
    const names = Array.from({ length: 200 }, (_, index) => `s${index}`);
    const { prober, job } = bed(names.map((name) => local(name)));
    const waiting = new Set(names);
    const answers: boolean[] = [];
    let most = 0;
    await waitFor(
      () => {
        for (const name of waiting)
          if (prober.start(job(name, { tcp: { port } }), (_result, { ok }) => answers.push(ok), stop))
            waiting.delete(name);
        most = Math.max(most, names.length - waiting.size - answers.length);
        return answers.length === names.length;
      },
      { what: 'all have answered', deadlineMs: 15_000, intervalMs: 5 },
    );
    expect(answers.every(Boolean)).toBe(true);
    expect(seen.all).toBe(200);
    expect(most).toBe(16);
    // The other end hears of each end a moment later.
    expect(seen.most).toBeLessThan(40);
  });

  it('do not ask one service twice at a time', async () => {
    const { port } = await listener();
    const { prober, job, ask } = bed([local('api')]);
    const first = ask(job('api', { tcp: { port } }));
    expect(prober.start(job('api', { tcp: { port } }), () => undefined, stop)).toBe(false);
    expect(await first).toMatchObject({ ok: true });
    expect(prober.start(job('api', { tcp: { port } }), () => undefined, stop)).toBe(true);
  });
});

describe('a service of several containers', () => {
  it('is as its worst one, by name', async () => {
    const { port } = await listener();
    // Nothing listens at the second one's address.
    const second = local('api', { id: 'api-2', number: 2, name: 'shop-api-2', addresses: ['127.0.0.2'] });
    const { job, ask } = bed([local('api'), second]);
    const answer = await ask(job('api', { tcp: { port } }));
    expect(answer.ok).toBe(false);
    expect(answer.detail).toMatch(/^shop-api-2: /);
  });

  it('is asked on this machine once', async () => {
    const { job, ask, ran } = bed([local('api'), local('api', { id: 'api-2', number: 2 })], { allowed: () => true });
    await ask(job('api', { command: { run: ['check', 'it'], in: 'host' } }));
    expect(ran).toEqual([['check', 'it']]);
  });

  it('is asked in each of its containers', async () => {
    const { job, ask, execs } = bed([local('api'), local('api', { id: 'api-2', number: 2 })]);
    await ask(job('api', { command: { run: ['true'] } }));
    expect(execs).toEqual(['api-1', 'api-2']);
  });
});

describe('where there is no way to ask', () => {
  const elsewhere = { reach: () => ({ host: 'engine.lan', direct: false }) };

  it('says so, and goes by the containers and their HEALTHCHECK', async () => {
    const { prober, job, ask } = bed([local('api')], elsewhere);
    const probe = { tcp: { port: 80 } };
    expect(prober.obstacle(job('api', probe).target, 'api', probe)).toBe(noWay.unreachable);
    expect(prober.describe(job('api', probe).target, 'api', probe)).toBeNull();
    expect(await ask(job('api', probe))).toMatchObject({ ok: true });
    const health = { status: 'unhealthy', failingStreak: 3, lastOutput: null } as const;
    const sick = bed([local('api', { health })], elsewhere);
    expect(await sick.ask(sick.job('api', probe))).toMatchObject({
      ok: false,
      detail: 'Its HEALTHCHECK says unhealthy.',
    });
  });

  it('runs no command on this machine that nobody allowed, not even for a try', async () => {
    const { prober, job, ask, ran } = bed([local('api')]);
    const probe: Probe = { command: { run: ['rm', '-rf', 'x'], in: 'host' } };
    expect(await ask(job('api', probe))).toMatchObject({ ok: true });
    const { target, service, timeoutMs } = job('api', probe);
    const tried = await prober.once({ target, service, probe, timeoutMs }, stop);
    expect(tried).toMatchObject({ ok: false, detail: noWay.notAllowed });
    expect(prober.obstacle(target, 'api', probe)).toBe(noWay.notAllowed);
    expect(ran).toEqual([]);
  });
});

describe('what is known before asking', () => {
  it.each([
    ['nothing runs', [], {}, 'It does not run.'],
    ['its end was reported, and it has no probe', [local('api')], { container: 'stopped' }, 'It does not run.'],
    ['one of it failed', [local('api')], { container: 'failed' }, 'One of its containers does not run.'],
    ['one of it comes back', [local('api')], { container: 'restarting' }, 'One of its containers does not run.'],
  ] as const)('%s', async (_what, containers, health, detail) => {
    const { job, ask } = bed(containers);
    expect(await ask(job('api', null, health))).toEqual(expect.objectContaining({ ok: false, detail }));
  });
});

describe('an engine in trouble', () => {
  const failing = (code: 'docker.gone' | 'docker.refused') => ({
    docker: () =>
      ({
        exec: async () => {
          throw new AppError({ code, message: 'no', remedy: 'none' });
        },
      }) as unknown as DockerClient,
  });

  it('says nothing about the service, and the next probe may be made', async () => {
    const { prober, job } = bed([local('api')], failing('docker.gone'));
    let called = false;
    const probe = { command: { run: ['true'] } };
    prober.start(job('api', probe), () => (called = true), stop);
    await waitFor(() => prober.start(job('api', probe), () => (called = true), stop), {
      what: 'it may be asked again',
    });
    expect(called).toBe(false);
  });

  it('is another thing than a container that refuses, since it has ended', async () => {
    const { job, ask } = bed([local('api')], failing('docker.refused'));
    expect(await ask(job('api', { command: { run: ['true'] } }))).toMatchObject({ ok: false });
  });
});
