import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { connectDocker, fixtureImages, listByLabel, removeProject, uniqueProjectName } from '../support/docker.ts';
import { runWell, type TestStacks, testStacks } from '../support/docker-stacks.ts';
import { temporaryFolder } from '../support/temp.ts';

/** What changes of a file do to what is there. */

const docker = connectDocker();
const tools = fixtureImages.tools;
const cleanup: (() => Promise<void>)[] = [];

interface Made {
  readonly stacks: TestStacks;
  readonly projectName: string;
  write(text: string): Promise<void>;
  /** Container ids by name without the project. */
  ids(): Promise<Record<string, string>>;
  inside(service: string, ...command: string[]): Promise<string>;
}

async function make(text: string, environment: Readonly<Record<string, string>> = {}): Promise<Made> {
  const parent = await temporaryFolder();
  const projectName = uniqueProjectName('chg');
  const folder = join(parent.path, projectName);
  await mkdir(folder);
  const write = (body: string): Promise<void> => writeFile(join(folder, 'compose.yaml'), body);
  await write(text);
  const stacks = testStacks({ folder, environment });
  cleanup.push(async () => {
    await removeProject(docker, projectName);
    stacks.client.close();
    await parent.remove();
  });
  const ids = async (): Promise<Record<string, string>> => {
    const found = await docker.listContainers({
      all: true,
      filters: JSON.stringify({ label: [`com.docker.compose.project=${projectName}`] }),
    });
    return Object.fromEntries(found.map((each) => [(each.Names[0] ?? '').replace(`/${projectName}-`, ''), each.Id]));
  };
  return {
    stacks,
    projectName,
    write,
    ids,
    inside: async (service, ...command) => {
      const id = (await ids())[`${service}-1`] ?? '';
      return (await stacks.client.exec(id, { command }, { signal: AbortSignal.timeout(20_000) })).stdout.trim();
    },
  };
}

afterEach(async () => {
  for (const each of cleanup.splice(0)) await each();
});

const service = (more: string): string =>
  `    image: ${tools}\n    command: [sleep, inf]\n    stop_signal: SIGKILL\n${more}`;

describe('containers', () => {
  it('are added and taken away as the service is scaled', async () => {
    const text = (scale: number): string => `services:\n  a:\n${service(`    scale: ${scale}\n`)}`;
    const made = await make(text(2));
    await runWell(made.stacks, 'up');
    const two = await made.ids();
    expect(Object.keys(two).sort()).toEqual(['a-1', 'a-2']);
    await made.write(text(3));
    await runWell(made.stacks, 'up');
    expect(await made.ids()).toMatchObject(two);
    await made.write(text(1));
    const plan = await made.stacks.plan('up');
    expect(plan.changes.map((each) => each.action)).toEqual(['remove', 'remove']);
    await runWell(made.stacks, 'up');
    expect(await made.ids()).toEqual({ 'a-1': two['a-1'] });
  });

  it('keep their anonymous volumes when they are recreated', async () => {
    const text = (mark: string): string =>
      `services:\n  a:\n${service(`    environment: { MARK: ${mark} }\n    volumes: [/anonymous]\n`)}`;
    const made = await make(text('one'));
    await runWell(made.stacks, 'up');
    await made.inside('a', 'bash', '-c', 'echo kept > /anonymous/word');
    const before = await made.ids();
    await made.write(text('two'));
    await runWell(made.stacks, 'up');
    expect((await made.ids())['a-1']).not.toBe(before['a-1']);
    expect(await made.inside('a', 'cat', '/anonymous/word')).toBe('kept');
  });

  it('follow the container whose network they share', async () => {
    const text = (mark: string): string =>
      `services:\n  a:\n${service(`    environment: { MARK: ${mark} }\n`)}  b:\n${service('    network_mode: service:a\n')}`;
    const made = await make(text('one'));
    await runWell(made.stacks, 'up');
    await made.write(text('two'));
    const plan = await made.stacks.plan('up');
    expect(plan.changes.map((each) => `${each.action} ${each.service}`)).toEqual(['recreate a', 'recreate b']);
    await runWell(made.stacks, 'up');
    const { 'a-1': a, 'b-1': b } = await made.ids();
    expect((await docker.getContainer(b ?? '').inspect()).HostConfig.NetworkMode).toBe(`container:${a}`);
    expect((await made.stacks.plan('up')).changes).toEqual([]);
  });

  it('restart with their dependency when they ask for it', async () => {
    const text = (mark: string): string =>
      `services:\n  a:\n${service(`    environment: { MARK: ${mark} }\n`)}  b:\n${service('    depends_on: { a: { condition: service_started, restart: true } }\n')}`;
    const made = await make(text('one'));
    await runWell(made.stacks, 'up');
    const before = await made.ids();
    const startOf = async (id: string | undefined): Promise<string> =>
      (await docker.getContainer(id ?? '').inspect()).State.StartedAt;
    const started = await startOf(before['b-1']);
    await made.write(text('two'));
    await runWell(made.stacks, 'up');
    const after = await made.ids();
    expect(after['b-1']).toBe(before['b-1']);
    expect(after['a-1']).not.toBe(before['a-1']);
    expect(await startOf(after['b-1'])).not.toBe(started);
  });

  it('are put right when somebody took them apart by hand', async () => {
    const made = await make(`services:\n  a:\n${service('')}  b:\n${service('')}`);
    await runWell(made.stacks, 'up');
    const ids = await made.ids();
    await docker.getContainer(ids['a-1'] ?? '').remove({ force: true });
    await docker.getNetwork(`${made.projectName}_default`).disconnect({ Container: ids['b-1'] ?? '' });
    const plan = await made.stacks.plan('up');
    expect(plan.changes.map((each) => `${each.action} ${each.service}`)).toEqual(['create a', 'recreate b']);
    await runWell(made.stacks, 'up');
    expect((await made.stacks.plan('up')).changes).toEqual([]);
  });
});

