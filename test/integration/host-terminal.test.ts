import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor, Call } from '../../electron/engine/api.ts';
import { systemClock } from '../../electron/engine/platform/clock.ts';
import { systemFiles } from '../../electron/engine/platform/files.ts';
import { runProcess } from '../../electron/engine/platform/processes.ts';
import { type SpawnPty, spawnPty } from '../../electron/engine/platform/pty.ts';
import { createListSession } from '../../electron/engine/platform/session-processes.ts';
import { closeDatabase, openDatabase } from '../../electron/engine/storage/database.ts';
import { createFlows } from '../../electron/engine/streams/flow.ts';
import { hostEnvironment } from '../../electron/engine/terminal/host-environment.ts';
import { createOpenOnHost } from '../../electron/engine/terminal/host-place.ts';
import { createTerminalMemory } from '../../electron/engine/terminal/memory.ts';
import { createTerminals } from '../../electron/engine/terminal/terminal.ts';
import type { TerminalBatch, TerminalView } from '../../shared/contract/streams.ts';
import { consumeFlow } from '../../shared/flow.ts';
import { compose } from '../support/compose.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';

const stop = new AbortController();
const call = (door: Actor['door'] = 'window'): Call => ({ signal: stop.signal, actor: { door, user: 'tester' } });
const size = { columns: 100, rows: 30 };
const listSession = createListSession(process.platform, runProcess);

let place: TemporaryFolder;
let stack = '';
let lives: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  place = await temporaryFolder('golden hour $(touch x) ');
  stack = join(place.path, 'shop');
  await mkdir(join(stack, 'api'), { recursive: true });
  // A shell without the developer's own start-up files.
  await writeFile(join(stack, 'shell'), '#!/bin/sh\nexec /bin/bash --noprofile --norc -i\n', { mode: 0o755 });
});
afterEach(async () => {
  for (const life of lives) await life.close();
  lives = [];
  await place.remove();
});

/** One life of an engine, as far as terminals go, on a database that the next one finds again. */
function live(change: { spawn?: SpawnPty; base?: Record<string, string> } = {}) {
  const database = openDatabase(join(place.path, 'db'));
  const flows = createFlows();
  const terminals = createTerminals({
    current: () => {
      throw new Error('there are no containers here');
    },
    projectOf: async () => ({ projectName: 'shop', services: [] }),
    flows,
    clock: systemClock,
    memory: createTerminalMemory(database),
    openOnHost: createOpenOnHost({
      files: systemFiles,
      clock: systemClock,
      spawn: change.spawn ?? spawnPty,
      listSession,
      home: place.path,
      platform: process.platform,
      version: '0',
      environment: { PATH: process.env['PATH'] ?? '', HOME: place.path, PS1: '> ', ...change.base },
      loginShell: join(stack, 'shell'),
      stackOf: async () => ({
        folder: stack,
        projectName: 'shop',
        files: [join(stack, 'compose.yaml')],
        envFiles: [],
        repositories: [join(place.path, 'library')],
      }),
      engineInUse: () => null,
    }),
  });
  let closed = false;
  const life = {
    terminals,
    slice: terminals.terminal,
    flows,
    ack: { ack: async (streamId: string, count: number) => flows.ack(streamId, count) },
    async close() {
      if (closed) return;
      closed = true;
      await terminals.close(AbortSignal.timeout(5000));
      closeDatabase(database);
    },
  };
  lives.push(life);
  return life;
}
type Life = ReturnType<typeof live>;

const open = (life: Life, folder?: string): Promise<TerminalView> =>
  life.slice.openHost({ environmentId: 'shop/main', ...(folder === undefined ? {} : { folder }), ...size }, call());
const type = (life: Life, terminalId: string, data: string) =>
  life.slice.input({ terminalId, data, end: false }, call());

interface Reader {
  text: string;
  readonly batches: TerminalBatch[];
  readonly done: Promise<void>;
  leave(): Promise<void>;
}

function read(life: Life, terminalId: string, ack = life.ack): Reader {
  const leaving = new AbortController();
  const to = { ...call(), signal: AbortSignal.any([stop.signal, leaving.signal]) };
  const reader = { text: '', batches: [] as TerminalBatch[] };
  const done = (async () => {
    for await (const batch of consumeFlow((flow) => life.slice.attach({ flow, terminalId }, to), ack)) {
      reader.text += batch.data;
      reader.batches.push(batch);
    }
  })();
  done.catch(() => undefined);
  return Object.assign(reader, {
    done,
    async leave() {
      leaving.abort(new Error('the view was closed'));
      await done.catch(() => undefined);
    },
  });
}

