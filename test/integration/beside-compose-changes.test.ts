import { randomInt } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { readContainerLog } from '../../electron/engine/providers/docker/logs.ts';
import { type Beside, besideProject, expectAgreement, type Hand, type Picture } from '../support/beside.ts';
import { connectDocker, fixtureImages } from '../support/docker.ts';
import { runWell } from '../support/docker-stacks.ts';
import { waitFor } from '../support/wait.ts';

/** One of the two carries out a change of the files; to the other, and to itself, nothing is left to do then. */

const docker = connectDocker();
const tools = fixtureImages.tools;
const net = `10.${randomInt(1, 250)}`;
const base = `    image: ${tools}
    command: [sleep, inf]
    stop_signal: SIGKILL
`;
const made: Beside[] = [];
const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of made.splice(0)) await each.remove();
  for (const each of cleanUps.splice(0)) await each();
});

async function make(text: string, more: Partial<Parameters<typeof besideProject>[0]> = {}): Promise<Beside> {
  const project = await besideProject({ text, ...more });
  made.push(project);
  return project;
}

const other = (hand: Hand): Hand => (hand === 'ours' ? 'theirs' : 'ours');
const bothHands: readonly Hand[] = ['ours', 'theirs'];

/** Nothing may happen any more, whoever is asked. */
async function expectSettled(project: Beside, first: Hand): Promise<Picture> {
  const before = await project.look();
  for (const by of [other(first), first]) {
    await project.act({ by, verb: 'up' });
    expect(await project.look(), `up by ${by}`).toEqual(before);
  }
  const plan = await project.stacks.plan('up');
  expect(plan.changes.filter((each) => each.action !== 'keep')).toEqual([]);
  await expectAgreement(project, before);
  return before;
}

const ids = (picture: Picture): Record<string, string> =>
  Object.fromEntries(Object.entries(picture.containers).map(([name, each]) => [name, each.id]));

/** Which containers are other ones than before, or new. */
function renewed(before: Picture, after: Picture): string[] {
  const was = ids(before);
  return Object.entries(ids(after))
    .filter(([name, id]) => was[name] !== id)
    .map(([name]) => name)
    .sort();
}

