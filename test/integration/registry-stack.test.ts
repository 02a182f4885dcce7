import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { testBuilds } from '../support/builds.ts';
import { compose } from '../support/compose.ts';
import { connectDocker, listByLabel, removeProject } from '../support/docker.ts';
import { connectClient, runWell } from '../support/docker-stacks.ts';
import { watchPull } from '../support/pulls.ts';
import { registryUser, startRegistry, type TestRegistry } from '../support/registry.ts';
import { machine, putImage } from '../support/registry-images.ts';
import { temporaryFolder } from '../support/temp.ts';

/** Whole stacks whose images are in a real registry. */

const docker = connectDocker();
const client = connectClient();
const { make, cleanup } = testBuilds();
let open: TestRegistry;
let locked: TestRegistry;

beforeAll(async () => {
  [open, locked] = await Promise.all([startRegistry(), startRegistry({ password: true })]);
});

afterEach(async () => {
  for (const each of cleanup.splice(0).reverse()) await each();
});

afterAll(async () => {
  client.close();
  await open?.remove();
  await locked?.remove();
});

const forget = (name: string): Promise<unknown> =>
  docker
    .getImage(name)
    .remove({ force: true })
    .catch(() => undefined);
const service = (image: string, more = ''): string =>
  `services:\n  a:\n    image: ${image}\n    stop_signal: SIGKILL\n${more}`;
const authOf = (password: string): string => Buffer.from(`${registryUser.username}:${password}`).toString('base64');
async function runningImage(projectName: string): Promise<string> {
  const [id] = (await listByLabel(docker, `com.docker.compose.project=${projectName}`)).containers;
  return (await docker.getContainer(id ?? '').inspect()).Image;
}

describe('logins', () => {
  let image: string;
  /** Puts a credential helper named `test` on the PATH. Call it before `make`. */
  const helper = async (script: string): Promise<void> => {
    const folder = await temporaryFolder();
    await writeFile(join(folder.path, 'docker-credential-test'), script);
    await chmod(join(folder.path, 'docker-credential-test'), 0o755);
    const before = process.env.PATH;
    process.env.PATH = `${folder.path}:${before}`;
    cleanup.push(async () => {
      process.env.PATH = before;
      await folder.remove();
    });
  };

  beforeAll(async () => {
    // As anybody does it: built here, tagged, pushed, and gone from here.
    const made = await putImage(open, { repository: 'team/app', layers: [5000], runs: true });
    await watchPull(client).run([{ image: made.name }]);
    await docker.getImage(made.name).tag({ repo: `${locked.host}/team/app`, tag: '1' });
    image = `${locked.host}/team/app:1`;
    const output = await docker.getImage(image).push({ authconfig: { ...registryUser, serveraddress: locked.host } });
    await new Promise<void>((resolve, reject) =>
      docker.modem.followProgress(output, (error) => (error === null ? resolve() : reject(error))),
    );
    await forget(image);
    await forget(made.name);
  });

  it('says how to log in, and starts nothing', async () => {
    const made = await make({ 'compose.yaml': service(image) });
    expect(await made.stacks.run('up')).toMatchObject({
      state: 'failed',
      error: {
        code: 'docker.image-missing',
        details: { problem: 'login', registry: locked.host },
        remedy: expect.stringContaining(`docker login ${locked.host}`),
      },
    });
    expect((await listByLabel(docker, `com.docker.compose.project=${made.projectName}`)).containers).toEqual([]);
  });

  it('logs in with what `docker login` wrote down', async () => {
    const made = await make({
      'compose.yaml': service(image),
      '.docker/config.json': JSON.stringify({ auths: { [locked.host]: { auth: authOf(registryUser.password) } } }),
    });
    cleanup.push(() => forget(image));
    await runWell(made.stacks, 'up');
    expect((await made.stacks.plan('up')).changes).toEqual([]);
  });

  it('names the user whom the registry turns away', async () => {
    const made = await make({
      'compose.yaml': service(image),
      '.docker/config.json': JSON.stringify({ auths: { [locked.host]: { auth: authOf('wrong') } } }),
    });
    const ended = await made.stacks.run('up');
    expect(ended).toMatchObject({ error: { details: { problem: 'login' } } });
    expect(JSON.stringify(ended)).not.toContain('wrong');
  });

  it('asks the credential helper', async () => {
    const answer = JSON.stringify({ Username: registryUser.username, Secret: registryUser.password });
    await helper(`#!/bin/sh\nread server\n[ "$1 $server" = "get ${locked.host}" ] && echo '${answer}'\n`);
    const made = await make({
      'compose.yaml': service(image),
      '.docker/config.json': JSON.stringify({ credHelpers: { [locked.host]: 'test' } }),
    });
    cleanup.push(() => forget(image));
    await runWell(made.stacks, 'up');
  });

  it('says that the credential helper failed', async () => {
    await helper('#!/bin/sh\necho "the key store is locked"\nexit 1\n');
    const made = await make({
      'compose.yaml': service(image),
      '.docker/config.json': JSON.stringify({ credsStore: 'test' }),
    });
    const ended = await made.stacks.run('up');
    expect(ended).toMatchObject({
      error: { message: expect.stringContaining('docker-credential-test failed: the key store is locked') },
    });
  });
});

