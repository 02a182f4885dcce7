import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor, Call } from '../../electron/engine/api.ts';
import { createEngine, type Engine } from '../../electron/engine/engine.ts';
import type { ServiceView } from '../../shared/contract/environments.ts';
import type { AppState } from '../../shared/contract/streams.ts';
import { connectDocker, fixtureImages, removeProject, uniqueProjectName } from '../support/docker.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';

/** Why real services are down, in words; what is told of them, and what another life of the engine makes of it. */

const docker = connectDocker();
const actor: Actor = { door: 'window', user: 'test' };
const call: Call = { actor, signal: new AbortController().signal };
const project = uniqueProjectName('causes');
const environmentId = `${project}/main`;

const files = {
  'compose.yaml': `
name: ${project}
x-quick: &quick
  image: ${fixtureImages.tools}
  init: true
  stop_grace_period: 0s
services:
  db: { <<: *quick, command: [sleep, inf] }
  api:
    <<: *quick
    command: [sleep, inf]
    depends_on: [db]
  hungry:
    <<: *quick
    init: false
    command: [sh, -c, 'trap exit TERM; while [ ! -e /tmp/eat ]; do sleep 0.1; done; exec tail /dev/zero']
    mem_limit: 32m
    memswap_limit: 32m
  many: { <<: *quick, command: [sleep, inf], scale: 2 }
`,
  'golden.yml': `version: 1
health:
  defaults: { interval: 2s, successes: 1 }
  services:
    api:
      # Its name is known as long as it runs.
      probe: { command: { run: [getent, hosts, db] } }
      failures: 2
`,
};

let home: TemporaryFolder;
let engine: Engine;

async function open(): Promise<Engine> {
  const next = await createEngine({
    dataFolder: join(home.path, 'data'),
    version: 'test',
    home: homedir(),
    environment: {
      PATH: process.env['PATH'] ?? '',
      ...(process.env['DOCKER_HOST'] === undefined ? {} : { DOCKER_HOST: process.env['DOCKER_HOST'] }),
    },
    storeNames: { volume: `${project}-store`, helper: `${project}-helper` },
  });
  const { alerts } = await next.api.settings.get({}, call);
  await next.api.settings.set({ alerts: { ...alerts, graceMs: 0 } }, call);
  return next;
}

async function watch(): Promise<AppState['watch']> {
  const stop = new AbortController();
  try {
    for await (const event of await engine.api.state.watch({}, { actor, signal: stop.signal }))
      if (event.kind === 'snapshot') return event.state.watch;
  } finally {
    stop.abort();
  }
  throw new Error('no snapshot');
}

const health = (name: string, wanted: ServiceView['health'], deadlineMs = 60_000): Promise<ServiceView> =>
  waitFor(
    async () => {
      const { services } = await engine.api.environments.get({ environmentId }, call);
      const found = services.find((each) => each.name === name);
      if (found?.health === wanted) return found;
      throw new Error(`${name} is ${found?.health}: ${found?.reason}`);
    },
    { what: `${name} is ${wanted}`, deadlineMs },
  );

async function done({ operationId }: { operationId: string }): Promise<void> {
  await waitFor(async () => (await engine.api.operations.get({ operationId }, call)).endedAt !== null, {
    what: 'the operation ends',
  });
}

async function inside(name: string, script: string, number = 1): Promise<void> {
  const exec = await docker.getContainer(`${project}-${name}-${number}`).exec({ Cmd: ['sh', '-c', script] });
  await exec.start({});
}

beforeAll(async () => {
  home = await temporaryFolder('causes');
  const folder = join(home.path, project);
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  engine = await open();
  await engine.api.stacks.add({ folder }, call);
  await engine.api.environments.up({ environmentId }, call).then(done);
}, 120_000);

afterAll(async () => {
  await engine?.close();
  await removeProject(docker, project);
  await home?.remove();
}, 60_000);

describe('why a real service is down', { timeout: 120_000 }, () => {
  it('is memory, with the limit', async () => {
    await health('hungry', 'healthy');
    await inside('hungry', 'touch /tmp/eat');
    await health('hungry', 'down');
    await waitFor(async () => /limit 32 MB/.test((await health('hungry', 'down')).reason ?? ''), {
      what: 'the limit is named',
    });
    const notice = await waitFor(async () => (await watch()).notices[0], { what: 'a notice' });
    expect(notice.lines.join('\n')).toMatch(/[Rr]an out of memory/);
    expect(notice.actions).toContain('raise-limit');
  });

  it('is the same to the next life of the engine, which tells it no second time', async () => {
    const before = await watch();
    await engine.close();
    engine = await open();
    // By the watch itself: the view goes by the containers until it has looked.
    await waitFor(
      async () => {
        const checks = await engine.api.health.checks({ environmentId }, call);
        const states = Object.fromEntries(checks.map((each) => [each.service, each.state]));
        return states['hungry'] === 'down' && states['db'] === 'healthy';
      },
      { what: 'the watch has looked again' },
    );
    const after = await watch();
    expect(after.notices.map(({ id }) => id)).toEqual(before.notices.map(({ id }) => id));
    expect(after.notices.every(({ silent }) => silent)).toBe(true);
    const same = after.incidents.filter((each) => each.service === 'hungry');
    expect(same).toMatchObject([{ id: before.incidents.find((each) => each.service === 'hungry')?.id, downs: 1 }]);
    expect(same[0]?.cause).toMatchObject({ kind: 'oom' });
  });

  it('is one of its containers, by name', async () => {
    await health('many', 'healthy');
    await inside('many', 'kill -9 -1', 2);
    const down = await health('many', 'down');
    expect(down.reason).toContain(`${project}-many-2, one of 2 containers`);
    await docker.getContainer(`${project}-many-2`).start();
    await health('many', 'healthy');
  });

  it('is what it depends on, and that alone is told', async () => {
    await inside('db', 'kill -9 -1');
    await health('db', 'down');
    const api = await waitFor(
      async () => (await watch()).incidents.find((each) => each.service === 'api' && each.inhibitedBy === 'db'),
      { what: 'api is explained by db', deadlineMs: 60_000 },
    );
    expect(api.cause).toMatchObject({ kind: 'dependency', path: ['db'] });
    expect((await health('api', 'down')).reason).toMatch(/because db was killed/);
    const toldOf = async (service: string): Promise<number> => {
      const incident = (await watch()).incidents.find((each) => each.service === service && each.to === null);
      const { events } = await engine.api.incidents.get({ incidentId: incident?.id ?? '' }, call);
      return events.filter(({ text }) => text.startsWith('Told: ')).length;
    };
    await waitFor(async () => (await toldOf('db')) > 0, { what: 'db is told' });
    expect(await toldOf('api')).toBe(0);
  });
});