describe('a change of the files', () => {
  const text = `
services:
  db:
${base}    networks: { back: { ipv4_address: ${net}.1.10 } }
    volumes: [data:/data]
  web:
${base}    environment: { MARK: one }
    scale: 2
    networks: [default, back]
    depends_on: { db: { condition: service_started, restart: true } }
    secrets: [written]
  side:
${base}    labels: { word: one }
networks: { back: { ipam: { config: [{ subnet: ${net}.1.0/24 }] } } }
volumes: { data: }
secrets: { written: { file: ./written } }
`;
  const edits: readonly {
    readonly what: string;
    readonly from: string;
    readonly to: string;
    readonly new: string[];
  }[] = [
    { what: 'a variable', from: 'MARK: one', to: 'MARK: two', new: ['web-1', 'web-2'] },
    { what: 'a label', from: 'word: one', to: 'word: two', new: ['side-1'] },
    { what: 'the scale up', from: 'scale: 2', to: 'scale: 3', new: ['web-3'] },
    { what: 'the scale down', from: 'scale: 3', to: 'scale: 2', new: [] },
    { what: 'a renamed service', from: '  side:', to: '  beside:', new: ['beside-1'] },
    {
      what: 'the restart policy',
      from: 'labels: { word:',
      to: 'restart: "no"\n    labels: { word:',
      new: ['beside-1'],
    },
  ];

  it('is carried out once, by either', { timeout: 180_000 }, async () => {
    const project = await make(text, { files: { written: 'word' }, expected: /Found orphan containers/ });
    let by: Hand = 'theirs';
    await project.act({ by, verb: 'up' });
    await project.inside('db-1', 'bash', '-c', 'echo kept > /data/word');
    let before = await project.look();
    for (const edit of edits) {
      by = other(by);
      await project.edit(edit.from, edit.to);
      await project.act({ by, verb: 'up' });
      const after = await expectSettled(project, by);
      expect(renewed(before, after), `${edit.what} by ${by}`).toEqual(edit.new);
      expect([after.networks, after.volumes]).toEqual([before.networks, before.volumes]);
      before = after;
    }
    // The renamed one was left by both as what it is now.
    expect(before.containers['side-1']?.running).toBe(true);
    expect(await project.inside('db-1', 'cat', '/data/word')).toBe('kept');
    // A file that is mounted needs no new container.
    await project.write('written', 'another');
    await expectSettled(project, by);
  });

  it.each(bothHands)('of a network makes it anew and keeps the data, by %s', async (by) => {
    const project = await make(text, { files: { written: 'word' } });
    await project.act({ by: other(by), verb: 'up' });
    await project.inside('db-1', 'bash', '-c', 'echo kept > /data/word');
    const before = await project.look();
    await project.edit(`${net}.1.`, `${net}.2.`);
    if (by === 'ours') {
      expect((await project.stacks.plan('up')).changes).toMatchObject([
        { resource: 'network', action: 'recreate', cost: 'recreate', reason: 'changed: ipam.subnet' },
        { name: `${project.projectName}-db-1`, action: 'recreate' },
        { name: `${project.projectName}-web-1`, action: 'recreate' },
        { name: `${project.projectName}-web-2`, action: 'recreate' },
      ]);
    }
    await project.act({ by, verb: 'up' });
    const after = await expectSettled(project, by);
    const [back, front] = [`${project.projectName}_back`, `${project.projectName}_default`];
    expect(after.networks[back]).not.toBe(before.networks[back]);
    expect(after.networks[front]).toBe(before.networks[front]);
    expect(after.volumes).toEqual(before.volumes);
    expect(after.containers['side-1']).toEqual(before.containers['side-1']);
    expect(await project.inside('db-1', 'cat', '/data/word')).toBe('kept');
    expect(await project.inside('web-1', 'getent', 'hosts', 'db')).toContain(`${net}.2.10`);
  });

  it('of a volume is reported and its data kept, whoever looks', async () => {
    const project = await make(text, { files: { written: 'word' } });
    await project.act({ by: 'ours', verb: 'up' });
    await project.inside('db-1', 'bash', '-c', 'echo kept > /data/word');
    const before = await project.look();
    await project.edit('volumes: { data: }', 'volumes: { data: { labels: { more: "1" } } }');
    for (const by of bothHands) {
      await project.act({ by, verb: 'up' });
      expect(await project.look()).toEqual(before);
    }
    expect(await project.inside('db-1', 'cat', '/data/word')).toBe('kept');
  });

  it.each(bothHands)('of an image under the same tag is seen by both, carried out by %s', async (by) => {
    const tag = `gh-beside-image-${randomInt(1e9)}`;
    cleanUps.push(() => docker.getImage(`${tag}:1`).remove({ force: true }));
    await docker.getImage(tools).tag({ repo: tag, tag: '1' });
    const project = await make(
      `services:\n  a:\n    image: ${tag}:1\n    command: [sleep, inf]\n    stop_signal: SIGKILL\n    pull_policy: never\n  b:\n${base}`,
    );
    await project.act({ by: other(by), verb: 'up' });
    const before = await expectSettled(project, other(by));
    await docker.getImage(fixtureImages.http).tag({ repo: tag, tag: '1' });
    expect((await project.stacks.plan('up')).changes).toMatchObject([
      { service: 'a', action: 'recreate', reason: 'its image changed' },
    ]);
    await project.act({ by, verb: 'up' });
    expect(renewed(before, await expectSettled(project, by))).toEqual(['a-1']);
  });
});

describe('what containers say', () => {
  it.each(bothHands)('is read by both, also when %s replaced and restarted them', async (by) => {
    const text = (word: string): string =>
      `services:\n  a:\n    image: ${tools}\n    command: [sh, -c, "echo said ${word}; exec sleep inf"]\n    stop_signal: SIGKILL\n`;
    const project = await make(text('one'));
    await project.act({ by: other(by), verb: 'up' });
    await project.write('compose.yaml', text('two'));
    await project.act({ by, verb: 'up' });
    await project.act({ by, verb: 'restart' });
    const id = (await project.look()).containers['a-1']?.id ?? '';
    const ours = async (): Promise<string[]> => {
      const lines: string[] = [];
      const signal = AbortSignal.timeout(20_000);
      const onLine = ({ text: line }: { readonly text: string }): unknown => lines.push(line);
      await readContainerLog(project.stacks.client, id, false, { signal, follow: false, onLine });
      return lines;
    };
    await waitFor(async () => (await ours()).length === 2, { what: 'both starts are in the log' });
    expect(await ours()).toEqual(['said two', 'said two']);
    const theirs = await project.theirs('logs', '--no-color', '--no-log-prefix');
    expect(theirs.trim().split('\n')).toEqual(['said two', 'said two']);
  });
});

