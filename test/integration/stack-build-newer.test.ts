import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createDockerClient } from '../../electron/engine/providers/docker/client-create.ts';
import { parseEndpoint } from '../../electron/engine/providers/docker/endpoint.ts';
import { type BuildFile, type TestBuild, testBuild } from '../support/builds.ts';
import { compose } from '../support/compose.ts';
import { fixtureImages } from '../support/docker.ts';
import { runWell } from '../support/docker-stacks.ts';
import { type NewerEngine, startNewerEngine } from '../support/newer-engine.ts';

/** What only a later release of Docker can do, and the first of what every one must. */

let engine: NewerEngine;
let made: TestBuild;

beforeAll(async () => {
  engine = await startNewerEngine(['tools', 'http']);
}, 120_000);
afterAll(() => engine?.remove());
afterEach(() => made?.remove());

async function make(files: Readonly<Record<string, string | BuildFile>>): Promise<void> {
  const endpoint = parseEndpoint(engine.host, null);
  if (endpoint === undefined) throw new Error('no endpoint');
  made = await testBuild(files, {}, createDockerClient({ engineId: 'newer', endpoint }), engine.docker);
}

const base = `FROM ${fixtureImages.tools}`;

it('builds from additional contexts: folders, images, other services', async () => {
  await make({
    'compose.yaml': `
services:
  app:
    build:
      context: ./app
      additional_contexts:
        shared: ./shared
        tools: docker-image://${fixtureImages.tools}
        lib: service:lib
  lib:
    build: ./lib
`,
    'app/Dockerfile': `FROM tools
COPY --from=shared /x/ünï.txt /shared.txt
COPY --from=lib /lib.txt /lib.txt
RUN <<EOT
cat /shared.txt /lib.txt
test ! -e /ignored.txt
EOT
`,
    'shared/x/ünï.txt': 'from the folder\n',
    'shared/x/ignored.txt': 'no',
    'shared/.dockerignore': '**/ignored.txt\n',
    'lib/Dockerfile': `${base}\nRUN echo from the service > /lib.txt\n`,
  });
  const { changes } = await made.stacks.plan('up', { services: ['app'] });
  const images = changes.filter((each) => each.resource === 'image').map((each) => `${each.action} ${each.name}`);
  expect(images).toEqual([`build ${made.projectName}-lib`, `build ${made.projectName}-app`]);
  const { log } = await made.run(['app']);
  expect(log).toMatch(/from the folder$/m);
  expect(log).toMatch(/from the service$/m);
  // The one that is read is built first.
  expect(log.indexOf(`Built ${made.projectName}-lib`)).toBeLessThan(log.indexOf('/lib.txt /lib.txt'));
});

it('applies shm_size and ulimits, and names files of any alphabet in patterns', async () => {
  await make({
    'compose.yaml': 'services: { a: { build: { context: ., shm_size: 32mb, ulimits: { nofile: 1234 } } } }',
    Dockerfile: `${base}\nCOPY ünï /ünï\nRUN df -k /dev/shm && ulimit -n && ls /ünï\n`,
    'ünï/файл': 'x',
    'ünï/ignoré': 'x',
    '.dockerignore': 'ünï/ignoré\n',
  });
  const { log } = await made.run();
  expect(log).toMatch(/\b32768\b/);
  expect(log).toMatch(/^ {2}1234$/m);
  expect(log).toContain('файл');
  expect(log).not.toContain('ignoré');
});

it('brings a stack up, sees no difference, changes it and takes it down, in turn with docker compose', async () => {
  await make({
    'compose.yaml': `
services:
  web:
    image: ${fixtureImages.http}
    environment: { WORD: one }
    volumes: ["data:/data"]
    depends_on: { api: { condition: service_healthy } }
    stop_signal: SIGKILL
  api:
    build: .
    command: sleep infinity
    healthcheck: { test: ["CMD", "true"], interval: 1s, start_interval: 200ms, start_period: 5s }
    networks: { default: { aliases: [second] } }
    stop_signal: SIGKILL
volumes: { data: }
`,
    Dockerfile: `${base}\nRUN true\n`,
  });
  await runWell(made.stacks, 'up');
  expect((await made.stacks.plan('up')).changes).toEqual([]);
  const options = { folder: made.folder, environment: { DOCKER_HOST: engine.host } };
  const ids = async (): Promise<string[]> => (await engine.docker.listContainers()).map(({ Id }) => Id).sort();
  const before = await ids();
  expect(before).toHaveLength(2);
  expect(await compose(['up', '-d'], options)).toMatchObject({ exitCode: 0 });
  expect(await ids()).toEqual(before);
  const text = await readFile(join(made.folder, 'compose.yaml'), 'utf8');
  await made.write({ 'compose.yaml': text.replace('WORD: one', 'WORD: two') });
  const { changes } = await made.stacks.plan('up');
  expect(changes).toMatchObject([{ resource: 'container', service: 'web', action: 'recreate' }]);
  await runWell(made.stacks, 'up');
  expect((await made.stacks.plan('up')).changes).toEqual([]);
  await runWell(made.stacks, 'down');
  expect(await ids()).toEqual([]);
});