describe('newer images', () => {
  it('are pulled without starting anything, and recreate on the next start', async () => {
    const recipe = { repository: 'team/moving', layers: [3000], runs: true };
    const first = await putImage(open, recipe);
    cleanup.push(() => forget(first.name));
    const made = await make({ 'compose.yaml': service(first.name) });
    await runWell(made.stacks, 'up');
    expect(await runWell(made.stacks, 'pull')).toBe(`${first.name} is up to date.`);
    const before = await runningImage(made.projectName);
    await putImage(open, recipe);
    // A new image under the same name is nothing that `up` looks for by itself.
    expect((await made.stacks.plan('up')).changes).toEqual([]);
    expect(await runWell(made.stacks, 'pull')).toBe(`${first.name} is new. Starting again would recreate a.`);
    expect(await runningImage(made.projectName)).toBe(before);
    cleanup.push(() => forget(before));
    await runWell(made.stacks, 'up');
    expect(await runningImage(made.projectName)).not.toBe(before);
    // The same opinion as the other's.
    const other = await compose(['up', '-d'], { folder: made.folder });
    expect(other.stderr).not.toContain('Recreate');
  });

  it('leave a service that is pinned to a digest alone', async () => {
    const pinned = await putImage(open, { repository: 'team/pinned', layers: [1000], runs: true });
    await putImage(open, { repository: 'team/pinned', layers: [1000], runs: true });
    const image = `${open.host}/team/pinned:1@${pinned.digest}`;
    cleanup.push(() => forget(`${open.host}/team/pinned@${pinned.digest}`));
    const made = await make({ 'compose.yaml': service(image) });
    await runWell(made.stacks, 'up');
    expect((await made.stacks.plan('up')).changes).toEqual([]);
    expect(await runWell(made.stacks, 'pull')).toBe(`${image} is up to date.`);
  });
});

describe('platform', () => {
  it('names the platform of an image that is not for the one asked for', async () => {
    const other = machine === 'amd64' ? 'arm64' : 'amd64';
    const foreign = await putImage(open, { repository: 'team/foreign', layers: [10], architecture: other });
    cleanup.push(() => forget(foreign.name));
    const made = await make({ 'compose.yaml': service(foreign.name, `    platform: linux/${machine}\n`) });
    expect(await made.stacks.run('up')).toMatchObject({
      state: 'failed',
      error: { code: 'docker.image-missing', message: expect.stringContaining(`linux/${other}`) },
    });
  });
});

describe('pull_policy', () => {
  const policies = ['', 'always', 'missing', 'never', 'build', 'daily', 'every_1s'];
  const manifests = async (): Promise<number> =>
    (await open.requests()).filter((line) => /^(GET|HEAD) .*\/policy\/a\/manifests\//.test(line)).length;

  it.each([
    ['without build', ''],
    ['with build', '    build: .\n'],
  ])('asks the registry when Compose does, %s', async (_name, build) => {
    const image = await putImage(open, { repository: 'policy/a', layers: [1000], runs: true });
    cleanup.push(() => forget(image.name));
    const dockerfile = 'FROM scratch\nCOPY . /\nCMD ["/x"]\n';
    /** Whether it ended well, and whether the registry was asked for the image itself. */
    const see = async (work: () => Promise<boolean>): Promise<{ well: boolean; asked: boolean }> => {
      const before = await manifests();
      const well = await work();
      return { well, asked: (await manifests()) > before };
    };
    for (const policy of policies) {
      const line = policy === '' ? '' : `    pull_policy: ${policy}\n`;
      // Without a network to make and remove each time, which takes longer than what is looked at.
      const text = service(image.name, `    network_mode: none\n${line}${build}`);
      const made = await make({
        'compose.yaml': text,
        Dockerfile: dockerfile,
      });
      const ours = (): Promise<boolean> =>
        made.stacks.plan('up').then(async (plan) => {
          if (plan.problems.some((each) => each.severity === 'error')) return false;
          const progress = { progress: () => undefined, detail: () => undefined, log: () => undefined };
          const request = { target: await made.stacks.target(), services: undefined, session: 'test' };
          await made.stacks.stacks.apply.images(request, progress, AbortSignal.timeout(60_000));
          return true;
        });
      const theirs = async (): Promise<boolean> =>
        (await compose(['up', '--no-start', '--quiet-pull'], { folder: made.folder })).exitCode === 0;
      for (const present of [false, true]) {
        const prepare = present
          ? () => watchPull(client).run([{ image: image.name }])
          : async () => {
              await removeProject(docker, made.projectName);
              await forget(image.name);
            };
        await prepare();
        const expected = await see(theirs);
        await removeProject(docker, made.projectName);
        await prepare();
        expect({ policy, present, ...(await see(ours)) }).toEqual({ policy, present, ...expected });
      }
    }
  });

  it('uses what is here when the registry is away, and says so', async () => {
    const away = await startRegistry();
    cleanup.push(() => away.remove());
    const image = await putImage(away, { repository: 'policy/away', layers: [1000], runs: true });
    cleanup.push(() => forget(image.name));
    const made = await make({ 'compose.yaml': service(image.name, '    pull_policy: always\n') });
    await runWell(made.stacks, 'up');
    await away.stop();
    const ended = await made.stacks.run('up');
    expect(ended.state).toBe('done');
    expect(ended.log.join('\n')).toContain('The one that is here is used');
  });
});
