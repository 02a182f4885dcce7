import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor, Call } from '../../electron/engine/api.ts';
import { createEngine, type Engine } from '../../electron/engine/engine.ts';
import type { EnvironmentView, ServiceView } from '../../shared/contract/environments.ts';
import type { AppState } from '../../shared/contract/streams.ts';
import type { Incident } from '../../shared/domain/incident-types.ts';
import { connectDocker, fixtureImages, removeProject, uniqueProjectName } from '../support/docker.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';

/** What the engine concludes about real containers that die, hang, are stopped and come back, and what it tells. */

const docker = connectDocker();
const actor: Actor = { door: 'window', user: 'test' };
const call: Call = { actor, signal: new AbortController().signal };
const project = uniqueProjectName('health');
const environmentId = `${project}/main`;

const files = {
  'compose.yaml': `
name: ${project}
services:
  db:
    image: ${fixtureImages.postgres}
    environment: { POSTGRES_PASSWORD: secret }
    init: true
    stop_grace_period: 1s
  api:
    image: ${fixtureImages.http}
    depends_on: [db]
    init: true
    stop_grace_period: 0s
  worker:
    image: ${fixtureImages.tools}
    command: [sh, -c, 'echo starting; echo "FATAL: no licence found" >&2; sleep inf']
    init: true
    stop_grace_period: 0s
  job:
    image: ${fixtureImages.tools}
    command: [sh, -c, 'exit 0']
  after:
    image: ${fixtureImages.tools}
    command: [sleep, inf]
    init: true
    stop_grace_period: 0s
    depends_on: { job: { condition: service_completed_successfully } }
`,
  'golden.yml': `version: 1
# How we look after it
health:
  defaults:
    interval: 2s # quick, for the test
    successes: 1
  services:
    api:
      recovery: restart
`,
};

let home: TemporaryFolder;
let folder = '';
let engine: Engine;

async function state(): Promise<AppState> {
  const stop = new AbortController();
  try {
    for await (const event of await engine.api.state.watch({}, { actor, signal: stop.signal })) {
      if (event.kind === 'snapshot') return event.state;
    }
  } finally {
    stop.abort();
  }
  throw new Error('no snapshot');
}

const environment = async (): Promise<EnvironmentView> => engine.api.environments.get({ environmentId }, call);

const service = async (name: string): Promise<ServiceView> =>
  (await environment()).services.find((each) => each.name === name)!;

const health = (name: string, wanted: ServiceView['health'], deadlineMs = 30_000): Promise<ServiceView> =>
  waitFor(
    async () => {
      const found = await service(name);
      if (found.health === wanted) return found;
      throw new Error(`${name} is ${found.health}: ${found.reason}`);
    },
    { what: `${name} is ${wanted}`, deadlineMs },
  );

const incidentOf = (name: string, fits: (incident: Incident) => boolean = () => true): Promise<Incident> =>
  waitFor(async () => (await state()).watch.incidents.find((each) => each.service === name && fits(each)), {
    what: `an incident of ${name}`,
  });

async function done({ operationId }: { operationId: string }): Promise<void> {
  await waitFor(async () => (await engine.api.operations.get({ operationId }, call)).endedAt !== null, {
    what: 'the operation ends',
  });
}

/** Ends it from inside, so that nobody asked the engine for it. */
async function crash(name: string): Promise<void> {
  const exec = await container(name).exec({ Cmd: ['sh', '-c', 'kill -9 -1'], User: 'root' });
  await exec.start({});
}

const container = (name: string) => docker.getContainer(`${project}-${name}-1`);

beforeAll(async () => {
  home = await temporaryFolder('health');
  folder = join(home.path, project);
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  engine = await createEngine({
    dataFolder: join(home.path, 'data'),
    version: 'test',
    home: homedir(),
    environment: {
      PATH: process.env['PATH'] ?? '',
      ...(process.env['DOCKER_HOST'] === undefined ? {} : { DOCKER_HOST: process.env['DOCKER_HOST'] }),
    },
    storeNames: { volume: `${project}-store`, helper: `${project}-helper` },
  });
  // Notices without the grace that follows our own operations, so that a test need not wait for it.
  const { alerts } = await engine.api.settings.get({}, call);
  await engine.api.settings.set({ alerts: { ...alerts, graceMs: 0 } }, call);
  await engine.api.stacks.add({ folder }, call);
  await done(await engine.api.environments.up({ environmentId }, call));
}, 120_000);

afterAll(async () => {
  await engine?.close();
  await removeProject(docker, project);
  await home?.remove();
}, 60_000);

