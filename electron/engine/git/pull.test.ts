import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppError } from '../../../shared/errors.ts';
import { challengeServer } from '../../../test/support/challenge-server.ts';
import { anySignal, gitDeps, open } from '../../../test/support/git-part.ts';
import { type GitPlayground, gitPlayground } from '../../../test/support/git-repositories.ts';
import { refusal } from '../../../test/support/git-saving.ts';
import { freePort } from '../../../test/support/ports.ts';
import { systemFiles as files } from '../platform/files.ts';
import { fetchOne } from './fetch-step.ts';
import { fastForward } from './pull.ts';

let at: GitPlayground;
beforeAll(async () => {
  at = await gitPlayground();
});
afterAll(() => at.remove());

async function fetch(folder: string, remarks: unknown[] = [], offline: 'remark' | 'fail' = 'remark') {
  const step = { signal: anySignal, remark: (reason: unknown) => remarks.push(reason) };
  return fetchOne(gitDeps(at.environment), await open(at.environment, folder), step, offline);
}

const pull = async (folder: string) => fastForward(await open(at.environment, folder), { files, signal: anySignal });

/** A refusal with this code that left branch, status and files as they were. */
async function refusedUntouched(folder: string, code: string): Promise<AppError> {
  const look = async () => [
    await at.git(folder, 'for-each-ref'),
    await at.git(folder, 'status', '--porcelain=v2', '--branch', '--untracked-files=all', '--ignored'),
    await readFile(join(folder, 'shared.txt'), 'utf8').catch(() => ''),
  ];
  const before = await look();
  const refused = await refusal(pull(folder));
  expect(refused.code).toBe(code);
  expect(refused.remedy).not.toBe('');
  expect(await look()).toEqual(before);
  return refused;
}

describe('pulling', () => {
  it('moves the branch forward and keeps what is changed, staged and new elsewhere', async () => {
    const { mine } = await at.cloned({ behind: true });
    await at.write(mine, { 'own.txt': 'changed\n', 'new.txt': 'new\n', 'staged.txt': 'staged\n' });
    await at.git(mine, 'add', 'staged.txt', 'own.txt');
    // It would put what is staged aside, and back as not staged.
    await at.git(mine, 'config', 'merge.autoStash', 'true');
    expect(await fetch(mine)).toBe('1 new commit on origin/main');
    const status = await at.git(mine, 'status', '--porcelain');
    expect(await pull(mine)).toMatchObject({ branch: 'main', commits: 1, kept: 3 });
    expect(await at.git(mine, 'status', '--porcelain')).toBe(status);
    expect(await readFile(join(mine, 'shared.txt'), 'utf8')).toBe('one\ntwo\n');
    expect(await readFile(join(mine, 'own.txt'), 'utf8')).toBe('changed\n');
    expect(await fetch(mine)).toBe('nothing new');
    expect(await pull(mine)).toMatchObject({ commits: 0 });
  });

  it('refuses where changes meet, and names every file', async () => {
    const { mine, push } = await at.cloned();
    await push('feat: theirs', { 'shared.txt': 'theirs\n', 'fresh.txt': 'theirs\n' });
    await fetch(mine);
    await at.write(mine, { 'shared.txt': 'mine\n', 'fresh.txt': 'mine\n' });
    const refused = await refusedUntouched(mine, 'git.dirty');
    expect(refused.details?.['files']).toEqual(['shared.txt', 'fresh.txt']);
  });

  it('refuses to write over a file that is ignored', async () => {
    const { mine, push } = await at.cloned();
    await at.write(mine, { '.git/info/exclude': 'local.env\n', 'local.env': 'SECRET=mine\n' });
    await push('feat: theirs', { 'local.env': 'theirs\n' });
    await fetch(mine);
    const refused = await refusedUntouched(mine, 'git.dirty');
    expect(refused.message).toContain('local.env');
    expect(await readFile(join(mine, 'local.env'), 'utf8')).toBe('SECRET=mine\n');
  });

  it('explains what went apart', async () => {
    const { mine, push } = await at.cloned();
    await push('feat: theirs', { 'shared.txt': 'theirs\n' });
    await at.commit(mine, 'feat: ours', { 'own.txt': 'ours\n' });
    await fetch(mine);
    const refused = await refusedUntouched(mine, 'git.diverged');
    expect(refused.message).toBe('main and origin/main went apart: 1 here, 1 there.');
    await at.git(mine, 'config', 'pull.rebase', 'true');
    await refusedUntouched(mine, 'git.diverged');
  });

  it('explains a detached commit, a branch without upstream, one whose upstream is gone', async () => {
    const { mine } = await at.cloned({ behind: true });
    await at.git(mine, 'checkout', '-q', '--detach');
    await refusedUntouched(mine, 'git.detached');
    await at.git(mine, 'switch', '-q', '-c', 'alone');
    await refusedUntouched(mine, 'git.no-upstream');
    await at.git(mine, 'config', 'branch.alone.remote', 'origin');
    await at.git(mine, 'config', 'branch.alone.merge', 'refs/heads/gone');
    const refused = await refusedUntouched(mine, 'git.no-upstream');
    expect(refused.message).toContain('origin/gone');
  });

  it.each([
    ['merge', ['merge', '--no-edit', 'origin/main'], 'merge'],
    ['rebase', ['rebase', 'origin/main'], 'rebase'],
    ['cherry-pick', ['cherry-pick', 'origin/main'], 'cherry-pick'],
  ])('leaves a %s with conflicts alone', async (_, command, name) => {
    const { mine, push } = await at.cloned();
    await push('feat: theirs', { 'shared.txt': 'theirs\n' });
    await at.commit(mine, 'feat: ours', { 'shared.txt': 'ours\n' });
    await fetch(mine);
    await at.tryGit(mine, ...command);
    const refused = await refusedUntouched(mine, 'git.in-progress');
    expect(refused.message).toContain(name);
  });

  it('says who holds the index', async () => {
    const { mine } = await at.cloned({ behind: true });
    await fetch(mine);
    await writeFile(join(mine, '.git/index.lock'), '');
    const refused = await refusal(pull(mine));
    expect(refused).toMatchObject({ code: 'git.failed' });
    expect(refused.message).toContain('another git works there');
  });
});

