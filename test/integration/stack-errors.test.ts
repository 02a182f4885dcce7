import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { connectDocker, fixtureImages, listByLabel, removeProject, uniqueProjectName } from '../support/docker.ts';
import { runWell, type TestStacks, testStacks } from '../support/docker-stacks.ts';
import { freePort } from '../support/ports.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

/** What is said when a stack cannot start, and what is left then. */

const docker = connectDocker();
const cleanup: (() => Promise<void>)[] = [];

interface Made {
  readonly stacks: TestStacks;
  readonly projectName: string;
  readonly folder: string;
  write(text: string): Promise<void>;
}

async function make(text: string, files: Readonly<Record<string, string>> = {}, parentPrefix?: string): Promise<Made> {
  const parent: TemporaryFolder = await temporaryFolder(parentPrefix);
  const projectName = uniqueProjectName('err');
  const folder = join(parent.path, projectName);
  await mkdir(folder);
  const write = (body: string): Promise<void> => writeFile(join(folder, 'compose.yaml'), body);
  await write(text);
  for (const [name, body] of Object.entries(files)) await writeFile(join(folder, name), body);
  const stacks = testStacks({ folder });
  cleanup.push(async () => {
    await removeProject(docker, projectName);
    stacks.client.close();
    await parent.remove();
  });
  return { stacks, projectName, folder, write };
}

afterEach(async () => {
  for (const each of cleanup.splice(0)) await each();
});

const tools = fixtureImages.tools;
const all = (projectName: string): ReturnType<typeof listByLabel> =>
  listByLabel(docker, `com.docker.compose.project=${projectName}`);

describe('ports', () => {
  it('are said to be taken by a process before anything starts', async () => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    try {
      const made = await make(
        `services:\n  web:\n    image: ${tools}\n    command: [sleep, inf]\n    ports: ["127.0.0.1:${port}:80"]\n`,
      );
      const ended = await made.stacks.run('up');
      expect(ended).toMatchObject({ state: 'failed', error: { code: 'docker.port-taken' } });
      const message = (ended as { error: Error }).error.message;
      expect(message).toContain(`Port ${port}`);
      expect(message).toContain(`pid ${process.pid}`);
      expect(await all(made.projectName)).toEqual({ containers: [], networks: [], volumes: [] });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('are said to be taken by a container', async () => {
    const port = await freePort();
    const text = `services:\n  web:\n    image: ${tools}\n    command: [sleep, inf]\n    init: true\n    ports: ["${port}:80"]\n`;
    const first = await make(text);
    await runWell(first.stacks, 'up');
    const second = await make(text);
    const plan = await second.stacks.plan('up');
    expect(plan.problems).toMatchObject([{ code: 'docker.port-taken', path: 'services.web.ports' }]);
    expect(plan.problems[0]?.message).toContain(`${first.projectName}-web-1`);
    // Its own port is no obstacle to a container that is recreated.
    await first.write(text.replace('inf]', 'infinity]'));
    await runWell(first.stacks, 'up');
  });
});

describe('images', () => {
  it('that are nowhere to be had are named', async () => {
    const made = await make(`services:\n  a:\n    image: 127.0.0.1:1/no/such:1\n`);
    const plan = await made.stacks.plan('up');
    expect(plan.changes.find((each) => each.resource === 'image')).toMatchObject({ action: 'pull' });
    const ended = await made.stacks.run('up');
    expect(ended).toMatchObject({
      state: 'failed',
      error: { code: 'docker.image-missing', details: { registry: '127.0.0.1:1' } },
    });
    expect((ended as { error: Error }).error.message).toContain('cannot be reached');
    expect(await all(made.projectName)).toEqual({ containers: [], networks: [], volumes: [] });
  });

  it('that may not be fetched are a problem of the plan', async () => {
    const made = await make(`services:\n  a:\n    image: gh-no-such-image:1\n    pull_policy: never\n`);
    expect((await made.stacks.plan('up')).problems).toMatchObject([{ code: 'docker.image-missing' }]);
  });
});

describe('a service that does not come up', () => {
  it('shows its exit code and its last words', async () => {
    const made = await make(
      `services:\n  a:\n    image: ${tools}\n    command: [bash, -c, "echo nothing to do here >&2; exit 7"]\n`,
    );
    const ended = await made.stacks.run('up');
    expect(ended).toMatchObject({
      state: 'failed',
      error: { code: 'docker.container-exited', details: { service: 'a', exitCode: 7, log: ['nothing to do here'] } },
    });
    expect((ended as { error: Error }).error.message).toBe('a ended with exit code 7: nothing to do here');
    // The state before: nothing.
    expect((await all(made.projectName)).containers).toEqual([]);
    expect((await all(made.projectName)).networks).toEqual([]);
    expect(ended.log.join('\n')).toContain('nothing to do here');
  });

  it('shows what its probe said, when another waits for it', async () => {
    const made = await make(`
services:
  db:
    image: ${tools}
    command: [sleep, inf]
    init: true
    healthcheck:
      test: [CMD-SHELL, "echo the door is locked; exit 1"]
      interval: 200ms
      retries: 2
  app:
    image: ${tools}
    command: [sleep, inf]
    depends_on: { db: { condition: service_healthy } }
`);
    const ended = await made.stacks.run('up');
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'docker.unhealthy', details: { service: 'db' } } });
    expect((ended as { error: Error }).error.message).toContain('the door is locked');
    expect((await all(made.projectName)).containers).toEqual([]);
  });

  it('gives way to the container that ran before', async () => {
    const good = `services:\n  a:\n    image: ${tools}\n    command: [sleep, inf]\n    init: true\n`;
    const made = await make(good);
    await runWell(made.stacks, 'up');
    const [before] = (await all(made.projectName)).containers;
    await made.write(good.replace('sleep, inf', 'bash, -c, "exit 3"'));
    const ended = await made.stacks.run('up');
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'docker.container-exited' } });
    const after = (await all(made.projectName)).containers;
    expect(after).toEqual([before]);
    const container = await docker.getContainer(after[0] ?? '').inspect();
    expect(container.State.Running).toBe(true);
    expect(container.Name).toBe(`/${made.projectName}-a-1`);
  });

  it('is no obstacle when it is not required', async () => {
    const made = await make(`
services:
  extra:
    image: ${tools}
    command: [bash, -c, "exit 1"]
  app:
    image: ${tools}
    command: [sleep, inf]
    init: true
    depends_on: { extra: { condition: service_completed_successfully, required: false } }
`);
    const ended = await made.stacks.run('up');
    expect(ended.log.join('\n')).toContain('It is not required');
    // It still is a service of the stack, and it failed.
    expect(ended).toMatchObject({ state: 'failed', error: { details: { service: 'extra' } } });
  });
});

