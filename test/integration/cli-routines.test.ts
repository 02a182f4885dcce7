import { execFile } from 'node:child_process';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDocker, fixtureImages, removeProject, uniqueProjectName } from '../support/docker.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

/** The built `golden run` and `golden summary`, as typed in a folder with a repository, each with an engine of its own. */

const program = join(import.meta.dirname, '../../out/main/golden.js');
const project = uniqueProjectName('cliroutines');
let home: TemporaryFolder;
let folder = '';

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function golden(...args: string[]): Promise<Result> {
  const env = { ...process.env, GOLDEN_HOUR_HOME: join(home.path, 'data'), GOLDEN_HOUR_STORE: `${project}-store` };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd: folder, env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr });
    });
  });
}

const git = (...args: string[]) => promisify(execFile)('git', args, { cwd: folder });
const lines = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const compose = `name: ${project}\nservices:\n  cache:\n    image: ${fixtureImages.redis}\n`;
const routines = `version: 1
routines:
  check:
    steps:
      - run: echo looked
      - id: broken
        run: [sh, -c, 'echo no >&2; exit 3']
        needs: []
`;

beforeAll(async () => {
  home = await temporaryFolder('golden cli routines ');
  folder = join(home.path, 'shop');
  await mkdir(folder);
  await writeFile(join(folder, 'compose.yaml'), compose);
  await writeFile(join(folder, 'golden.yml'), routines);
  await writeFile(join(folder, '.gitignore'), '.env\n');
  await git('init', '-q', '-b', 'main');
  await git('config', 'user.email', 'a@example.org');
  await git('config', 'user.name', 'A');
  await git('add', '-A');
  await git('commit', '-qm', 'feat: a shop');
});

afterAll(async () => {
  await removeProject(connectDocker(), project);
  await home.remove();
});

describe('golden run', { timeout: 120_000 }, () => {
  it('lists what there is, and names it when another one is asked for', async () => {
    const listed = await golden('run', '--json');
    expect((JSON.parse(listed.stdout) as { name: string }[]).map((one) => one.name)).toEqual([
      'morning',
      'evening',
      'check',
    ]);
    expect(await golden('run', 'mornign')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('evening, check'),
    });
  });

  it('runs nothing on this machine before somebody agreed to it', async () => {
    const refused = await golden('run', 'check', '--json');
    expect(refused.code).toBe(4);
    expect(lines(refused.stdout.replaceAll('\n', ' '))[0]).toMatchObject({ error: { code: 'guard.untrusted' } });
    const asked = await golden('run', 'check');
    expect(asked).toMatchObject({ code: 4, stdout: '' });
    expect(asked.stderr).toContain('echo looked');
    expect(asked.stderr).toContain('golden.yml:5');
  });

  it('is not ready when a step fails, with the reason in the last line', async () => {
    const run = await golden('run', 'check', '--trust', '--json');
    const all = lines(run.stdout);
    expect(run.code, run.stderr).toBe(1);
    expect(all.filter((line) => line['state'] === 'failed').map((line) => line['step'])).toEqual(['broken']);
    expect(all.at(-1)).toMatchObject({ verdict: 'not-ready', reasons: [{ kind: 'blocker', step: 'broken' }] });
    // Agreed to once is agreed to.
    expect((await golden('run', 'check')).code).toBe(1);
  });

  it('takes the stack from stopped to ready, and asks for what an env file lacks', async () => {
    await writeFile(join(folder, '.env.example'), 'LEVELS=5\n');
    const skipped = await golden('run', 'morning', '--trust', '--json');
    expect(skipped.code, skipped.stderr + skipped.stdout).toBe(0);
    const states = lines(skipped.stdout)
      .filter((line) => line['uses'] === 'config.sync')
      .map((line) => line['state']);
    expect(states).toContain('asking');
    expect(states.at(-1)).toBe('skipped');
    const taken = await golden('run', 'morning', '--yes', '--json');
    expect(lines(taken.stdout).at(-1), taken.stderr).toMatchObject({ verdict: expect.stringMatching(/ready|remarks/) });
    expect(await readFile(join(folder, '.env'), 'utf8')).toContain('LEVELS=5');
  });

  it('saves what is open and stops everything, and the day can be told', async () => {
    await appendFile(join(folder, 'notes'), 'half a thought\n');
    const run = await golden('run', 'evening', '--trust');
    expect(run.code, run.stderr).toBe(0);
    expect((await git('show', '--stat', '--format=%s', 'wip/main')).stdout).toContain('notes');
    expect((await git('log', '--format=%s', 'main')).stdout.trim()).toBe('feat: a shop');
    const summary = await golden('summary');
    expect(summary.code, summary.stderr).toBe(0);
    expect(summary.stdout).toMatch(/^## \w+day, \d+ \w+\n/);
    expect(summary.stdout).toContain('feat: a shop');
    expect(summary.stdout).toMatch(/Started the day.*Ready/);
    expect(summary.stdout).toMatch(/Ran check.*Not done|Ran check.*Not ready/);
    expect(summary.stdout).toMatch(/Ended the day.*wip\/main/);
    const before = JSON.parse((await golden('summary', '--day', '2001-01-01', '--json')).stdout) as {
      entries: unknown[];
    };
    expect(before.entries).toEqual([]);
  });
});
