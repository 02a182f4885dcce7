import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { spawnPty } from '../../electron/engine/platform/pty.ts';
import { hostEnvironment } from '../../electron/engine/terminal/host-environment.ts';
import { compose } from '../support/compose.ts';
import { alive, call, live, open, pidAfter, place, read, size, stack, type } from '../support/host-terminals.ts';
import { waitFor } from '../support/wait.ts';

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

it('runs as whoever runs the engine', async () => {
  const life = live();
  const { id } = await open(life);
  const reader = read(life, id);
  await type(life, id, 'echo user=$(id -u)\r');
  expect(await pidAfter(reader, 'user')).toBe(userInfo().uid);
});