describe('what others own', () => {
  it('a container of the same name is not touched', async () => {
    const made = await make(`services:\n  a:\n    image: ${tools}\n    command: [sleep, inf]\n`);
    const name = `${made.projectName}-a-1`;
    const foreign = await docker.createContainer({ name, Image: tools, Cmd: ['sleep', 'inf'] });
    try {
      const ended = await made.stacks.run('up');
      expect(ended).toMatchObject({ state: 'failed', error: { code: 'docker.conflict' } });
      expect((await foreign.inspect()).Name).toBe(`/${name}`);
    } finally {
      await foreign.remove({ force: true });
    }
  });

  it('external networks and volumes must be there', async () => {
    const made = await make(`
services:
  a:
    image: ${tools}
    networks: [n]
    volumes: ["vol:/v"]
networks: { n: { external: true, name: gh-no-such-network } }
volumes: { vol: { external: true, name: gh-no-such-volume } }
`);
    const { problems } = await made.stacks.plan('up');
    expect(problems.map((each) => each.path).sort()).toEqual(['networks.n', 'volumes.vol']);
  });

  it('a volume that somebody else uses is not deleted', async () => {
    const made = await make(
      `services:\n  a:\n    image: ${tools}\n    command: [sleep, inf]\n    init: true\n    volumes: ["data:/data"]\nvolumes: { data: {} }\n`,
    );
    await runWell(made.stacks, 'up');
    const volume = `${made.projectName}_data`;
    const foreign = await docker.createContainer({
      Image: tools,
      Cmd: ['sleep', 'inf'],
      HostConfig: { Binds: [`${volume}:/data`] },
    });
    try {
      const plan = await made.stacks.plan('remove', { volumes: true });
      expect(plan.problems).toMatchObject([{ code: 'docker.conflict', path: 'volumes.data' }]);
      const ended = await made.stacks.run('remove', { volumes: true, planHash: plan.hash });
      expect(ended).toMatchObject({ state: 'failed', error: { code: 'docker.conflict' } });
      // Refused before anything was touched.
      expect((await all(made.projectName)).containers).toHaveLength(1);
    } finally {
      await foreign.remove({ force: true });
    }
  });
});

describe('hostile names', () => {
  it('execute nothing and work', async () => {
    const nasty = '$(touch pwned) `touch pwned`; rm -rf ~ "q" \'s\' ünï✓ \\ && x';
    const yaml = JSON.stringify(nasty.replaceAll('$', '$$'));
    const made = await make(
      `
services:
  a:
    image: ${tools}
    command: [bash, -c, "printf '%s' \\"$$1\\" > /out/arg; printf '%s' \\"$$NASTY\\" > /out/env; cat /run/secrets/word > /out/secret; cat /conf > /out/config; exec sleep inf", x, ${yaml}]
    init: true
    environment: { NASTY: ${yaml} }
    labels: { nasty: ${yaml} }
    volumes: ["./bind $$(touch pwned); rm é:/out"]
    secrets: [word]
    configs: [{ source: text, target: /conf }]
    healthcheck: { test: [CMD, test, -f, /out/config], interval: 200ms, retries: 25 }
secrets: { word: { file: "./se cret;$$(x)" } }
configs: { text: { content: ${yaml} } }
`,
      { 'se cret;$(x)': nasty },
      'gh $(touch x) ; rm é-',
    );
    await runWell(made.stacks, 'up');
    const out = join(made.folder, 'bind $(touch pwned); rm é');
    for (const name of ['arg', 'env', 'secret', 'config']) {
      expect(await readFile(join(out, name), 'utf8'), name).toBe(nasty);
    }
    expect((await readdir(made.folder)).sort()).toEqual(['bind $(touch pwned); rm é', 'compose.yaml', 'se cret;$(x)']);
    const [id] = (await all(made.projectName)).containers;
    const inside = await docker.getContainer(id ?? '').inspect();
    expect(inside.Config.Labels['nasty']).toBe(nasty);
    expect((await made.stacks.plan('up')).changes).toEqual([]);
  });
});