describe('fetching', () => {
  it('has a remark where there is no network, and waits for nobody', async () => {
    const { mine } = await at.cloned();
    const server = await challengeServer();
    await at.git(mine, 'remote', 'set-url', 'origin', `http://127.0.0.1:${await freePort()}/x.git`);
    const remarks: unknown[] = [];
    expect(await fetch(mine, remarks)).toBe('the remote cannot be reached');
    expect(remarks).toMatchObject([{ kind: 'remark', title: 'mine was not fetched' }]);
    expect((await refusal(fetch(mine, [], 'fail'))).code).toBe('git.unreachable');
    await at.git(mine, 'remote', 'set-url', 'origin', `${server.url.replace('//', '//me:hunter2@')}/x.git`);
    const refused = await refusal(fetch(mine));
    expect(refused.code).toBe('git.denied');
    expect(JSON.stringify(refused.toShape())).not.toContain('hunter2');
    await server.close();
  });

  it('never moves branches or tags of the user, whatever is to be fetched', async () => {
    const { mine, push } = await at.cloned({ behind: true });
    await push('feat: x', { 'x.txt': 'x\n' }, 'other');
    await at.git(mine, 'branch', 'other');
    const other = await at.git(mine, 'rev-parse', 'other');
    await at.git(mine, 'config', '--add', 'remote.origin.fetch', '+refs/heads/*:refs/heads/*');
    expect((await refusal(fetch(mine))).message).toContain('which writes outside refs/remotes');
    expect(await at.git(mine, 'rev-parse', 'other')).toBe(other);
  });

  it('prunes nothing, though the configuration says so', async () => {
    const { mine, push, origin } = await at.cloned();
    await push('feat: x', { 'x.txt': 'x\n' }, 'short-lived');
    await fetch(mine);
    await at.git(mine, 'tag', 'mine');
    await at.git(origin, 'branch', '-D', 'short-lived');
    for (const key of ['fetch.prune', 'fetch.pruneTags']) await at.git(mine, 'config', key, 'true');
    await fetch(mine);
    expect(await at.git(mine, 'for-each-ref', '--format=%(refname)')).toContain('refs/remotes/origin/short-lived');
    expect(await at.git(mine, 'tag')).toBe('mine');
  });

  it('is content without a remote', async () => {
    const { mine } = await at.cloned();
    await at.git(mine, 'remote', 'remove', 'origin');
    expect(await fetch(mine)).toBe('no remote');
  });

  it('uses the settings of the user and not those of the repository', async () => {
    const { mine, origin } = await at.cloned({ behind: true });
    await at.git(mine, 'remote', 'set-url', 'origin', 'https://example.test/x.git');
    const config = at.environment['GIT_CONFIG_GLOBAL'] ?? '';
    const before = await readFile(config, 'utf8');
    await writeFile(config, `${before}[url "${origin}"]\n\tinsteadOf = https://example.test/x.git\n`);
    expect(await fetch(mine)).toBe('1 new commit on origin/main');
    await writeFile(config, before);
  });
});