describe('the watch over a real stack', { timeout: 90_000 }, () => {
  it('finds each service healthy, by the probe that suits it', async () => {
    for (const name of ['db', 'api', 'worker', 'after']) await health(name, 'healthy');
    expect(await service('job')).toMatchObject({ health: 'stopped', runsOnce: true });
    const checks = await engine.api.health.checks({ environmentId }, call);
    const by = Object.fromEntries(checks.map((check) => [check.service, check]));
    expect(by['db']).toMatchObject({ probe: { postgres: { port: 5432 } }, source: 'suggested' });
    expect(by['db']?.last).toMatchObject({ ok: true });
    expect(by['db']?.latency?.p95).toBeGreaterThan(0);
    expect(by['worker']).toMatchObject({ probe: null, source: 'none' });
    expect(by['job']).toMatchObject({ probe: null, why: 'It runs once and ends.' });
    expect(by['api']).toMatchObject({ recovery: 'restart' });
    expect((await environment()).health).toBe('healthy');
  });

  it('tells of one that ends by itself, with its cause and its telling line, and of its return', async () => {
    await container('worker')
      .exec({ Cmd: ['sh', '-c', 'kill -9 -1'] })
      .then((exec) => exec.start({}));
    const down = await health('worker', 'down');
    expect(down.reason).toMatch(/^(Was killed|Exited)/);
    const incident = await incidentOf('worker', (each) => each.logLine !== null);
    expect(incident).toMatchObject({ to: null, logLine: 'FATAL: no licence found' });
    const notice = await waitFor(async () => (await state()).watch.notices[0], { what: 'a notice' });
    expect(notice).toMatchObject({ environment: environmentId, service: 'worker' });
    expect(notice.title).toContain('worker is down');
    expect(notice.actions).toContain('restart');

    const { operation } = await engine.api.notices.act({ noticeId: notice.id, action: 'restart' }, call);
    await done(operation!);
    await health('worker', 'healthy');
    const after = await incidentOf('worker', (each) => each.to !== null);
    expect(after.acknowledgedAt).not.toBeNull();
    expect((await engine.api.incidents.get({ incidentId: after.id }, call)).events.length).toBeGreaterThan(1);
    await waitFor(async () => (await state()).watch.notices.length === 0, { what: 'the notice is withdrawn' });
  });

  it('knows a database that crashed, and that it came back', async () => {
    await crash('db');
    await health('db', 'down');
    const incident = await incidentOf('db', (each) => each.to === null);
    expect(incident.cause?.kind).toMatch(/killed|exit/);
    await engine.api.environments.up({ environmentId }, call).then(done);
    await health('db', 'healthy');
  });

  it('restarts by itself what asks for that, and says so', async () => {
    const started = (await container('api').inspect()).State.StartedAt;
    await container('api')
      .exec({ Cmd: ['sh', '-c', 'kill -9 -1'] })
      .then((exec) => exec.start({}));
    await waitFor(async () => (await container('api').inspect()).State.StartedAt !== started, {
      what: 'api is started again',
      deadlineMs: 60_000,
    });
    await health('api', 'healthy');
    const incident = await incidentOf('api');
    const { events } = await engine.api.incidents.get({ incidentId: incident.id }, call);
    expect(events.map((event) => event.text).join('\n')).toMatch(/Restarted api because it is down \(attempt 1\)/);
  });

  it('keeps quiet about what somebody stops, by us or beside us', async () => {
    const before = (await state()).watch.incidents.length;
    await engine.api.environments.stop({ environmentId, services: ['worker'] }, call).then(done);
    await health('worker', 'stopped');
    await container('after').stop({ t: 0 });
    await health('after', 'stopped');
    expect((await state()).watch.incidents).toHaveLength(before);
    await engine.api.environments.up({ environmentId }, call).then(done);
    await health('after', 'healthy');
  });

  it('finds one that runs and does not answer', async () => {
    await engine.api.health.setCheck(
      { environmentId, service: 'worker', check: { probe: { tcp: { port: 9 } }, failures: 2 } },
      call,
    );
    // What fails just after an operation of ours is forgiven for half a minute.
    const down = await health('worker', 'down', 60_000);
    expect(down).toMatchObject({ state: 'running' });
    expect(down.reason).toMatch(/Nothing listens/);
    expect(await readFile(join(folder, 'golden.yml'), 'utf8')).toContain('# quick, for the test');
    await engine.api.health.setCheck({ environmentId, service: 'worker', check: null }, call);
    await health('worker', 'healthy');
    expect(await readFile(join(folder, 'golden.yml'), 'utf8')).toBe(files['golden.yml']);
  });

  it('watches nothing while it is told not to', async () => {
    await engine.api.health.pauseWatching({ environmentId, until: Date.now() + 3_600_000 }, call);
    const [check] = await engine.api.health.checks({ environmentId }, call);
    expect(check?.nextAt).toBeNull();
    expect((await state()).watch.pausedUntil[environmentId]).toBeGreaterThan(Date.now());
    await engine.api.health.pauseWatching({ environmentId, until: null }, call);
    await health('db', 'healthy');
  });

  it('keeps what happened for the horizon', async () => {
    const now = Date.now();
    const timeline = await engine.api.health.timeline({ environmentId, from: now - 600_000, to: now + 1000 }, call);
    const worker = timeline.services.find((each) => each.service === 'worker')!;
    expect(worker.spans.map((span) => span.state)).toEqual(expect.arrayContaining(['healthy', 'down', 'stopped']));
    for (const [index, span] of worker.spans.entries()) {
      expect(span.to).toBeGreaterThan(span.from);
      expect(span.from).toBeGreaterThanOrEqual(worker.spans[index - 1]?.to ?? 0);
    }
    expect(timeline.marks.map((mark) => mark.kind)).toEqual(expect.arrayContaining(['up', 'incident']));
  });
});
