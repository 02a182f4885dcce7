import { isAbsolute, join as joinKeepingEnd, posix, sep, win32 } from 'node:path';
import { type ComposeNode, get, isMap, type MapNode, mapItems, mapValues, scalar, stringOf, withKey } from './node.ts';
import { type Place, pathRules, ruleAt, step } from './path-rules.ts';
import type { Problems } from './problems.ts';
import { parseRemote } from './remote-reference.ts';

interface Base {
  readonly folder: string;
  readonly home: string | undefined;
  readonly problems: Problems;
}

/** Without a separator at its end, as Compose joins paths: they get into hashes. */
export function join(...parts: readonly string[]): string {
  const joined = joinKeepingEnd(...parts);
  return joined.length > 1 && joined.endsWith(sep) ? joined.slice(0, -1) : joined;
}

type Resolve = (node: ComposeNode, base: Base) => ComposeNode;

function expandHome(path: string, base: Base): string {
  return path.startsWith('~') && base.home !== undefined ? join(base.home, path.slice(1)) : path;
}

/** Absolute for this system, or for a Windows or Unix engine elsewhere. */
function isAnyAbsolute(path: string): boolean {
  return isAbsolute(path) || posix.isAbsolute(path) || (win32.isAbsolute(path) && /^([a-zA-Z]:|\\\\)/.test(path));
}

function changeText(node: ComposeNode, change: (path: string) => string): ComposeNode {
  const path = stringOf(node);
  if (path === undefined) return node.kind === 'list' ? mapItems(node, (item) => changeText(item, change)) : node;
  const changed = change(path);
  return changed === path ? node : scalar(changed, node.position);
}

export function resolvePath(path: string, folder: string, home: string | undefined): string {
  const expanded = path.startsWith('~') && home !== undefined ? join(home, path.slice(1)) : path;
  return expanded === '' || isAbsolute(expanded) ? expanded : join(folder, expanded);
}

const localPath: Resolve = (node, base) => changeText(node, (path) => resolvePath(path, base.folder, base.home));

const enginePath: Resolve = (node, base) =>
  changeText(node, (path) => {
    const expanded = expandHome(path, base);
    return isAnyAbsolute(expanded) ? expanded : join(base.folder, expanded);
  });

const contextPath: Resolve = (node, base) =>
  changeText(node, (path) =>
    path.includes('://') || path.startsWith('service:') || isRemote(path)
      ? path
      : resolvePath(path, base.folder, base.home),
  );

const bindSource: Resolve = (node, base) => {
  if (!isMap(node) || stringOf(get(node, 'type')) !== 'bind') return node;
  const source = get(node, 'source');
  if (source === undefined) {
    base.problems.error({
      code: 'compose.invalid',
      message: 'A bind mount needs a source.',
      remedy: 'Add “source:” with a path of this computer.',
      position: node.position,
    });
    return node;
  }
  return withKey(node, 'source', enginePath(source, base));
};

/** A named volume that is a bind mount in disguise. */
const volumeDevice: Resolve = (node, base) => {
  if (!isMap(node) || stringOf(get(node, 'driver')) !== 'local') return node;
  const options = get(node, 'driver_opts');
  const device = get(options, 'device');
  if (!isMap(options) || device === undefined || stringOf(get(options, 'o')) !== 'bind') return node;
  return withKey(node, 'driver_opts', withKey(options, 'device', enginePath(device, base)));
};

const rules: Place<Resolve> = pathRules<Resolve>({
  'services.*.build.context': contextPath,
  'services.*.build.additional_contexts.*': contextPath,
  'services.*.build.ssh.*': enginePath,
  'services.*.env_file.*.path': localPath,
  'services.*.label_file.*': localPath,
  'services.*.extends.file': (node, base) =>
    parseRemote(stringOf(node) ?? '') === undefined ? localPath(node, base) : node,
  'services.*.develop.watch.*.path': localPath,
  'services.*.volumes.*': bindSource,
  'configs.*.file': enginePath,
  'secrets.*.file': enginePath,
  'volumes.*': volumeDevice,
});

/** Makes the paths of a project absolute, against the folder that its file belongs to. */
export function resolvePaths(root: MapNode, folder: string, home: string | undefined, problems: Problems): MapNode {
  const base: Base = { folder, home, problems };
  function walk(node: ComposeNode, place: Place<Resolve>): ComposeNode {
    const rule = ruleAt(place);
    if (rule !== undefined) return rule(node, base);
    if (place.length === 0) return node;
    if (node.kind === 'map') return mapValues(node, (value, key) => walk(value, step(place, key)));
    if (node.kind === 'list') return mapItems(node, (item) => walk(item, step(place, '[]')));
    return node;
  }
  return walk(root, rules) as MapNode;
}

/** Is this a repository, an OCI artefact or a web address rather than a path? */
export function isRemote(path: string): boolean {
  return /^(https?|git|ssh|oci):\/\/|^git@|^github\.com\//.test(path);
}
