import { dirname } from 'node:path';
import type { Position } from '../../../../shared/domain/position.ts';
import { clearPaths } from './clear.ts';
import type { ExtendsBase, LoadContext } from './context.ts';
import { mergeService } from './merge.ts';
import { type ComposeNode, get, isMap, isNull, type MapNode, stringOf, withKey, withoutKey } from './node.ts';
import { isRemote, resolvePath } from './paths.ts';
import { nearest } from './suggest.ts';

export interface ExtendsInput {
  readonly file: string;
  /** The folder that paths in the file are relative to. */
  readonly folder: string;
  readonly cleared: readonly (readonly string[])[];
  readonly broken: ReadonlySet<ComposeNode>;
  /** Loads the services of another file as they are written there, long form, paths absolute. */
  loadBase(path: string, from: Position): Promise<ExtendsBase | undefined>;
}

interface Scope {
  readonly file: string;
  readonly folder: string;
  readonly services: MapNode;
  readonly cleared: readonly (readonly string[])[];
}

/** Puts every service over the one it extends, through as many files as it takes. */
export async function applyExtends(context: LoadContext, root: MapNode, input: ExtendsInput): Promise<MapNode> {
  const services = get(root, 'services');
  if (!isMap(services)) return root;
  const scope: Scope = { file: input.file, folder: input.folder, services, cleared: input.cleared };
  const done = new Map<string, Promise<ComposeNode>>();

  function resolve(name: string, at: Scope, chain: readonly string[], from: Position): Promise<ComposeNode> {
    const id = JSON.stringify([at.file, name]);
    if (chain.includes(id)) {
      const names = [...chain.slice(chain.indexOf(id)), id].map((link) => (JSON.parse(link) as string[])[1]);
      context.problems.error({
        code: 'compose.cycle',
        message: `The service “${name}” extends itself: ${names.join(' → ')}.`,
        remedy: 'Remove one of these “extends”.',
        position: from,
        path: ['services', name, 'extends'],
      });
      const own = get(at.services, name)!;
      return Promise.resolve(isMap(own) ? withoutKey(own, 'extends') : own);
    }
    // Only whole chains are remembered: inside one, the result depends on where the circle is entered.
    const before = chain.length === 0 ? done.get(id) : undefined;
    if (before !== undefined) return before;
    const result = extend(name, at, [...chain, id]);
    if (chain.length === 0) done.set(id, result);
    return result;
  }

  async function extend(name: string, at: Scope, chain: readonly string[]): Promise<ComposeNode> {
    const service = get(at.services, name)!;
    const extension = get(service, 'extends');
    if (!isMap(service) || extension === undefined || isNull(extension)) return service;
    const wanted = stringOf(extension) ?? stringOf(get(extension, 'service'));
    const fileNode = get(extension, 'file');
    if (wanted === undefined || input.broken.has(extension) || (fileNode !== undefined && input.broken.has(fileNode))) {
      return service;
    }
    const own = withoutKey(service, 'extends');
    const base = await scopeOf(stringOf(fileNode), at, fileNode?.position ?? extension.position);
    if (base === undefined) return own;
    const found = get(base.services, wanted);
    if (found === undefined) {
      const close = nearest(wanted, base.services.entries.keys());
      context.problems.error({
        code: 'compose.invalid',
        message: `The service “${wanted}”, which “${name}” extends, is not in ${base.file}.`,
        remedy: close === undefined ? 'Name a service of that file.' : `Did you mean “${close}”?`,
        position: (get(extension, 'service') ?? extension).position,
        path: ['services', name, 'extends'],
      });
      return own;
    }
    const resolved = await resolve(wanted, base, chain, extension.position);
    if (!isMap(resolved)) return own;
    const kept = clearPaths(resolved, at.cleared, ['services', name]);
    return mergeService(kept, own, name, context.problems);
  }

  async function scopeOf(path: string | undefined, at: Scope, from: Position): Promise<Scope | undefined> {
    if (path === undefined) return at;
    if (isRemote(path)) {
      context.problems.error({
        code: 'compose.unsupported',
        message: `Extending a service of ${path} is not supported: it is not on this computer.`,
        remedy: 'Copy the file into the project and extend that.',
        position: from,
      });
      return undefined;
    }
    const file = resolvePath(path, at.folder, context.home);
    const base = await input.loadBase(file, from);
    return base === undefined ? undefined : { file, folder: dirname(file), ...base };
  }

  let result = services;
  for (const [name, entry] of services.entries) {
    if (!isMap(entry.value) || !entry.value.entries.has('extends')) continue;
    result = withKey(result, name, await resolve(name, scope, [], entry.keyPosition));
  }
  return withKey(root, 'services', result);
}