describe('secrets and configs that are copied in', () => {
  const text = (token: string, more = ''): string => `
services:
  a:
${service(more)}    secrets: [{ source: word, mode: 0400, uid: "33" }]
    configs: [{ source: conf, target: ${more.includes('read_only') ? '/run/secrets/conf' : '/etc/app/app.conf'} }]
secrets: { word: { environment: ${token} } }
configs: { conf: { content: "text: $$x\\n" } }
`;

  it.each([
    ['a plain container', ''],
    ['one with a read-only root', '    read_only: true\n'],
    ['one with a tmpfs over them', '    tmpfs: [/run]\n'],
  ])('reach %s', async (_what, more) => {
    const made = await make(text('TOKEN', more), { TOKEN: 'sésame $(x)' });
    await runWell(made.stacks, 'up');
    expect(await made.inside('a', 'cat', '/run/secrets/word')).toBe('sésame $(x)');
    expect(await made.inside('a', 'stat', '-c', '%a %u', '/run/secrets/word')).toBe('400 33');
    const conf = more.includes('read_only') ? '/run/secrets/conf' : '/etc/app/app.conf';
    expect(await made.inside('a', 'cat', conf)).toBe('text: $x');
    expect((await made.stacks.plan('up')).changes).toEqual([]);
    const inspected = JSON.stringify(await docker.getContainer((await made.ids())['a-1'] ?? '').inspect());
    expect(inspected).not.toContain('sésame');
    await runWell(made.stacks, 'restart');
    expect(await made.inside('a', 'cat', '/run/secrets/word')).toBe('sésame $(x)');
    // Nothing of it outlives the container.
    const { Mounts: mounts } = await docker.getContainer((await made.ids())['a-1'] ?? '').inspect();
    const held = mounts.flatMap((mount) => (mount.Type === 'volume' ? [mount.Name ?? ''] : []));
    expect(held).toHaveLength(more === '' ? 0 : 1);
    await runWell(made.stacks, 'down');
    for (const name of held) await expect(docker.getVolume(name).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  it('bring a new container when their content changes', async () => {
    const made = await make(text('TOKEN'), { TOKEN: 'one', OTHER: 'two' });
    await runWell(made.stacks, 'up');
    await made.write(text('OTHER'));
    expect((await made.stacks.plan('up')).changes).toMatchObject([
      { action: 'recreate', reason: 'a secret or config changed' },
    ]);
    await runWell(made.stacks, 'up');
    expect(await made.inside('a', 'cat', '/run/secrets/word')).toBe('two');
  });
});

describe('volumes', () => {
  it('that exist with other options are reported and kept', async () => {
    const text = (options: string): string =>
      `services:\n  a:\n${service('    volumes: ["data:/data"]\n')}volumes:\n  data:\n${options}`;
    const made = await make(text('    labels: { a: b }\n'));
    await runWell(made.stacks, 'up');
    const name = `${made.projectName}_data`;
    // As docker compose would have made it: without our labels.
    await runWell(made.stacks, 'down');
    await docker.getVolume(name).remove();
    await docker.createVolume({ Name: name, Labels: { 'com.docker.compose.project': made.projectName } });
    await made.write(text('    driver_opts: { type: tmpfs, device: tmpfs }\n'));
    const plan = await made.stacks.plan('up');
    expect(plan.changes.find((each) => each.resource === 'volume')).toMatchObject({ action: 'keep', name });
    await runWell(made.stacks, 'up');
    expect((await docker.getVolume(name).inspect()).Options ?? {}).toEqual({});
  });

  it('of other people are not removed with the stack', async () => {
    const made = await make(
      `services:\n  a:\n${service('    volumes: ["data:/data", "ext:/ext"]\n')}volumes: { data: { name: PLACE }, ext: { external: true, name: PLACE-ext } }`,
    );
    const name = `${made.projectName}-foreign`;
    await made.write(
      `services:\n  a:\n${service('    volumes: ["data:/data", "ext:/ext"]\n')}volumes: { data: { name: ${name} }, ext: { external: true, name: ${name}-ext } }`,
    );
    await docker.createVolume({ Name: name });
    await docker.createVolume({ Name: `${name}-ext` });
    try {
      await runWell(made.stacks, 'up');
      const plan = await made.stacks.plan('remove', { volumes: true });
      expect(plan.changes.filter((each) => each.resource === 'volume').map((each) => each.action)).toEqual([
        'keep',
        'keep',
      ]);
      await runWell(made.stacks, 'remove', { volumes: true, planHash: plan.hash });
      const left = await listByLabel(docker, `com.docker.compose.project=${made.projectName}`);
      expect(left).toEqual({ containers: [], networks: [], volumes: [] });
      expect((await docker.getVolume(name).inspect()).Name).toBe(name);
      expect((await docker.getVolume(`${name}-ext`).inspect()).Name).toBe(`${name}-ext`);
    } finally {
      await removeProject(docker, made.projectName);
      await docker.getVolume(name).remove();
      await docker.getVolume(`${name}-ext`).remove();
    }
  });
});
