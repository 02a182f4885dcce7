import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GitPlayground, gitPlayground } from '../../../test/support/git-repositories.ts';
import { messy, refusal, saving } from '../../../test/support/git-saving.ts';
import { repositoryState } from '../../../test/support/git-state.ts';
import { systemFiles as files } from '../platform/files.ts';
import type { WipOptions } from './wip.ts';

let at: GitPlayground;
beforeAll(async () => {
  at = await gitPlayground();
});
afterAll(() => at.remove());

const { save, undo, indexKept } = saving(() => at);
const state = (folder: string) => repositoryState(at, folder);

describe('saving work', () => {
  it('on a branch of wip/ leaves branch, index and files as they are, to the byte', async () => {
    const { mine } = await at.cloned();
    await at.git(mine, 'switch', '-q', '-c', 'order-book');
    await messy(at, mine);
    const before = await state(mine);
    const saved = await save(mine);
    expect(saved).toMatchObject({ branch: 'wip/order-book', files: 11 });
    const after = await state(mine);
    expect({ ...after, refs: '' }).toEqual({ ...before, refs: '' });
    const listed = await at.git(mine, '-c', 'core.quotePath=false', 'ls-tree', '-r', '--name-only', 'wip/order-book');
    expect(listed.split('\n')).toEqual(
      [
        '.gitignore',
        'a.txt',
        'b.txt',
        'dir',
        'link',
        'new/deep/file.txt',
        'new/x',
        'old',
        'own.txt',
        'shared.txt',
        'with space and ü.txt',
      ].sort(),
    );
    expect(await at.git(mine, 'show', 'wip/order-book:a.txt')).toBe('staged and changed');
    expect(await at.git(mine, 'log', '-1', '--format=%s|%an|%ae|%P', 'wip/order-book')).toBe(
      `wip: 11 files on order-book|Ada|ada@example.test|${before.commit}`,
    );
    await undo(mine, saved?.token);
    expect(await state(mine)).toEqual(before);
  });

  it('on the current branch is taken back to the byte, what was staged included', async () => {
    const { mine } = await at.cloned();
    await at.git(mine, 'switch', '-q', '-c', 'feature');
    await messy(at, mine);
    const before = await state(mine);
    const saved = await save(mine, { mode: 'current' });
    expect(saved).toMatchObject({ branch: 'feature' });
    const between = await state(mine);
    expect(between.status).toBe('');
    expect(between.tree).toEqual(before.tree);
    await undo(mine, saved?.token);
    expect(await state(mine)).toEqual(before);
    expect((await refusal(undo(mine, saved?.token))).code).toBe('git.cannot-undo');
  });

  it('leaves out new env files that git does not ignore, and says so; templates and added ones are meant', async () => {
    const { mine } = await at.cloned();
    await at.git(mine, 'switch', '-q', '-c', 'env');
    await at.write(mine, { '.env': 'A=1\n', 'api/.env.local': 'B=2\n', '.env.example': 'A=\n', 'meant/.env': 'C=\n' });
    await at.git(mine, 'add', 'meant/.env');
    const notes: string[] = [];
    const saved = await save(mine, { note: (title, detail) => notes.push(`${title}: ${detail}`) });
    expect(saved?.files).toBe(2);
    expect(await at.git(mine, 'ls-tree', '-r', '--name-only', 'wip/env')).not.toMatch(/^\.env$|\.env\.local/m);
    expect(notes.join()).toContain('.env, api/.env.local');
  });

  it('goes to wip/ when the current branch is protected or there is none', async () => {
    const { mine } = await at.cloned();
    await at.write(mine, { 'own.txt': 'changed\n' });
    const main = await at.git(mine, 'rev-parse', 'main');
    expect(await save(mine, { mode: 'current' })).toMatchObject({ branch: 'wip/main' });
    expect(await at.git(mine, 'rev-parse', 'main')).toBe(main);
    await at.git(mine, 'checkout', '-q', '--detach');
    expect(await save(mine, { mode: 'current' })).toMatchObject({ branch: `wip/detached-${main.slice(0, 10)}` });
    const refused = await refusal(save(mine, { isProtected: () => true }));
    expect(refused.code).toBe('git.protected');
  });

  it('only adds to what wip/ holds, and says when it is there already', async () => {
    const { mine } = await at.cloned();
    await at.write(mine, { 'own.txt': 'first\n' });
    const first = await save(mine);
    expect(await save(mine)).toMatchObject({ commit: first?.commit, token: null });
    await at.write(mine, { 'own.txt': 'second\n' });
    const second = await save(mine);
    await at.commit(mine, 'feat: done', { 'own.txt': 'done\n' });
    await at.write(mine, { 'own.txt': 'third\n' });
    const third = await save(mine);
    const held = (await at.git(mine, 'rev-list', '--abbrev-commit', '--abbrev=10', 'wip/main')).split('\n');
    expect(held).toEqual(expect.arrayContaining([first?.commit, second?.commit, third?.commit]));
    await undo(mine, third?.token);
    expect((await at.git(mine, 'rev-parse', 'wip/main')).slice(0, 10)).toBe(second?.commit);
  });

  it('begins a repository', async () => {
    const folder = join(at.path, 'begun');
    await mkdir(folder);
    await at.git(folder, 'init', '-q');
    await at.write(folder, { 'a.txt': 'a\n' });
    await at.git(folder, 'add', '-N', 'a.txt');
    const before = await state(folder);
    const saved = await save(folder, { mode: 'current', isProtected: () => false });
    expect(saved).toMatchObject({ branch: 'main', files: 1 });
    expect((await state(folder)).status).toBe('');
    await undo(folder, saved?.token);
    expect(await state(folder)).toEqual(before);
  });

  it('finishes what a cut left half done', async () => {
    const { mine } = await at.cloned();
    await at.git(mine, 'switch', '-q', '-c', 'feature');
    await messy(at, mine);
    const before = await state(mine);
    const saved = await save(mine, { mode: 'current' });
    // The branch was moved, and then the power went: the index is still as it was.
    const copy = indexKept(mine, saved?.token);
    await writeFile(join(mine, '.git/index'), await readFile(copy));
    expect(await save(mine, { mode: 'current' })).toMatchObject({ commit: saved?.commit, token: null });
    expect((await state(mine)).status).toBe('');
    await undo(mine, saved?.token);
    expect(await state(mine)).toEqual(before);
  });

  it('says that there is nothing', async () => {
    const { mine } = await at.cloned();
    expect(await save(mine)).toBeUndefined();
  });

  it('leaves what is not finished alone', async () => {
    const { mine, push } = await at.cloned();
    await push('feat: theirs', { 'own.txt': 'theirs\n' });
    await at.commit(mine, 'feat: ours', { 'own.txt': 'ours\n' });
    await at.git(mine, 'fetch', '-q');
    await at.tryGit(mine, 'merge', 'origin/main');
    const before = await state(mine);
    for (const mode of ['branch', 'current'] as const) {
      expect((await refusal(save(mine, { mode }))).code).toBe('git.in-progress');
    }
    expect(await state(mine)).toEqual(before);
  });

  it('stops at secrets, says where and not what, and keeps no copy', async () => {
    const { mine } = await at.cloned();
    const secret = `ghp_${'a1B2c3D4e5'.repeat(4)}`.slice(0, 40);
    await at.write(mine, { 'src/app.ts': `const a = 1;\n\n  const token = '${secret}';\n`, 'own.txt': 'changed\n' });
    await at.write(mine, { '.gitignore': '.env\n', '.env': `TOKEN=${secret}\n` });
    const before = await state(mine);
    const refused = await refusal(save(mine));
    expect(refused.code).toBe('git.secrets-found');
    expect(refused.message).toContain('src/app.ts:3:18 GitHub Token');
    expect(refused.details?.['findings']).toEqual([
      { file: 'src/app.ts', line: 3, column: 18, what: 'GitHub Token', rule: 'github' },
    ]);
    expect(JSON.stringify({ ...refused, message: refused.message })).not.toContain(secret);
    expect(await state(mine)).toEqual(before);
    const object = await at.git(mine, 'hash-object', 'src/app.ts');
    expect(await files.info(join(mine, '.git/objects', object.slice(0, 2), object.slice(2)))).toBeUndefined();
    expect((await readdir(join(mine, '.git'))).filter((name) => name.startsWith('golden-hour'))).toEqual([]);
  });

  it('does not tell of secrets that were committed long ago', async () => {
    const { mine } = await at.cloned();
    const secret = `ghp_${'a1B2c3D4e5'.repeat(4)}`.slice(0, 40);
    await at.commit(mine, 'feat: a fixture', { 'fixture.txt': `x\n${secret}\n` });
    await at.write(mine, { 'fixture.txt': `x\ny\n${secret}\n` });
    expect(await save(mine)).toMatchObject({ files: 1 });
  });

  it('leaves large files out when told so, on the current branch too', async () => {
    const { mine } = await at.cloned();
    await at.write(mine, { 'big.bin': 'x'.repeat(2000), 'own.txt': 'changed\n' });
    await at.git(mine, 'add', 'big.bin');
    const before = await state(mine);
    const asked: unknown[] = [];
    const options: Partial<WipOptions> = {
      mode: 'current',
      isProtected: () => false,
      largeBytes: 1000,
      askLarge: async (large) => {
        asked.push(...large);
        return 'leave-out';
      },
    };
    const saved = await save(mine, options);
    expect(asked).toEqual([{ path: 'big.bin', bytes: 2000 }]);
    expect(await at.git(mine, 'ls-tree', '-r', '--name-only', 'HEAD')).toBe('own.txt\nshared.txt');
    expect(await at.git(mine, 'status', '--porcelain')).toBe('A  big.bin');
    await undo(mine, saved?.token);
    expect(await state(mine)).toEqual(before);
  });

  it('says what of it is in no commit: repositories among the files', async () => {
    const { mine } = await at.cloned();
    await mkdir(join(mine, 'nested'));
    await at.git(join(mine, 'nested'), 'init', '-q');
    await at.commit(join(mine, 'nested'), 'feat: inner', { 'x.txt': 'x\n' });
    await at.write(mine, { 'own.txt': 'changed\n' });
    const notes: string[] = [];
    expect(await save(mine, { note: (title, detail) => notes.push(`${title}: ${detail}`) })).toMatchObject({
      files: 1,
    });
    expect(notes).toEqual(['mine: not everything is in the commit: nested/: a repository of its own']);
  });

  it('refuses files that pass a filter which only the repository names', async () => {
    const { mine } = await at.cloned();
    await at.git(mine, 'config', 'filter.crypt.clean', 'rot13');
    await at.write(mine, { '.gitattributes': '*.key filter=crypt\n', 'own.txt': 'changed\n' });
    expect(await save(mine)).toMatchObject({ files: 2 });
    await at.write(mine, { 'a.key': 'x\n' });
    const refused = await refusal(save(mine));
    expect(refused.message).toBe('a.key passes a filter that the repository itself names: crypt.');
  });

  it('takes names that are no text', async () => {
    const { mine } = await at.cloned();
    await writeFile(Buffer.concat([Buffer.from(`${mine}/bad`), Buffer.from([0xff, 0x0a]), Buffer.from('.txt')]), 'x');
    expect(await save(mine)).toMatchObject({ files: 1 });
    expect(await at.git(mine, 'ls-tree', '-r', '--name-only', 'wip/main')).toContain('"bad\\377\\n.txt"');
  });
});
