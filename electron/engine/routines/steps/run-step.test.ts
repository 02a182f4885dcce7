import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bareStep } from '../../../../test/support/bare-step.ts';
import { type TemporaryFolder, temporaryFolder } from '../../../../test/support/temp.ts';
import { waitFor } from '../../../../test/support/wait.ts';
import { systemFiles as files } from '../../platform/files.ts';
import { alive, runSupervised } from '../../platform/supervised.ts';
import type { CurrentDocker } from '../../providers/docker/client.ts';
import { runStep } from './run-step.ts';

let home: TemporaryFolder;
let folder = '';
const noDocker = (() => {
  throw new Error('no Docker here');
}) as unknown as CurrentDocker;

const step = runStep({
  files,
  run: (command, options) => runSupervised(command, { ...options, graceMs: 200 }),
  docker: noDocker,
  runtime: { containers: async () => [] },
  environment: { PATH: process.env['PATH'] ?? '', FROM: 'the shell' },
  alive,
});

beforeAll(async () => {
  home = await temporaryFolder('run-step ');
  folder = join(home.path, "it's $HOME");
  await mkdir(join(folder, 'sub'), { recursive: true });
  await symlink(home.path, join(folder, 'out'));
});
afterAll(() => home?.remove());

const fake = (kept?: unknown) => bareStep({ target: { folder }, kept });

describe('a command', () => {
  it('runs in its folder with its variables, and what it writes is heard', async () => {
    const one = fake();
    const outcome = await step.run(
      { run: 'echo "$PWD|$FROM|$MORE"; echo 2>&1 trouble >&2', folder: 'sub', environment: { MORE: 'a b' } },
      one.context,
    );
    expect(outcome.result).toBe('Ended with 0');
    expect(one.output()).toContain(`${folder}/sub|the shell|a b\n`);
    expect(one.output()).toContain('trouble\n');
    // On disk before it began.
    expect(one.kept[0]).toEqual({ pid: null });
  });

  it('as a list is run without a shell', async () => {
    const one = fake();
    await step.run({ run: ['printf', '%s;', '$HOME', 'a b'] }, one.context);
    expect(one.output()).toMatch(/\$HOME;a b;$/);
  });

  it('that fails says how', async () => {
    await expect(step.run({ run: 'exit 7' }, fake().context)).rejects.toMatchObject({ message: 'It ended with 7.' });
    await expect(step.run({ run: 'kill -9 $$' }, fake().context)).rejects.toMatchObject({
      message: 'It was ended by SIGKILL.',
    });
    await expect(step.run({ run: ['no-such-program'] }, fake().context)).rejects.toMatchObject({
      code: 'input.not-found',
    });
    await expect(step.run({ run: 'true', service: 'db' }, fake().context)).rejects.toMatchObject({
      message: 'db does not run, so nothing can be run in its container.',
    });
  });

  it('does not leave the folder of the stack', async () => {
    for (const away of ['..', 'out', '/tmp'])
      await expect(step.run({ run: 'true', folder: away }, fake().context), away).rejects.toMatchObject({
        code: 'guard.refused',
      });
    await expect(step.run({ run: 'true', folder: 'nowhere' }, fake().context)).rejects.toMatchObject({
      code: 'input.not-found',
    });
  });

  it('ends with everything it started when it is left off', async () => {
    const pids = join(folder, 'pids');
    await writeFile(pids, '');
    const one = fake();
    const run = step.run(
      { run: `(trap '' TERM; echo $$ >>'pids'; sleep 60) & echo $! >>'pids'; sleep 60` },
      one.context,
    );
    run.catch(() => undefined);
    const found = await waitFor(
      async () => {
        const lines = (await files.readText(pids)).split('\n').filter(Boolean).map(Number);
        return lines.length >= 2 && lines;
      },
      { what: 'the processes run', deadlineMs: 5000, intervalMs: 10 },
    );
    const reason = new Error('left off');
    one.abort(reason);
    await expect(run).rejects.toBe(reason);
    await waitFor(() => found.every((pid) => !alive(pid)), { what: 'the processes are gone', deadlineMs: 8000 });
  });

  it('that was cut off is not run again by itself', async () => {
    const one = fake({ pid: 999_999_999 });
    await expect(step.run({ run: 'echo again' }, one.context)).rejects.toMatchObject({ code: 'operation.interrupted' });
    expect(one.output()).toBe('');
  });

  it('is shown word by word, with what is set for it', async () => {
    const target = fake().context.target;
    const shown = async (options: Parameters<typeof step.run>[0]) =>
      step.commands?.(options, target, new AbortController().signal);
    expect(await shown({ run: 'make x && y', environment: { A: "it's" }, folder: 'sub' })).toEqual([
      { text: "A='it'\\''s' make x && y", where: join(folder, 'sub') },
    ]);
    expect(await shown({ run: ['echo', 'a b', '--c=d'], service: 'db' })).toEqual([
      { text: "echo 'a b' --c=d", where: 'in the container of db' },
    ]);
  });
});