describe('containers that are not those of a service', () => {
  const text = `
services:
  a:
${base}    volumes: [data:/data]
  b:
${base}  extra:
${base}    profiles: [extra]
volumes: { data: }
`;

  it('of compose run are left alone until asked for', async () => {
    const project = await make(text);
    for (const by of bothHands) {
      await project.act({ by, verb: 'up' });
      await project.theirs('run', '--detach', 'a', 'sleep', 'inf');
      const before = await project.look();
      expect(before.oneOffs).toHaveLength(1);
      expect(Object.keys(before.containers).sort()).toEqual(['a-1', 'b-1']);
      await expectSettled(project, by);
      await runWell(project.stacks, 'restart');
      await runWell(project.stacks, 'stop');
      expect((await docker.getContainer(before.oneOffs[0] ?? '').inspect()).State.Running).toBe(true);
      await project.act({ by: other(by), verb: 'down' });
      await project.act({ by, verb: 'down' });
      expect(await project.look()).toMatchObject({ containers: {}, oneOffs: before.oneOffs });
      if (by === 'ours') await runWell(project.stacks, 'down', { removeOrphans: true });
      else await project.theirs('down', '--remove-orphans');
      expect(await project.look()).toMatchObject({ containers: {}, oneOffs: [], networks: {} });
    }
  });

  it.each(bothHands)('of services that left the file stay until asked for: %s', async (by) => {
    const project = await make(text, { expected: /Found orphan containers/ });
    await project.act({ by: other(by), verb: 'up' });
    await project.edit(`  b:\n${base}`, '');
    await expectSettled(project, by);
    await project.act({ by, verb: 'down' });
    expect(Object.keys((await project.look()).containers)).toEqual(['b-1']);
    await expectSettledDown(project);
    if (by === 'ours') await runWell(project.stacks, 'down', { removeOrphans: true });
    else await project.theirs('down', '--remove-orphans');
    expect(await project.look()).toMatchObject({ containers: {}, networks: {} });
  });

  /** Taking down again changes nothing, whoever does it. */
  async function expectSettledDown(project: Beside): Promise<void> {
    const before = await project.look();
    for (const by of bothHands) {
      await project.act({ by, verb: 'down' });
      expect(await project.look()).toEqual(before);
    }
  }

  it.each(bothHands)('of a profile that is not active stay: %s', async (by) => {
    const project = await make(text);
    await project.theirs('--profile', 'extra', 'up', '--detach');
    const extra = (await project.look()).containers['extra-1'];
    await expectSettled(project, by);
    const target = await project.stacks.target();
    const containers = await project.stacks.stacks.runtime.containers(target, AbortSignal.timeout(20_000));
    expect(project.stacks.stacks.drift(target, containers)['extra']?.drift).toBe('unknown');
    await project.act({ by, verb: 'down' });
    expect((await project.look()).containers).toEqual({ 'extra-1': extra });
    await expectSettledDown(project);
    // Removing the stack is another matter: it leaves nothing but data.
    await runWell(project.stacks, 'remove', { volumes: false });
    const left = await project.look();
    expect(left).toMatchObject({ containers: {}, networks: {} });
    expect(Object.keys(left.volumes)).toHaveLength(1);
  });

  it.each(bothHands)('take their data with them only when told so: %s', async (by) => {
    const project = await make(text);
    await project.act({ by: other(by), verb: 'up' });
    await project.act({ by, verb: 'up' });
    if (by === 'ours') {
      const { hash } = await project.stacks.plan('remove', { volumes: true });
      await runWell(project.stacks, 'remove', { volumes: true, planHash: hash });
    } else await project.theirs('down', '--volumes');
    expect(await project.look()).toEqual({ containers: {}, oneOffs: [], networks: {}, volumes: {} });
    await project.act({ by: other(by), verb: 'up' });
    await expectSettled(project, other(by));
  });
});
