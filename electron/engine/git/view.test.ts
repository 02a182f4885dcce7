import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GitSection } from '../../../shared/domain/routine-file.ts';
import { anySignal, gitDeps, open, wipOptions } from '../../../test/support/git-part.ts';
import { type GitPlayground, gitPlayground } from '../../../test/support/git-repositories.ts';
import { changedFiles } from './changed-files.ts';
import { dayOfRepository } from './day.ts';
import { isProtected, matchesBranch } from './patterns.ts';
import { viewRepository } from './view.ts';
import { saveWork } from './wip.ts';

let at: GitPlayground;
beforeAll(async () => {
  at = await gitPlayground();
});
afterAll(() => at.remove());

const view = (folder: string, section: GitSection = {}) =>
  viewRepository(gitDeps(at.environment), folder, section, anySignal);
const kinds = async (folder: string, section: GitSection = {}) =>
  (await view(folder, section)).hints.map(({ kind, text }) => `${kind}: ${text}`);

describe('the view of a repository', () => {
  it('says branch, base, counts and what is uncommitted', async () => {
    const { mine } = await at.cloned({ behind: true });
    await at.git(mine, 'switch', '-q', '-c', 'feature');
    await at.commit(mine, 'feat: mine', { 'x.txt': 'x\n' });
    await at.git(mine, 'fetch', '-q');
    await at.write(mine, { 'own.txt': 'changed\n', 'n/1.txt': '1\n', 'n/2.txt': '2\n' });
    expect(await view(join(mine, 'n'))).toMatchObject({
      folder: mine,
      name: 'mine',
      branch: 'feature',
      upstream: null,
      ahead: null,
      base: 'origin/main',
      aheadOfBase: 1,
      behindBase: 1,
      changed: 1,
      untracked: 2,
      conflicted: 0,
      inProgress: null,
      fetchedAt: expect.stringMatching(/^20/),
      protected: false,
      problem: null,
    });
    expect(await view(mine, { base: 'feature', protected: ['f*'] })).toMatchObject({
      base: 'feature',
      protected: true,
    });
  });

  it('tells of conflicts, of no commit yet, of what cannot be read', async () => {
    const { mine, push } = await at.cloned();
    await push('feat: theirs', { 'shared.txt': 'theirs\n' });
    await at.commit(mine, 'feat: ours', { 'shared.txt': 'ours\n' });
    await at.git(mine, 'fetch', '-q');
    await at.tryGit(mine, 'rebase', 'origin/main');
    expect(await view(mine)).toMatchObject({ branch: null, conflicted: 1, inProgress: 'rebase' });
    await at.git(at.path, 'init', '-q', 'empty');
    expect(await view(join(at.path, 'empty'))).toMatchObject({
      branch: 'main',
      commit: null,
      base: null,
      problem: null,
    });
    await writeFile(join(at.path, 'empty/.git/config'), '[core\n');
    expect((await view(join(at.path, 'empty'))).problem).toContain('bad config');
    expect((await view(join(at.path, 'nowhere'))).problem).toContain('is in no git repository');
  });
});

describe('hints', () => {
  it('are none where all is well', async () => {
    const { mine } = await at.cloned();
    expect(await kinds(mine, { branches: '^x$', commits: 'conventional' })).toEqual([]);
  });

  it('tell names, styles, what is behind, unpushed, unfinished and left over', async () => {
    const { mine, push } = await at.cloned();
    await at.git(mine, 'switch', '-q', '-c', 'stuff');
    await at.commit(mine, 'Quick fix', { 'a.txt': 'a\n' });
    await at.commit(mine, 'wip: more', { 'a.txt': 'b\n' });
    await push('feat: theirs', { 'shared.txt': 'two\n' });
    await at.git(mine, 'fetch', '-q');
    await at.write(mine, { 'own.txt': 'changed\n' });
    await saveWork(await open(at.environment, mine), wipOptions(mine));
    const section: GitSection = { branches: '^(feat|fix)/[a-z0-9-]+$', commits: 'conventional' };
    const hints = await kinds(mine, section);
    expect(hints.map((hint) => hint.replace(/[0-9a-f]{7,}/, 'COMMIT'))).toEqual([
      'branch-name: The name stuff does not follow ^(feat|fix)/[a-z0-9-]+$.',
      'behind-base: 1 commit behind origin/main.',
      'unpushed: 2 commits of stuff are on this machine only.',
      'wip-left: wip/stuff holds work that stuff does not have.',
      'wip-left: 1 commit of this branch is work in progress.',
      'commit-style: 1 commit does not follow conventional: COMMIT Quick fix',
    ]);
  });

  it('do not wait for a pattern that never ends', async () => {
    const { mine } = await at.cloned();
    await at.git(mine, 'switch', '-q', '-c', `${'a'.repeat(60)}!x`);
    expect(await kinds(mine, { branches: '^(a+)+$' })).toEqual([
      'branch-name: “git: branches:” cannot be used as a pattern.',
    ]);
    expect(await kinds(mine, { branches: '(' })).toEqual([
      'branch-name: “git: branches:” cannot be used as a pattern.',
    ]);
  });
});