const alive = async (pid: number): Promise<boolean> =>
  readFile(`/proc/${pid}/stat`, 'utf8').then(
    (text) => !/\) Z /.test(text),
    () => false,
  );
const pidAfter = async (reader: Reader, word: string): Promise<number> =>
  Number(await waitFor(() => new RegExp(`${word}=(\\d+)\\r`).exec(reader.text)?.[1], { what: word }));

describe('a terminal on this machine', () => {
  it('is a login shell in the folder of the stack, of the right size, and ends with its code', async () => {
    const life = live({ base: { DOCKER_HOST: 'unix:///engine.sock' } });
    const { id, ...view } = await open(life);
    expect(view).toMatchObject({ kind: 'host', folder: stack, title: 'shop', state: 'running', restored: false });
    const reader = read(life, id);
    await type(life, id, 'stty size; pwd; echo "[$TERM $COMPOSE_PROJECT_NAME $COMPOSE_FILE $DOCKER_HOST]"\r');
    await waitFor(() => reader.text.includes('engine.sock]'), { what: 'the answers' });
    expect(reader.text).toContain('30 100');
    expect(reader.text).toContain(`\r\n${stack}\r\n`);
    expect(reader.text.replaceAll('\r\n', '')).toContain(
      `[xterm-256color shop ${stack}/compose.yaml unix:///engine.sock]`,
    );
    await life.slice.resize({ terminalId: id, columns: 60, rows: 20 }, call());
    await type(life, id, 'stty size\r');
    await waitFor(() => reader.text.includes('20 60'), { what: 'the new size' });
    await type(life, id, 'exit 42\r');
    await reader.done;
    expect(reader.batches.at(-1)).toMatchObject({ exit: { code: 42 }, offset: reader.text.length });
    expect(await life.slice.list(undefined, call())).toMatchObject([{ id, state: 'ended', exitCode: 42 }]);
  });

  it('opens below the stack and in its repositories, and nowhere else', async () => {
    await mkdir(join(place.path, 'library'));
    await mkdir(join(place.path, 'shop-secrets'));
    await symlink(join(place.path, 'shop-secrets'), join(stack, 'link'));
    const life = live();
    expect((await open(life, join(stack, 'api'))).title).toBe('api');
    await open(life, join(place.path, 'library'));
    await expect(open(life, join(stack, 'link'))).rejects.toMatchObject({ code: 'guard.refused' });
    await expect(open(life, join(place.path, 'shop-secrets'))).rejects.toMatchObject({ code: 'guard.refused' });
    await expect(open(life, join(stack, 'none'))).rejects.toMatchObject({ code: 'input.not-found' });
    await expect(open(life, 'api')).rejects.toMatchObject({ code: 'input.not-found' });
    expect(await life.slice.openHost({ environmentId: null, ...size }, call())).toMatchObject({ folder: place.path });
  });

  it('is not for who comes over the network', async () => {
    const life = live();
    const { id } = await open(life);
    expect(await life.slice.list(undefined, call('browser'))).toEqual([]);
    const input = { terminalId: id, data: 'x', end: false };
    await expect(life.slice.input(input, call('browser'))).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(life.slice.close({ terminalId: id }, call('socket'))).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('keeps the engine’s own files to the engine', async () => {
    const life = live();
    const { id } = await open(life);
    const reader = read(life, id);
    await open(life);
    const second = await open(life);
    const other = read(life, second.id);
    await type(life, second.id, 'ls -l --color=never /proc/$$/fd; echo "end"-of-list\r');
    await waitFor(() => other.text.includes('end-of-list'), { what: 'the list' });
    const targets = [...other.text.matchAll(/-> (\S+)/g)].map((match) => match[1]);
    expect(targets.length).toBeGreaterThan(2);
    expect(targets.filter((target) => target?.includes('ptmx') || target?.includes(place.path))).toEqual([]);
    await reader.leave();
  });

  it('that floods waits for its reader, costs no memory meanwhile, and loses nothing though it ends', async () => {
    const life = live();
    const { id } = await open(life);
    let acknowledging = false;
    const held: (() => void)[] = [];
    const reader = read(life, id, {
      ack: (streamId, count) =>
        new Promise((resolve) => {
          const go = (): void => resolve(life.flows.ack(streamId, count));
          if (acknowledging) go();
          else held.push(go);
        }),
    });
    await waitFor(() => reader.text.includes('>'), { what: 'the prompt' });
    const before = process.memoryUsage().rss;
    await type(life, id, 'seq 1 3000000; echo the "end"; exit 3\r');
    await waitFor(() => held.length > 0, { what: 'the first batches' });
    // 3,000,000 numbers are 25.9 MB with their line ends; the program stands still long before.
    let seen = -1;
    await waitFor(
      async () => {
        const now = reader.text.length;
        const same = now === seen;
        seen = now;
        await new Promise((resolve) => setTimeout(resolve, 300));
        return same;
      },
      { what: 'the flood held back' },
    );
    expect(seen).toBeLessThan(4e6);
    expect(process.memoryUsage().rss - before).toBeLessThan(60e6);
    acknowledging = true;
    for (const go of held) go();
    await reader.done;
    const numbers = reader.text.split('\r\n').filter((line) => /\d+$/.test(line));
    expect(numbers.slice(-3_000_000).map(Number).slice(1)).toEqual(Array.from({ length: 2_999_999 }, (_, i) => i + 2));
    expect(reader.text).toContain('the end');
    expect(reader.batches.at(-1)?.exit).toEqual({ code: 3 });
    const again = read(life, id);
    await again.done;
    expect(again.text.length).toBeLessThanOrEqual(260 * 1024);
    expect(again.batches.every((batch) => batch.replay === true || batch.data === '')).toBe(true);
  });

  it('keeps what was said while nobody reads on, and tells what was read before', async () => {
    const life = live();
    const { id } = await open(life);
    const first = read(life, id);
    await type(life, id, 'echo before-$((1+1))\r');
    await waitFor(() => first.text.includes('before-2'), { what: 'the first answer' });
    expect(first.batches.some((batch) => batch.replay === true)).toBe(false);
    await first.leave();
    await type(life, id, 'echo after-$((2+2))\r');
    const second = read(life, id);
    await waitFor(() => second.text.includes('after-4'), { what: 'the second answer' });
    const replayed = second.batches.filter((batch) => batch.replay === true).map((batch) => batch.data);
    expect(replayed.join('')).toBe(first.text);
  });

  it('waits with input that nobody reads, without turning in circles', async () => {
    const life = live();
    const { id } = await open(life);
    const reader = read(life, id);
    await type(life, id, 'stty raw -echo; echo "rea"dy; sleep 1000\r');
    await waitFor(() => reader.text.includes('ready'), { what: 'the program' });
    const typing = new AbortController();
    const input = { terminalId: id, data: 'x'.repeat(500_000), end: false };
    const sent = life.slice.input(input, { ...call(), signal: typing.signal });
    const outcome = sent.then(
      () => 'taken',
      () => 'given up',
    );
    const used = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(process.cpuUsage(used).user + process.cpuUsage(used).system).toBeLessThan(600_000);
    typing.abort(new Error('the caller went away'));
    expect(await outcome).toBe('given up');
  });

  it('says what runs in it, and closed takes all of it along', async () => {
    const life = live();
    const { id } = await open(life);
    const reader = read(life, id);
    expect(await life.slice.activity({ terminalId: id }, call())).toEqual({ programs: [] });
    await type(life, id, 'echo shell=$$\r');
    // One that ignores the hang-up, one in a group of its own that is stopped, and one in the foreground.
    await type(life, id, '(trap "" HUP; echo deaf=$BASHPID; while :; do sleep 1; done) &\r');
    await type(life, id, 'sleep 4713 & kill -STOP $!; echo stopped=$!\r');
    const pids = [await pidAfter(reader, 'shell'), await pidAfter(reader, 'deaf'), await pidAfter(reader, 'stopped')];
    await type(life, id, 'cat\r');
    await waitFor(async () => (await life.slice.activity({ terminalId: id }, call())).programs.includes('cat'), {
      what: 'the program in the foreground',
    });
    expect((await life.slice.activity({ terminalId: id }, call())).programs).toContain('sleep');
    await life.slice.close({ terminalId: id }, call());
    await waitFor(async () => !(await Promise.all(pids.map(alive))).includes(true), { what: 'their end' });
    expect(await life.slice.list(undefined, call())).toEqual([]);
  });

  it('that cannot be had is told with a remedy, and nothing else suffers', async () => {
    const missing = new Error("Cannot find module 'pty.node'");
    const life = live({
      spawn: async () => {
        throw missing;
      },
    });
    await expect(open(life)).rejects.toBe(missing);
    expect(await life.slice.list(undefined, call())).toEqual([]);
    const gone = live();
    await expect(
      spawnPty({
        ...size,
        file: '/none',
        args: [],
        folder: '/',
        environment: {},
        onData: () => undefined,
        onExit: () => undefined,
      }),
    ).resolves.toBeDefined();
    expect((await open(gone)).state).toBe('running');
  });
});

it('has the variables that make docker compose speak of the stack, wherever in it', async () => {
  const file = join(stack, 'compose.yaml');
  await writeFile(file, 'services:\n  web: { image: a }\n  tool: { image: b, profiles: [tools] }\n');
  const environment = hostEnvironment({
    base: {},
    platform: process.platform,
    shell: '/bin/sh',
    version: '0',
    stack: { projectName: 'other-name', files: [file], envFiles: [], profiles: ['tools'] },
    engine: null,
  });
  const { stdout } = await compose(['config', '--format', 'json'], { folder: join(stack, 'api'), environment });
  expect(JSON.parse(stdout)).toMatchObject({ name: 'other-name', services: { web: {}, tool: {} } });
});

describe('after a restart of the engine', () => {
  it('terminals wait in their order, under their names, and begin anew in their places', async () => {
    const first = live();
    const [a, b, c, d] = [
      await open(first),
      await open(first, join(stack, 'api')),
      await open(first),
      await open(first),
    ];
    await first.slice.rename({ terminalId: b.id, name: 'the api' }, call());
    await first.slice.arrange({ terminalIds: [c.id, a.id] }, call());
    const left = read(first, d.id);
    await type(first, d.id, 'exit\r');
    await left.done;
    await first.slice.close({ terminalId: c.id }, call());
    const reader = read(first, b.id);
    await type(first, b.id, 'marker=old; echo pid=$$\r');
    const pid = await pidAfter(reader, 'pid');
    await first.close();
    expect(await alive(pid)).toBe(false);

    const second = live();
    const waiting = await second.slice.list(undefined, call());
    expect(waiting).toMatchObject([
      { id: a.id, state: 'waiting', restored: true, folder: stack, name: null },
      { id: b.id, state: 'waiting', restored: true, folder: join(stack, 'api'), name: 'the api' },
    ]);
    await expect(type(second, b.id, 'x')).rejects.toMatchObject({ code: 'terminal.not-found' });
    const input = { terminalId: b.id, ...size };
    const [view, same] = [await second.slice.restore(input, call()), await second.slice.restore(input, call())];
    expect(view).toMatchObject({ id: b.id, state: 'running', restored: true, name: 'the api' });
    expect(same.openedAt).toBe(view.openedAt);
    const again = read(second, b.id);
    await type(second, b.id, 'echo "[$marker]" $PWD\r');
    await waitFor(() => again.text.includes(`[] ${join(stack, 'api')}`), { what: 'a new shell in the same place' });
  });

  it('one that was cut off with the whole process waits too, one whose stack was forgotten does not', async () => {
    const first = live();
    const { id } = await open(first);
    // The database as a process leaves it that had no time for anything.
    const copy = openDatabase(join(place.path, 'db'));
    expect(createTerminalMemory(copy).list()).toMatchObject([{ id }]);
    closeDatabase(copy);
    await first.close();
    const second = live();
    second.terminals.forget('shop/main');
    expect(await second.slice.list(undefined, call())).toEqual([]);
    await second.close();
    expect(await live().slice.list(undefined, call())).toEqual([]);
  });

  it('the folder may be gone: that is said, and the terminal waits on', async () => {
    const first = live();
    const { id } = await open(first, join(stack, 'api'));
    await first.close();
    const second = live();
    await runProcess('rmdir', [join(stack, 'api')], { signal: stop.signal, timeoutMs: 5000 });
    await expect(second.slice.restore({ terminalId: id, ...size }, call())).rejects.toMatchObject({
      code: 'input.not-found',
    });
    expect(await second.slice.list(undefined, call())).toMatchObject([{ id, state: 'waiting' }]);
  });
});

it('runs as whoever runs the engine', async () => {
  const life = live();
  const { id } = await open(life);
  const reader = read(life, id);
  await type(life, id, 'echo user=$(id -u)\r');
  expect(await pidAfter(reader, 'user')).toBe(userInfo().uid);
});
