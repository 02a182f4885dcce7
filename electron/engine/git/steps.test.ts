import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StepKind } from '../../../shared/domain/routine-file.ts';
import type { AppError } from '../../../shared/errors.ts';
import { type GitPlayground, gitPlayground } from '../../../test/support/git-repositories.ts';
import { testStep } from '../../../test/support/step-context.ts';
import type { Call } from '../api.ts';
import { systemClock as clock } from '../platform/clock.ts';
import { systemFiles as files } from '../platform/files.ts';
import { runProcess as run } from '../platform/processes.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import type { StepImplementation } from '../routines/step-types.ts';
import { createGit, type GitPart } from './git.ts';

let at: GitPlayground;
beforeAll(async () => {
  at = await gitPlayground();
});
afterAll(() => at.remove());

const call: Call = { actor: { door: 'window', user: 'ada' }, signal: new AbortController().signal };
const environmentId = 'shop/main';

function part(folder: string, restarted: unknown[] = []): GitPart {
  const target = {
    id: environmentId,
    folder,
    project: { name: 'shop', services: { api: { build: { context: folder } }, idle: { build: { context: folder } } } },
  } as unknown as EnvironmentTarget;
  return createGit({
    ...{ run, files, clock, environment: at.environment, dataFolder: join(at.path, 'data') },
    environments: {
      row: () => ({ folder }),
      get: () => ({
        services: [
          { name: 'api', state: 'running' },
          { name: 'idle', state: 'exited' },
        ],
      }),
      resolveRunning: async () => target,
    },
    async restart(input) {
      restarted.push(input);
      return { operationId: 'op' };
    },
  });
}

function step(folder: string, kind: StepKind): StepImplementation<Record<string, unknown>> {
  const found = part(folder).steps.find((each) => each.kind === kind);
  return found as unknown as StepImplementation<Record<string, unknown>>;
}

/** A folder with golden.yml and two repositories below it. */
async function twoRepositories(): Promise<{ folder: string; api: string; web: string }> {
  const { mine: api, push } = await at.cloned({ name: 'api' });
  await push('feat: theirs', { 'shared.txt': 'two\n' });
  const folder = join(api, '..');
  const { mine: web } = await at.cloned({ behind: true, name: 'web' });
  await at.write(folder, { 'golden.yml': `version: 1\ngit:\n  repositories: [api, ${web}]\n` });
  return { folder, api, web };
}

describe('git.fetch and git.pull', () => {
  it('work in every repository, and tell which', async () => {
    const { folder, api, web } = await twoRepositories();
    const fetch = step(folder, 'git.fetch');
    expect(await fetch.look?.({}, { target: testStep(folder).target, signal: call.signal })).toBe('never fetched');
    expect(await fetch.commands?.({}, testStep(folder).target, call.signal)).toEqual([
      { text: `git fetch ${join(api, '..', 'origin.git')}`, where: api },
      { text: `git fetch ${join(web, '..', 'origin.git')}`, where: web },
    ]);
    expect(await fetch.run({}, testStep(folder))).toEqual({
      result: 'api: 1 new commit on origin/main; web: 1 new commit on origin/main',
    });
    const pull = step(folder, 'git.pull');
    expect(await pull.look?.({}, { target: testStep(folder).target, signal: call.signal })).toBe(
      '1 behind origin/main, 1 behind origin/main',
    );
    await at.write(api, { 'shared.txt': 'mine\n' });
    const mixed = testStep(folder);
    const failed = await pull.run({}, mixed).then(
      () => expect.fail('it was not refused'),
      (error: AppError) => error,
    );
    expect(failed.code).toBe('git.dirty');
    expect(await at.git(web, 'status', '--porcelain', '--branch')).toBe('## main...origin/main');
    expect(await pull.run({ repository: 'web' }, testStep(folder))).toEqual({ result: 'main is up to date' });
    await expect(pull.run({ repository: 'elsewhere' }, testStep(folder))).rejects.toMatchObject({
      code: 'input.not-found',
      remedy: 'Name one of: api, web.',
    });
  });

  it('go on where one repository cannot be opened', async () => {
    const { mine } = await at.cloned({ behind: true });
    await at.write(mine, { 'golden.yml': 'version: 1\ngit: {repositories: [../nowhere, .]}\n' });
    const fetch = step(mine, 'git.fetch');
    expect(await fetch.commands?.({}, testStep(mine).target, call.signal)).toEqual([
      { text: expect.stringMatching(/^git fetch /), where: mine },
      { text: expect.stringMatching(/^nothing: .* is in no git repository/), where: join(mine, '../nowhere') },
    ]);
    await expect(fetch.run({}, testStep(mine))).rejects.toMatchObject({ code: 'input.not-found' });
    expect(await at.git(mine, 'rev-list', '--count', 'HEAD..origin/main')).toBe('1');
  });

  it('fetches before pulling when that was not done just now, and gives the verdict a headline', async () => {
    const { mine, push } = await at.cloned({ behind: true });
    await at.git(mine, 'switch', '-q', '-c', 'feature', '--track', 'origin/main');
    await push('feat: more', { 'more.txt': 'x\n' });
    expect(await step(mine, 'git.pull').run({}, testStep(mine))).toMatchObject({
      result: expect.stringMatching(/^2 commits, fast-forward to [0-9a-f]{10}$/),
    });
    await at.git(mine, 'switch', '-q', '-c', 'old', 'HEAD~2', '--no-track');
    const alone = testStep(mine);
    expect(await step(mine, 'git.pull').run({}, alone)).toEqual({
      result: 'a branch of this machine only, nothing to pull',
      headline: '2 commits behind main',
    });
    expect(alone.remarks).toEqual([]);
    await at.git(mine, 'config', 'branch.old.remote', 'origin');
    await at.git(mine, 'config', 'branch.old.merge', 'refs/heads/gone');
    expect(await step(mine, 'git.pull').run({}, alone)).toMatchObject({
      result: 'what it follows is gone, nothing pulled',
    });
    expect(alone.remarks).toMatchObject([{ title: 'old follows origin/gone, which is not there.' }]);
  });

  it('refuse options they do not know, and do nothing outside of a repository', async () => {
    const { options, run: work } = step(at.path, 'git.pull');
    expect(options.safeParse({ force: true }).success).toBe(false);
    expect(await work({}, testStep(at.path))).toMatchObject({ state: 'skipped' });
  });
});