describe('git itself', () => {
  it('is missed by name, and when it is too old', async () => {
    const { mine } = await at.cloned();
    expect(await refusal(open({ ...at.environment, PATH: '/nowhere:relative' }, mine))).toMatchObject({
      code: 'git.not-found',
    });
    await at.script(join(at.path, 'old/git'), 'echo git version 2.25.1');
    const refused = await refusal(open({ ...at.environment, PATH: join(at.path, 'old') }, mine));
    expect(refused).toMatchObject({ code: 'git.not-found', message: expect.stringContaining('2.25.1') });
  });
});

describe('variables of git', () => {
  it('that lead elsewhere do not count', async () => {
    const { mine } = await at.cloned();
    const { mine: other } = await at.cloned();
    const environment = {
      ...at.environment,
      GIT_DIR: join(other, '.git'),
      GIT_WORK_TREE: other,
      GIT_INDEX_FILE: join(other, '.git/index'),
      GIT_CONFIG_PARAMETERS: "'core.bare=true'",
      GIT_EXEC_PATH: '/nowhere',
      GIT_OBJECT_DIRECTORY: '/nowhere',
    };
    expect(await open(environment, mine)).toMatchObject({ top: mine, gitFolder: join(mine, '.git') });
  });
});

describe('a repository of somebody else', () => {
  // Only root can give files away.
  it.runIf(process.getuid?.() === 0)('is not opened, with what to do about it', async () => {
    const { chown } = await import('node:fs/promises');
    const { mine } = await at.cloned();
    for (const path of ['', '.git']) await chown(join(mine, path), 65534, 65534);
    const refused = await refusal(open(at.environment, mine));
    expect(refused).toMatchObject({ code: 'git.denied' });
    expect(refused.remedy).toContain('safe.directory');
    await rm(mine, { recursive: true });
  });
});

describe('a repository that works elsewhere', () => {
  it('is not opened', async () => {
    const { mine } = await at.cloned();
    await at.git(mine, 'config', 'core.worktree', at.path);
    expect(await refusal(open(at.environment, mine))).toMatchObject({ code: 'git.denied' });
    expect(await refusal(open(at.environment, at.path))).toMatchObject({ code: 'input.not-found' });
  });

  it('is opened where git itself put that setting', async () => {
    const { mine } = await at.cloned();
    const { origin } = await at.cloned();
    await at.git(mine, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', origin, 'sub');
    expect(await open(at.environment, join(mine, 'sub'))).toMatchObject({ top: join(mine, 'sub'), name: 'sub' });
    await at.git(mine, 'worktree', 'add', '-q', '../beside');
    const beside = await open(at.environment, join(mine, '..', 'beside'));
    expect(beside).toMatchObject({ name: 'beside', commonFolder: join(mine, '.git') });
  });
});
