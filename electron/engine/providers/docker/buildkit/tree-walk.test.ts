import { describe, expect, it } from 'vitest';
import type { Stat } from './messages.ts';
import { type FileTree, goModes } from './tree.ts';
import { followLinks, walkTree } from './tree-walk.ts';

/** Paths of files; `a -> b` is a link. Folders follow from the paths. */
function treeOf(paths: readonly string[]): FileTree & { readonly looked: string[] } {
  const stats = new Map<string, Stat>();
  const looked: string[] = [];
  const base = { uid: 0, gid: 0, size: 0n, modTime: 0n, linkname: '' };
  for (const text of paths) {
    const [path = '', linkname = ''] = text.split(' -> ');
    const parts = path.split('/');
    for (const index of parts.keys()) {
      const folder = parts.slice(0, index).join('/');
      if (folder !== '') stats.set(folder, { ...base, path: folder, mode: goModes.folder + 0o755 });
    }
    stats.set(path, { ...base, path, linkname, mode: linkname === '' ? 0o644 : goModes.symlink + 0o777 });
  }
  return {
    looked,
    list: async (folder) => {
      looked.push(folder);
      const prefix = folder === '' ? '' : `${folder}/`;
      const names = [...stats.keys()]
        .filter((path) => path.startsWith(prefix))
        .map((path) => path.slice(prefix.length));
      return names
        .filter((name) => name !== '' && !name.includes('/'))
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    },
    describe: async (path) => stats.get(path),
    read: async function* () {},
  };
}

async function walked(
  paths: readonly string[],
  wanted: { include?: string[]; exclude?: string[]; follow?: string[] },
): Promise<{ found: string[]; looked: string[] }> {
  const tree = treeOf(paths);
  const found: string[] = [];
  const whole = { include: [], exclude: [], follow: [], ...wanted };
  for await (const stat of walkTree(tree, whole, new AbortController().signal)) found.push(stat.path);
  return { found, looked: tree.looked };
}

describe('walkTree', () => {
  it('goes depth first in the order of bytes, not of characters', async () => {
    const { found } = await walked(['b/c', 'a.txt', 'a/z', '\u{1f600}', '\u{ff5e}'], {});
    expect(found).toEqual(['a', 'a/z', 'a.txt', 'b', 'b/c', '\u{ff5e}', '\u{1f600}']);
  });

  it('leaves out what is excluded and brings a folder along with what is excepted in it', async () => {
    const paths = ['node_modules/a/x', 'node_modules/keep/y', 'src/x', 'other/z'];
    const { found, looked } = await walked(paths, { exclude: ['node_modules', 'other', '!node_modules/keep'] });
    expect(found).toEqual(['node_modules', 'node_modules/keep', 'node_modules/keep/y', 'src', 'src/x']);
    expect(looked).not.toContain('other');
    expect(looked).not.toContain('node_modules/a');
  });

  it('takes only what is included, and looks nowhere else', async () => {
    const paths = ['app/src/a', 'app/doc/b', 'data/large', 'x'];
    const { found, looked } = await walked(paths, { include: ['app/src', 'x'] });
    expect(found).toEqual(['app', 'app/src', 'app/src/a', 'x']);
    expect(looked).not.toContain('data');
    expect((await walked(paths, { include: ['**/b'] })).found).toEqual(['app', 'app/doc', 'app/doc/b']);
  });

  it('follows links, and takes everything when they lead to the root', async () => {
    const paths = ['link -> /real/file', 'real/file', 'other', 'root -> .'];
    expect((await walked(paths, { follow: ['link'] })).found).toEqual(['link', 'real', 'real/file']);
    expect((await walked(paths, { follow: ['root'] })).found).toHaveLength(5);
  });
});

describe('followLinks', () => {
  it.each([
    [['a'], ['a -> b', 'b -> c/d', 'c/d'], ['a', 'b', 'c/d']],
    [
      ['a/x', 'a/y'],
      ['a -> real', 'real/x', 'real/y'],
      ['a', 'real/x', 'real/y'],
    ],
    [['a*'], ['ab -> one', 'ac -> two', 'one', 'two'], ['a*', 'one', 'two']],
    [['up'], ['up -> ../../outside'], ['outside', 'up']],
    [['missing/x'], [], ['missing/x']],
    [['.'], ['x'], []],
    // Round in circles, and on for ever.
    [['a'], ['a -> b', 'b -> a'], ['a', 'b']],
    [['a'], ['a -> a/b'], ['a']],
  ])('%j in %j: %j', async (paths, tree, found) => expect(await followLinks(treeOf(tree), paths)).toEqual(found));
});