describe('git.wip', () => {
  it('saves every repository and takes all of it back with one token', async () => {
    const { mine: folder } = await at.cloned();
    const { mine: sub } = await at.cloned();
    await at.write(folder, {
      'golden.yml': `version: 1\ngit:\n  repositories: [., ../../${sub.split('/').at(-2)}/mine]\n`,
      'own.txt': 'changed\n',
    });
    await at.write(sub, { 'own.txt': 'changed\n' });
    const wip = step(folder, 'git.wip');
    expect(await wip.look?.({}, { target: testStep(folder).target, signal: call.signal })).toBe(
      '2 files on main, 1 file on main',
    );
    const first = testStep(folder);
    const done = await wip.run({}, first);
    expect(done).toMatchObject({ result: 'mine: 2 files on wip/main; mine: 1 file on wip/main' });
    // A later life, cut off before it could say what it had done.
    const again = await wip.run({}, testStep(folder, { kept: first.saved.data }));
    expect(again).toMatchObject({ undo: done.undo, result: expect.stringContaining('as before') });
    const { api } = part(folder);
    await at.write(folder, { 'own.txt': 'something else\n' });
    await expect(api.undoWip({ token: done.undo?.token ?? '' }, call)).rejects.toMatchObject({
      message: expect.stringContaining('the only copy'),
    });
    expect(await at.git(sub, 'branch', '--list', 'wip/main')).toBe('');
    await at.write(folder, { 'own.txt': 'changed\n' });
    expect(await api.undoWip({ token: done.undo?.token ?? '' }, call)).toEqual({ words: 'wip/main was removed.' });
    await expect(api.undoWip({ token: done.undo?.token ?? '' }, call)).rejects.toMatchObject({
      code: 'git.cannot-undo',
    });
    await expect(api.undoWip({ token: '../../x' }, call)).rejects.toMatchObject({ code: 'git.cannot-undo' });
  });

  it('asks about large files', async () => {
    const { mine } = await at.cloned();
    await at.write(mine, { 'golden.yml': 'version: 1\ngit: {large_files: 1KiB}\n', 'big.bin': 'x'.repeat(2048) });
    const first = testStep(mine, { answers: [{ kind: 'choice', id: 'leave-out' }] });
    expect(await step(mine, 'git.wip').run({}, first)).toMatchObject({ result: '1 file on wip/main' });
    expect(first.questions).toMatchObject([{ text: '1 file of mine is large. Commit all the same?' }]);
    expect(first.remarks).toMatchObject([{ title: '1 file of mine is not saved' }]);
    const second = testStep(mine, { answers: [{ kind: 'choice', id: 'commit' }] });
    expect(await step(mine, 'git.wip').run({}, second)).toMatchObject({ result: '2 files on wip/main' });
  });

  it('goes by golden.yml', async () => {
    const { mine } = await at.cloned();
    await at.git(mine, 'switch', '-q', '-c', 'feature');
    await at.write(mine, { 'golden.yml': 'version: 1\nday: {wip: off}\n' });
    expect(await step(mine, 'git.wip').run({}, testStep(mine))).toMatchObject({ state: 'skipped' });
    await at.write(mine, { 'golden.yml': 'version: 1\nday: {wip: current}\n' });
    expect(await step(mine, 'git.wip').run({}, testStep(mine))).toMatchObject({ result: '1 file on feature' });
    await at.write(mine, { 'golden.yml': 'version: 1\ngit: {protected: [feature]}\nday: {wip: current}\n' });
    expect(await step(mine, 'git.wip').run({}, testStep(mine))).toMatchObject({ result: '1 file on wip/feature' });
  });
});

