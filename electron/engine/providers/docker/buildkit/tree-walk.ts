import { posix } from 'node:path';
import { compilePatterns, type Patterns } from '../build-ignore.ts';
import type { Stat } from './messages.ts';
import { type FileTree, isFolder, isSymlink } from './tree.ts';

/** What BuildKit wants of a tree; an empty list sets no limit. */
export interface Wanted {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Paths and patterns that are included together with what their symbolic links point to. */
  readonly follow: readonly string[];
}

interface Filter {
  readonly include: Patterns | undefined;
  readonly exclude: Patterns;
}

/**
 * What is wanted of a tree, depth first and in byte order, a folder before what it holds. A folder that is not wanted
 * itself comes along when something in it is.
 */
export async function* walkTree(
  tree: FileTree,
  wanted: Wanted,
  signal: AbortSignal,
): AsyncGenerator<Stat, void, undefined> {
  const followed = wanted.follow.length === 0 ? [] : await followLinks(tree, wanted.follow);
  const include = [...wanted.include, ...followed];
  const filter: Filter = {
    include: include.length === 0 ? undefined : compilePatterns(include),
    exclude: compilePatterns(wanted.exclude),
  };
  yield* walkFolder(tree, filter, '', signal);
}

async function* walkFolder(
  tree: FileTree,
  filter: Filter,
  folder: string,
  signal: AbortSignal,
): AsyncGenerator<Stat, void, undefined> {
  const names = await tree.list(folder);
  const batch = 64;
  for (let start = 0; start < names.length; start += batch) {
    signal.throwIfAborted();
    const paths = names.slice(start, start + batch).map((name) => (folder === '' ? name : `${folder}/${name}`));
    const found = await Promise.all(paths.map((path) => describeWanted(tree, filter, path)));
    for (const each of found) {
      if (each === undefined) continue;
      const { stat, taken } = each;
      if (taken) yield stat;
      if (!isFolder(stat) || !each.entered) continue;
      let announced = taken;
      for await (const below of walkFolder(tree, filter, stat.path, signal)) {
        if (!announced) yield stat;
        announced = true;
        yield below;
      }
    }
  }
}

async function describeWanted(
  tree: FileTree,
  { include, exclude }: Filter,
  path: string,
): Promise<{ readonly stat: Stat; readonly taken: boolean; readonly entered: boolean } | undefined> {
  const included = include?.matches(path) ?? true;
  const excluded = exclude.matches(path);
  const taken = included && !excluded;
  const entered = (included || include?.reachesBelow(path) === true) && (!excluded || exclude.exceptsBelow(path));
  // Not even looked at: it may not be readable, and leaving it out is the way to build nevertheless.
  if (!taken && !entered) return undefined;
  const stat = await tree.describe(path);
  return stat === undefined ? undefined : { stat, taken, entered };
}

/** Links that lead on and on are given up, as the kernel does. */
const mostLinks = 255;

/** The paths themselves and, link by link, what they lead to. None when the whole tree is asked for. */
export async function followLinks(tree: FileTree, paths: readonly string[]): Promise<readonly string[]> {
  const resolved = new Set<string>();
  const seen = new Set<string>();
  const follow = async (path: string, links: number): Promise<void> => {
    const whole = posix.join('/', path).slice(1);
    if (seen.has(whole) || links > mostLinks) return;
    seen.add(whole);
    const parts = whole.split('/').filter((part) => part !== '');
    if (parts.length === 0) resolved.add('.');
    for (const index of parts.keys()) {
      const current = parts.slice(0, index + 1).join('/');
      const last = index === parts.length - 1;
      const targets = await linkTargets(tree, current);
      if (targets.length === 0 && !last) continue;
      resolved.add(current);
      const rest = parts.slice(index + 1).join('/');
      for (const target of targets) await follow(posix.join(target, rest), links + 1);
      return;
    }
  };
  for (const path of paths) await follow(path, 0);
  return resolved.has('.') ? [] : [...resolved].sort();
}

/** Where a link points to, from the root of the tree; of every link that a pattern matches. */
async function linkTargets(tree: FileTree, path: string): Promise<readonly string[]> {
  const base = posix.basename(path);
  if (/[*?[]/.test(base)) {
    const folder = posix.dirname(path) === '.' ? '' : posix.dirname(path);
    const pattern = compilePatterns([base]);
    const names = (await tree.list(folder)).filter((name) => pattern.matches(name));
    const found = await Promise.all(names.map((name) => linkTarget(tree, folder === '' ? name : `${folder}/${name}`)));
    return found.filter((target) => target !== undefined);
  }
  const target = await linkTarget(tree, path);
  return target === undefined ? [] : [target];
}

async function linkTarget(tree: FileTree, path: string): Promise<string | undefined> {
  const stat = await tree.describe(path);
  if (stat === undefined || !isSymlink(stat)) return undefined;
  return stat.linkname.startsWith('/') ? stat.linkname : posix.join('/', posix.dirname(path), stat.linkname);
}
