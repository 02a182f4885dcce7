import { execFile, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EnvironmentView, Plan } from '../../shared/contract/environments.ts';
import type { OperationView } from '../../shared/contract/operations.ts';
import { connectDocker, removeByLabel } from '../support/docker.ts';
import { copyStack, type StackCopy } from '../support/stacks.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

/** The built `golden` command, as a user runs it, on the shop stack. */

const program = join(import.meta.dirname, '../../out/main/golden.js');

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let home: TemporaryFolder;
let stack: StackCopy;

function golden(
  args: readonly string[],
  options: { readonly folder?: string; readonly env?: Record<string, string> } = {},
): Promise<Result> {
  return new Promise((resolve) => {
    const env = { ...process.env, GOLDEN_HOUR_HOME: join(home.path, 'data'), ...options.env };
    execFile(
      process.execPath,
      [program, ...args],
      { cwd: options.folder ?? stack.folder, env, timeout: 150_000, maxBuffer: 32 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      },
    );
  });
}

async function json<T>(args: readonly string[]): Promise<T> {
  const result = await golden([...args, '--json']);
  expect(result.code, result.stderr + result.stdout).toBe(0);
  return JSON.parse(result.stdout) as T;
}

beforeAll(async () => {
  home = await temporaryFolder('golden cli ');
  stack = await copyStack('shop', { files: { 'golden.yml': 'version: 1\ngolden:\n  gate_timeout: 90s\n' } });
});

afterAll(async () => {
  await golden(['remove', '--volumes', '--yes']);
  await stack.remove();
  await removeByLabel(connectDocker(), `io.goldenhour.stack=${stack.projectName}`);
  await home.remove();
});

describe('golden without an engine', () => {
  it('prints the resolved model as YAML and JSON', async () => {
    const yaml = await golden(['config']);
    expect(yaml).toMatchObject({ code: 0, stderr: '' });
    expect(yaml.stdout).toContain(`name: ${stack.projectName}`);
    const model = await json<{ services: Record<string, unknown> }>(['config']);
    expect(Object.keys(model.services).sort()).toEqual(['api', 'cache', 'db', 'migrate', 'web']);
    const positions = await golden(['config', '--positions']);
    expect(positions.stdout).toMatch(/\/services\/db\/image\s+.*compose\.yaml:\d+:\d+/);
  });

  it('works with the engine away, where other commands say so and exit with 3', async () => {
    const away = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
    expect((await golden(['config', '--format', 'json'], { env: away })).code).toBe(0);
    const own = { ...away, GOLDEN_HOUR_HOME: join(home.path, 'away') };
    const up = await golden(['up'], { env: own });
    expect(up.code, up.stderr).toBe(3);
    expect(up.stdout).toBe('');
    expect(up.stderr).not.toContain('    at ');
  });

  it('refuses bad input with 2 and the place in the file', async () => {
    const bad = await temporaryFolder('golden bad ');
    await writeFile(join(bad.path, 'compose.yaml'), 'services:\n  web:\n    image: x\n    prots: ["80:80"]\n');
    const result = await golden(['config'], { folder: bad.path });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(`${join(bad.path, 'compose.yaml')}:4:5`);
    expect(result.stderr).toContain('prots');
    expect((await golden(['config', '--no-such-option'])).code).toBe(2);
    expect((await golden(['sing'])).code).toBe(2);
    await bad.remove();
  });
});

describe('golden on the shop stack', () => {
  it('plans, starts, and then has nothing to do', async () => {
    const plan = await json<Plan>(['plan']);
    expect(plan.problems).toEqual([]);
    expect(plan.changes.filter((change) => change.action === 'create' && change.resource === 'container')).toHaveLength(
      5,
    );
    const up = await json<OperationView>(['up']);
    expect(up).toMatchObject({ state: 'done', kind: 'stack.up' });
    const again = await golden(['plan']);
    expect(again.stdout).toContain('Nothing to do');
  });

  it('shows status and logs, and runs commands with their exit codes', async () => {
    const status = await json<EnvironmentView>(['status']);
    expect(status).toMatchObject({ state: 'running', health: 'healthy' });
    const stats = await json<{ service: string; now: { memoryBytes: number } | null }[]>(['stats']);
    expect(stats.find(({ service }) => service === 'db')?.now?.memoryBytes).toBeGreaterThan(1e6);
    expect((await golden(['stats'])).stdout).toMatch(/^SERVICE +CPU +MEMORY[^\n]*\n(?:[\w-]+ +(?:\d|-)[^\n]*\n)+$/);
    const logs = await golden(['logs', 'db', '-n', '50']);
    expect(logs.code, logs.stderr).toBe(0);
    expect(logs.stdout).toMatch(/^db \| .*ready to accept connections/m);
    const lines = (await golden(['logs', 'db', '-n', '3', '--json'])).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { service: string });
    expect(lines.every((line) => line.service === 'db')).toBe(true);
    const exec = await golden(['exec', 'db', 'sh', '-c', 'echo out; echo err >&2; exit 7']);
    expect(exec).toMatchObject({ code: 7, stdout: 'out\n', stderr: 'err\n' });
  });

  it('pipes standard input into a command', async () => {
    const child = spawn(process.execPath, [program, '-C', stack.folder, 'exec', 'db', 'cat'], {
      env: { ...process.env, GOLDEN_HOUR_HOME: join(home.path, 'data') },
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8');
    });
    child.stdin.end('größe\n$(touch x)\n');
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, out]).toEqual([0, 'größe\n$(touch x)\n']);
  });

  it('captures, restores and undoes', async () => {
    const sql = (text: string): Promise<Result> =>
      golden(['exec', 'db', 'psql', '-U', 'shop', '-d', 'shop', '-Atc', text]);
    await sql('create table words (word text)');
    await sql("insert into words values ('captured')");
    expect((await golden(['capture', 'backup'])).code).toBe(2);
    expect(await json<OperationView>(['capture', 'before-migration'])).toMatchObject({ state: 'done' });
    await sql("insert into words values ('later')");
    expect(await json<OperationView>(['restore', 'before-migration'])).toMatchObject({ state: 'done', undoable: true });
    expect((await sql('select word from words order by word')).stdout).toBe('captured\n');
    expect(await json<OperationView>(['undo'])).toMatchObject({ state: 'done' });
    expect((await sql('select word from words order by word')).stdout).toBe('captured\nlater\n');
    const [image] = await json<{ id: string; name: string }[]>(['images']);
    expect(image?.name).toMatch(/^golden-dev-before-migration-\d{8}$/);
    expect((await golden(['verify', image?.name ?? ''])).code).toBe(0);
  });

  it('refuses to delete data without a yes, with 4', async () => {
    const refused = await golden(['remove', '--volumes']);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('db-data');
    expect((await json<EnvironmentView>(['status'])).state).toBe('running');
  });

  it('answers doctor and cancels on Ctrl-C', async () => {
    const checks = await json<{ state: string }[]>(['doctor']);
    expect(checks.filter((check) => check.state === 'failed')).toEqual([]);
    const child = spawn(process.execPath, [program, '-C', stack.folder, 'logs', '--follow'], {
      env: { ...process.env, GOLDEN_HOUR_HOME: join(home.path, 'data') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
  });
});
