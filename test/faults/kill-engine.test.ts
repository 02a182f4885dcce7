import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDocker, fixtureImages, listByLabel, removeByLabel, removeProject } from '../support/docker.ts';
import type { ChildJob } from '../support/engine-child/protocol.ts';
import { bundleEngineChild, type ChildResult, runEngineChild } from '../support/engine-child/run.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

/**
 * kill -9 of the engine's process after every single journal entry of up, capture, restore and remove. The next start
 * must leave the state before or the state after, and the data of one of the two, by checksum.
 */

const docker = connectDocker();
const key = randomBytes(4).toString('hex');
const projectName = `gh-kill-${key}`;
const environmentId = `${projectName}/main`;
const storeNames = { volume: `gh-kill-store-${key}`, helper: `gh-kill-helper-${key}` };
const projectLabel = `com.docker.compose.project=${projectName}`;

const composeFile = `
services:
  app:
    image: ${fixtureImages.tools}
    command: ["sleep", "infinity"]
    stop_signal: SIGKILL
    volumes: ["data:/data"]
  side:
    image: ${fixtureImages.tools}
    command: ["sleep", "infinity"]
    stop_signal: SIGKILL
    depends_on: [app]
volumes:
  data:
`;

let bundle = '';
let home: TemporaryFolder;
let folder = '';

type Image = { readonly id: string; readonly name: string };
type Call = ChildJob['calls'][number];
const call = (procedure: string, input: unknown): Call => ({ procedure, input });
const up = call('environments.up', { environmentId });
const down = call('environments.down', { environmentId });

function life(calls: readonly Call[], kill: ChildJob['kill'] = null): Promise<ChildResult> {
  return runEngineChild(bundle, { dataFolder: join(home.path, 'data'), storeNames, kill, calls: [...calls] });
}

/** A life in which every call must end well. */
async function well(...calls: Call[]): Promise<ChildResult> {
  const result = await life(calls);
  for (const answer of result.answers) {
    expect(answer.error, answer.procedure).toBeUndefined();
    const state = (answer.result as { state?: string } | undefined)?.state;
    if (typeof state === 'string' && 'steps' in (answer.result as object))
      expect(answer.result, answer.procedure).toMatchObject({ state: 'done' });
  }
  return result;
}

/** Journal entries that a call writes when nothing goes wrong. */
function entriesOf(result: ChildResult, index: number): number {
  return result.journal.filter((entry) => entry.call === index).length;
}