describe('git.push', () => {
  it('sends work in progress, by fast-forward only, and never to what is protected', async () => {
    const { mine, origin, push } = await at.cloned();
    await at.write(mine, { 'own.txt': 'changed\n' });
    const wip = step(mine, 'git.wip');
    const send = step(mine, 'git.push');
    expect(await send.run({}, testStep(mine))).toEqual({ result: 'nothing new on wip/main' });
    await wip.run({}, testStep(mine));
    expect(await send.run({}, testStep(mine))).toEqual({ result: 'pushed to origin/wip/main' });
    expect(await at.git(origin, 'rev-parse', 'wip/main')).toBe(await at.git(mine, 'rev-parse', 'wip/main'));
    expect(await send.run({}, testStep(mine))).toEqual({ result: 'nothing new on wip/main' });
    await at.write(mine, { 'own.txt': 'more\n' });
    await wip.run({}, testStep(mine));
    expect(await send.run({}, testStep(mine))).toEqual({ result: '1 commit pushed to origin/wip/main' });
    await at.commit(mine, 'feat: x');
    await expect(send.run({ branch: 'current' }, testStep(mine))).rejects.toMatchObject({ code: 'git.protected' });
    const theirs = await push('feat: other', { 'z.txt': 'z\n' }, 'wip/main');
    await at.write(mine, { 'own.txt': 'even more\n' });
    await wip.run({}, testStep(mine));
    await expect(send.run({}, testStep(mine))).rejects.toMatchObject({ code: 'git.diverged' });
    expect(await at.git(origin, 'rev-parse', 'wip/main')).toBe(theirs);
  });

  it('does not go where a branch follows a protected one', async () => {
    const { mine, origin } = await at.cloned();
    await at.git(mine, 'switch', '-q', '-c', 'feature', '--track', 'origin/main');
    await at.commit(mine, 'feat: x', { 'x.txt': 'x\n' });
    const before = await at.git(origin, 'rev-parse', 'main');
    await expect(step(mine, 'git.push').run({ branch: 'current' }, testStep(mine))).rejects.toMatchObject({
      code: 'git.protected',
      message: 'main is protected; nothing is pushed to it.',
    });
    expect(await at.git(origin, 'rev-parse', 'main')).toBe(before);
  });

  it('leaves large file storage and repositories with hooks to the user', async () => {
    const { mine, origin } = await at.cloned();
    await at.write(mine, { 'big.psd': 'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n' });
    await step(mine, 'git.wip').run({}, testStep(mine));
    const push = step(mine, 'git.push');
    await expect(push.run({}, testStep(mine))).rejects.toMatchObject({ message: expect.stringContaining('Git LFS') });
    await at.script(join(origin, 'hooks/update'), 'true');
    await expect(push.run({}, testStep(mine))).rejects.toMatchObject({ message: expect.stringContaining('a hook') });
  });
});

describe('facts', () => {
  it('are about the first repository', async () => {
    const { mine } = await at.cloned({ behind: true });
    await at.git(mine, 'fetch', '-q');
    await at.write(mine, { 'own.txt': 'changed\n', 'new.txt': 'new\n' });
    const { facts } = part(mine);
    const { target, signal } = testStep(mine);
    const all = Object.fromEntries(
      await Promise.all(Object.keys(facts.names).map(async (name) => [name, await facts.read(name, target, signal)])),
    );
    expect(all).toEqual({
      'branch.name': 'main',
      'branch.behind': 1,
      'branch.ahead': 0,
      'branch.behind_base': 1,
      'repo.dirty': true,
      'repo.untracked': 1,
    });
    expect(await facts.read('branch.name', testStep(at.path).target, signal)).toBeUndefined();
    expect(await facts.read('constructor', target, signal)).toBeUndefined();
  });
});

describe('the calls', () => {
  it('restart the running services that are affected, and say when there are none', async () => {
    const { mine } = await at.cloned();
    const restarted: unknown[] = [];
    const { api } = part(mine, restarted);
    await expect(api.restartAffected({ environmentId }, call)).rejects.toMatchObject({ code: 'input.invalid' });
    await at.write(mine, { 'own.txt': 'changed\n' });
    expect(await api.restartAffected({ environmentId }, call)).toEqual({ operationId: 'op' });
    expect(restarted).toEqual([{ environmentId, services: ['api'] }]);
    expect((await api.repositories({ environmentId }, call)).map(({ name, changed }) => [name, changed])).toEqual([
      ['mine', 1],
    ]);
  });
});
