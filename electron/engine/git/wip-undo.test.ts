import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GitPlayground, gitPlayground } from '../../../test/support/git-repositories.ts';
import { messy, refusal, saving } from '../../../test/support/git-saving.ts';
import { repositoryState, treeState } from '../../../test/support/git-state.ts';

let at: GitPlayground;
beforeAll(async () => {
  at = await gitPlayground();
});
afterAll(() => at.remove());

const { save, undo, indexKept } = saving(() => at);
const state = (folder: string) => repositoryState(at, folder);

describe('taking it back', () => {
  it('is refused when the branch moved, and nothing changes', async () => {
    const { mine } = await at.cloned();
    await at.git(mine, 'switch', '-q', '-c', 'feature');
    await at.write(mine, { 'own.txt': 'changed\n' });
    const saved = await save(mine, { mode: 'current' });
    await at.commit(mine, 'feat: on', { 'own.txt': 'on\n' });
    const before = await state(mine);
    const refused = await refusal(undo(mine, saved?.token));
    expect(refused).toMatchObject({ code: 'git.cannot-undo' });
    expect(refused.message).toContain('feature moved on');
    expect(await state(mine)).toEqual(before);
  });

  it('is refused when something was staged since, or another branch is checked out', async () => {
    const { mine } = await at.cloned();
    await at.git(mine, 'switch', '-q', '-c', 'feature');
    await at.write(mine, { 'own.txt': 'changed\n' });
    const saved = await save(mine, { mode: 'current' });
    await at.write(mine, { 'late.txt': 'late\n' });
    await at.git(mine, 'add', 'late.txt');
    expect((await refusal(undo(mine, saved?.token))).message).toContain('something was staged');
    await at.git(mine, 'rm', '-q', '--cached', 'late.txt');
    await at.git(mine, 'switch', '-q', 'main');
    expect((await refusal(undo(mine, saved?.token))).message).toContain('no longer the current branch');
    await at.git(mine, 'switch', '-q', 'feature');
    expect(await undo(mine, saved?.token)).toBe('The work of feature is uncommitted again.');
  });

  it('is refused when wip/ holds the only copy', async () => {
    const { mine } = await at.cloned();
    await at.write(mine, { 'own.txt': 'precious\n' });
    const saved = await save(mine);
    await at.git(mine, 'checkout', '-q', '--', 'own.txt');
    expect((await refusal(undo(mine, saved?.token))).message).toContain('the only copy');
    expect(await at.git(mine, 'show', 'wip/main:own.txt')).toBe('precious');
  });

  it('finishes what a cut left half done', async () => {
    const { mine } = await at.cloned();
    await at.git(mine, 'switch', '-q', '-c', 'feature');
    await messy(at, mine);
    const before = await state(mine);
    const saved = await save(mine, { mode: 'current' });
    // The branch was moved back, the lock written, and then the power went.
    const copy = indexKept(mine, saved?.token);
    await writeFile(join(mine, '.git/index.lock'), await readFile(copy));
    await at.git(mine, 'update-ref', 'HEAD', before.commit);
    await undo(mine, saved?.token);
    expect(await state(mine)).toEqual(before);
  });

  it('after saving is as before, whatever was changed and staged', async () => {
    const names = ['a.txt', 'b.txt', 'dir/c.txt', 'dir/d.txt', 'new.txt'] as const;
    const action = fc.record({
      name: fc.constantFrom(...names),
      what: fc.constantFrom('write', 'remove', 'add', 'add -N', 'unstage'),
      text: fc.string({ maxLength: 20 }),
    });
    const { mine } = await at.cloned();
    await at.git(mine, 'switch', '-q', '-c', 'feature');
    await at.commit(mine, 'feat: files', { 'a.txt': 'a\n', 'b.txt': 'b\n', 'dir/c.txt': 'c\n' });
    const start = await at.git(mine, 'rev-parse', 'HEAD');
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 8 }),
        fc.constantFrom('branch' as const, 'current' as const),
        async (actions, mode) => {
          await at.git(mine, 'checkout', '-q', '-f', '-B', 'feature', start);
          await at.git(mine, 'clean', '-q', '-fdx');
          for (const { name, what, text } of actions) {
            if (what === 'write') await at.write(mine, { [name]: text });
            else if (what === 'remove') await rm(join(mine, name), { force: true });
            else if (what === 'unstage') await at.tryGit(mine, 'reset', '-q', '--', name);
            else await at.tryGit(mine, ...what.split(' '), '--', name);
          }
          await at.git(mine, 'status');
          const before = await state(mine);
          const saved = await save(mine, { mode });
          expect(await treeState(mine)).toEqual(before.tree);
          if (saved?.token != null) await undo(mine, saved.token);
          expect(await state(mine)).toEqual(before);
        },
      ),
      { numRuns: 12 },
    );
  }, 120_000);
});