describe('protected branches', () => {
  it.each([
    ['main', 'main', true],
    ['main', 'maintenance', false],
    ['release/*', 'release/1.0/x', true],
    ['release/*', 'release', false],
    ['*-prod', 'eu-prod', true],
    ['a*b*c', 'axxbxxc', true],
    ['a*b*c', 'ac', false],
    ['*', '', true],
    ['x*x', 'x', false],
  ])('%s and %s: %s', (pattern, branch, expected) => {
    expect(matchesBranch(pattern, branch)).toBe(expected);
  });

  it('include the base whatever golden.yml lists', () => {
    expect(isProtected('trunk', ['main'], 'origin/trunk')).toBe(true);
    expect(isProtected('feature', [], 'origin/trunk')).toBe(false);
  });
});

describe('changed files', () => {
  it('are those of the working tree and those since the branch left its base', async () => {
    const { mine, push } = await at.cloned();
    await at.git(mine, 'switch', '-q', '-c', 'feature');
    await at.commit(mine, 'feat: mine', { 'a.txt': 'a\n', 'own.txt': 'mine now\n' });
    await push('feat: theirs', { 'shared.txt': 'theirs\n' });
    await at.git(mine, 'fetch', '-q');
    await at.write(mine, { 'own.txt': 'again\n', 'ü.txt': 'new\n' });
    const repository = await open(at.environment, mine);
    const found = await changedFiles(repository, {}, anySignal);
    expect(found.base).toBe('origin/main');
    expect(Object.fromEntries(found.files.map(({ path, from }) => [path, from]))).toEqual({
      'a.txt': 'branch',
      'own.txt': 'both',
      'ü.txt': 'working-tree',
    });
    await expect(changedFiles(repository, { named: '--output=/tmp/x' }, anySignal)).rejects.toMatchObject({
      code: 'input.not-found',
    });
  });
});

describe('the day of a repository', () => {
  it('counts the own commits of that time on all branches, once', async () => {
    const { mine } = await at.cloned();
    const day = (text: string) => Date.parse(text);
    const commit = async (message: string, when: string, email: string, more: Record<string, string>) => {
      await at.write(mine, more);
      await at.git(mine, 'add', '-A');
      const dated = ['-c', `user.email=${email}`, 'commit', '-q', '--date', when, '-m', message];
      await at.git(mine, ...dated);
    };
    await commit('feat: yesterday', '2026-11-19T12:00:00Z', 'ada@example.test', { 'a.txt': '0\n' });
    await commit('feat: one', '2026-11-20T08:00:00Z', 'Ada@Example.test', { 'a.txt': '1\n2\n', 'b.txt': 'b\n' });
    await at.git(mine, 'switch', '-q', '-c', 'other');
    await commit('fix: two', '2026-11-20T16:00:00Z', 'ada@example.test', { 'a.txt': '1\n' });
    await commit('feat: not mine', '2026-11-20T16:30:00Z', 'bob@example.test', { 'c.txt': 'c\n' });
    await commit('wip: 2 files on other', '2026-11-20T17:00:00Z', 'ada@example.test', { 'd.txt': 'd\n' });
    const found = await dayOfRepository(
      await open(at.environment, mine),
      day('2026-11-20T00:00:00Z'),
      day('2026-11-21T00:00:00Z'),
      anySignal,
    );
    expect(found).toMatchObject({ name: 'mine', branch: 'other', filesChanged: 2, insertions: 3, deletions: 2 });
    expect(found?.commits.map(({ subject }) => subject).sort()).toEqual(['feat: one', 'fix: two']);
  });

  it('is empty in a repository without a commit', async () => {
    await at.git(at.path, 'init', '-q', 'fresh');
    const repository = await open(at.environment, join(at.path, 'fresh'));
    expect(await dayOfRepository(repository, 0, Date.now(), anySignal)).toMatchObject({ commits: [], branch: 'main' });
  });
});