async function inApp(command: string): Promise<string> {
  const [container] = await docker.listContainers({
    filters: JSON.stringify({ label: [projectLabel, 'com.docker.compose.service=app'] }),
  });
  if (container === undefined) throw new Error('app does not run');
  const exec = await docker
    .getContainer(container.Id)
    .exec({ Cmd: ['sh', '-c', command], AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  // Multiplexed frames: an 8-byte header before each piece.
  let text = '';
  let rest = Buffer.concat(chunks);
  while (rest.length >= 8) {
    const size = rest.readUInt32BE(4);
    text += rest.subarray(8, 8 + size).toString('utf8');
    rest = rest.subarray(8 + size);
  }
  return text.trim();
}

const checksum = (): Promise<string> =>
  inApp('cd /data && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum');
const write = (text: string): Promise<string> =>
  inApp(
    `printf '%s' '${text}' > /data/words && head -c 300000 /dev/urandom > '/data/$(touch x) ; rm' && mkdir -p /data/sub && cp /data/words /data/sub/copy`,
  );

async function running(): Promise<{ up: number; paused: number; all: number }> {
  const all = await docker.listContainers({ all: true, filters: JSON.stringify({ label: [projectLabel] }) });
  return {
    up: all.filter((each) => each.State === 'running').length,
    paused: all.filter((each) => each.State === 'paused').length,
    all: all.length,
  };
}

type End = 'done' | 'failed' | 'cancelled';

interface Killing {
  /** How many entries the call writes in a life of its own. */
  readonly entries: number;
  /** What to do in the life that is cut off, the call under test last. */
  readonly calls: () => Promise<readonly Call[]> | readonly Call[];
  /** What to ask in the life after it. */
  readonly ask?: readonly Call[];
  readonly check: (state: End, at: string, answers: ChildResult['answers']) => Promise<void>;
}

/** Cuts a life off at one entry after the other; the next life takes up what it left, and is asked how things are. */
async function killEverywhere({ entries, calls, ask = [], check }: Killing): Promise<void> {
  expect(entries).toBeGreaterThan(3);
  for (let entry = 1; entry <= entries; entry += 1) {
    const list = await calls();
    const cut = await life(list, { call: list.length - 1, entry });
    const at = `entry ${entry}: ${cut.journal.at(-1)?.journal}`;
    expect(cut.killed, at).toBe(true);
    const next = await life(ask);
    const operation = next.operations.find((each) => each.kind === kindOf(list.at(-1)));
    expect(['done', 'failed', 'cancelled'], at).toContain(operation?.state);
    await check(operation?.state as End, at, next.answers);
  }
}

const kinds: Readonly<Record<string, string>> = {
  'environments.up': 'stack.up',
  'golden.capture': 'golden.capture',
  'golden.restore': 'golden.restore',
  'environments.remove': 'stack.remove',
};
const kindOf = (last: Call | undefined): string | undefined => kinds[last?.procedure ?? ''];

beforeAll(async () => {
  bundle = await bundleEngineChild();
  home = await temporaryFolder('golden hour $(kill) ');
  folder = join(home.path, projectName);
  await mkdir(folder);
  await writeFile(join(folder, 'compose.yaml'), composeFile);
  await well(call('stacks.add', { folder }));
});

afterAll(async () => {
  await removeProject(docker, projectName);
  await docker
    .getContainer(storeNames.helper)
    .remove({ force: true })
    .catch(() => undefined);
  await docker
    .getVolume(storeNames.volume)
    .remove({ force: true })
    .catch(() => undefined);
  await removeByLabel(docker, `io.goldenhour.environment=${environmentId}`);
  await home.remove();
});

describe('kill -9 at every journal entry', () => {
  it('of up: nothing or everything', async () => {
    const clean = await well(up, down);
    await killEverywhere({
      entries: entriesOf(clean, 0),
      calls: () => [down, up],
      async check(state, at) {
        expect(await running(), at).toEqual(
          state === 'done' ? { up: 2, paused: 0, all: 2 } : { up: 0, paused: 0, all: 0 },
        );
      },
    });
  });

  it('of capture: the services run on with their data, the image is whole or absent', async () => {
    await well(up);
    await write('captured');
    const before = await checksum();
    const capture = (tag: string): Call => call('golden.capture', { environmentId, purpose: 'kill-test', tag });
    const list = call('golden.list', { environmentId });
    const clean = await well(capture('clean'));
    let cutImages: Image[] = [];
    await killEverywhere({
      entries: entriesOf(clean, 0),
      calls: () => [...cutImages.map(({ id, name }) => call('golden.remove', { imageId: id, name })), capture('cut')],
      ask: [list],
      async check(state, at, answers) {
        expect(await running(), at).toEqual({ up: 2, paused: 0, all: 2 });
        expect(await checksum(), at).toBe(before);
        cutImages = ((answers[0]?.result ?? []) as Image[]).filter((image) => image.name.endsWith('-cut'));
        expect(cutImages.length, at).toBe(state === 'done' ? 1 : 0);
        for (const image of cutImages) await well(call('golden.verify', { imageId: image.id }));
      },
    });
  });

  it('of restore: the data of before or of the image, running', async () => {
    await well(up);
    await write('to be restored');
    const captured = await checksum();
    const taken = await well(
      call('golden.capture', { environmentId, purpose: 'restore-point' }),
      call('golden.list', { environmentId }),
    );
    const image = (taken.answers[1]?.result as Image[] | undefined)?.find((each) =>
      each.name.includes('restore-point'),
    );
    const restore = call('golden.restore', { environmentId, imageId: image?.id });
    const clean = await well(restore);
    expect(await checksum()).toBe(captured);
    let later = '';
    let round = 0;
    await killEverywhere({
      entries: entriesOf(clean, 0),
      async calls() {
        round += 1;
        await write(`later ${round}`);
        later = await checksum();
        expect(later).not.toBe(captured);
        return [restore];
      },
      async check(state, at) {
        expect(await running(), at).toEqual({ up: 2, paused: 0, all: 2 });
        expect(await checksum(), at).toBe(state === 'done' ? captured : later);
      },
    });
  });

  it('of remove with its data: all of it there, or all of it gone', async () => {
    const plan = call('environments.plan', { environmentId, action: 'remove', volumes: true });
    const remove = async (): Promise<Call> => {
      const { answers } = await well(up, plan);
      const shown = answers[1]?.result as { hash: string } | undefined;
      return call('environments.remove', { environmentId, volumes: true, planHash: shown?.hash });
    };
    const clean = await well(await remove());
    expect(await listByLabel(docker, projectLabel)).toEqual({ containers: [], networks: [], volumes: [] });
    let before = '';
    let round = 0;
    await killEverywhere({
      entries: entriesOf(clean, 0),
      async calls() {
        const last = await remove();
        round += 1;
        await write(`precious ${round}`);
        before = await checksum();
        return [last];
      },
      async check(state, at) {
        if (state === 'done') {
          expect(await listByLabel(docker, projectLabel), at).toEqual({ containers: [], networks: [], volumes: [] });
        } else {
          expect(await running(), at).toEqual({ up: 2, paused: 0, all: 2 });
          expect(await checksum(), at).toBe(before);
        }
      },
    });
  });
});
