import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoutineRun } from '../../shared/contract/routines.ts';
import { fixtureImages } from '../support/docker.ts';
import { type GitPlayground, gitPlayground } from '../support/git-repositories.ts';
import { repositoryState } from '../support/git-state.ts';
import { waitFor } from '../support/wait.ts';
import { type WatchedStack, watchedStack } from '../support/watched-stack.ts';

/** Git in a routine and what changes concern, with a real remote on disk and real containers. */

const sleeper = (more = ''): string => `
    image: ${fixtureImages.tools}
    init: true
    stop_grace_period: 0s
    command: [sleep, inf]${more}`;

const files = {
  'compose.yaml': `
name: PROJECT
services:
  api:${sleeper(`
    volumes: ["./api:/api:ro"]`)}
  web:${sleeper(`
    depends_on: [api]`)}
  other:${sleeper()}
`,
  'golden.yml': `version: 1
git: {commits: conventional}
domains:
  pages: {paths: ['pages/**'], services: [web], tests: [npm test]}
routines:
  hours:
    steps:
      - uses: git.fetch
      - uses: git.pull
      - {uses: git.wip, if: repo.dirty}
      - uses: git.push
        if: branch.name == 'feature'
`,
};

let at: GitPlayground;
let stack: WatchedStack;
let origin: string;

beforeAll(async () => {
  at = await gitPlayground();
  stack = await watchedStack({ prefix: 'git', files });
  const { folder } = stack;
  origin = join(at.path, 'origin.git');
  await at.git(at.path, 'init', '-q', '--bare', origin);
  await at.git(folder, 'init', '-q');
  // The engine's git is the one of whoever runs the tests.
  await at.git(folder, 'config', 'user.name', 'Ada');
  await at.git(folder, 'config', 'user.email', 'ada@example.test');
  await at.commit(folder, 'feat: begin', { 'api/main.sh': 'echo one\n' });
  await at.git(folder, 'remote', 'add', 'origin', origin);
  await at.git(folder, 'push', '-q', '-u', 'origin', 'main');
  await at.git(folder, 'switch', '-q', '-c', 'feature');
  await at.git(folder, 'push', '-q', '-u', 'origin', 'feature');
}, 120_000);

afterAll(async () => {
  await stack?.close();
  await at?.remove();
}, 60_000);

const step = (run: RoutineRun, id: string) => run.steps.find((each) => each.id === id);

describe('git', { timeout: 120_000 }, () => {
  it('is used by a routine, and what it saved is taken back', async () => {
    const { folder, environmentId, call, api } = stack;
    const other = join(at.path, 'other');
    await at.git(at.path, 'clone', '-q', '-b', 'feature', origin, other);
    await at.commit(other, 'feat: theirs', { 'api/more.sh': 'echo more\n' });
    await at.git(other, 'push', '-q');
    await at.write(folder, { 'api/main.sh': 'echo two\n', 'notes.txt': 'new\n' });
    await at.git(folder, 'add', 'notes.txt');
    const { hash, commands } = await api.routines.trust({ environmentId, routine: 'hours' }, call);
    expect(commands.map(({ text }) => text)).toEqual([
      `git fetch ${origin}`,
      'git merge --ff-only @{upstream}',
      'git commit-tree, to a branch of wip/',
      `git push ${origin}`,
    ]);
    await api.routines.agree({ environmentId, routine: 'hours', hash }, call);
    const { runId } = await api.routines.run({ environmentId, routine: 'hours', trigger: 'user' }, call);
    const run = await waitFor(
      async () => {
        const found = await api.routines.get({ runId }, call);
        return found.state === 'ended' && (found as RoutineRun);
      },
      { what: 'the run ends', deadlineMs: 60_000 },
    );
    expect(run.verdict?.kind, JSON.stringify(run.steps)).toBe('ready');
    expect(step(run, 'git.fetch')?.result).toBe('1 new commit on origin/feature');
    expect(step(run, 'git.pull')?.result).toMatch(/^1 commit, fast-forward to [0-9a-f]{10}, 2 changed files kept$/);
    expect(step(run, 'git.wip')?.result).toBe('2 files on wip/feature');
    expect(step(run, 'git.push')?.result).toBe('pushed to origin/wip/feature');
    expect(await readFile(join(folder, 'api/more.sh'), 'utf8')).toBe('echo more\n');
    expect(await at.git(origin, 'show', 'wip/feature:api/main.sh')).toBe('echo two');

    const before = await repositoryState(at, folder);
    const token = step(run, 'git.wip')?.undo?.token ?? '';
    expect(await api.git.undoWip({ token }, call)).toEqual({ words: 'wip/feature was removed.' });
    const after = await repositoryState(at, folder);
    expect({ ...after, refs: '' }).toEqual({ ...before, refs: '' });
    expect(after.refs).not.toContain('refs/heads/wip/');
  });

  it('says what changes concern, and restarts that', async () => {
    const { environmentId, call, api } = stack;
    const impact = await api.git.impact({ environmentId }, call);
    expect(impact).toMatchObject({
      base: 'origin/main',
      services: [{ name: 'api', why: 'mounts api', running: true }],
      dependants: ['web'],
      unclaimed: 1,
    });
    expect(impact.files.map(({ path, from }) => `${path} ${from}`).sort()).toEqual([
      'api/main.sh working-tree',
      'api/more.sh branch',
      'notes.txt working-tree',
    ]);
    const started = async (name: string) => (await stack.container(name).inspect()).State.StartedAt;
    const before = { api: await started('api'), other: await started('other') };
    const { operationId } = await api.git.restartAffected({ environmentId }, call);
    await waitFor(async () => (await api.operations.get({ operationId }, call)).state === 'done', {
      what: 'the restart is done',
    });
    expect(await started('api')).not.toBe(before.api);
    expect(await started('other')).toBe(before.other);
    await expect(api.git.impact({ environmentId, base: 'nowhere' }, call)).rejects.toMatchObject({
      code: 'input.not-found',
    });
  });

  it('is looked at for the page and for the day', async () => {
    const { environmentId, call, api } = stack;
    await at.commit(stack.folder, 'Do it', { 'pages/a.html': 'a\n' });
    const [repository] = await api.git.repositories({ environmentId }, call);
    expect(repository).toMatchObject({
      branch: 'feature',
      base: 'origin/main',
      aheadOfBase: 2,
      ahead: 1,
      problem: null,
    });
    expect(repository?.hints.map(({ kind }) => kind)).toEqual(['unpushed', 'commit-style']);
    const { repositories, totals } = await api.summary.day({ environmentId }, call);
    expect(repositories.map(({ branch, commits }) => [branch, commits.map(({ subject }) => subject)])).toEqual([
      ['feature', ['Do it', 'feat: theirs', 'feat: begin']],
    ]);
    expect(totals).toMatchObject({ commits: 3 });
    expect((await api.git.impact({ environmentId }, call)).tests).toEqual(['npm test']);
  });
});
