import { dirname } from 'node:path';
import { nearest } from '../../../../shared/domain/nearest.ts';
import type { Position } from '../../../../shared/domain/position.ts';
import { clearPaths } from './clear.ts';
import type { ExtendsBase, LoadContext } from './context.ts';
import { mergeService } from './merge.ts';
import { type ComposeNode, get, isMap, isNull, type MapNode, stringOf, withKey, withoutKey } from './node.ts';
import { resolvePath } from './paths.ts';
import { nameOf, openRemote } from './remote.ts';

export interface ExtendsInput {
  readonly file: string;
  /** The folder that paths in the file are relative to. */
  readonly folder: string;
  readonly cleared: readonly (readonly string[])[];
  readonly broken: ReadonlySet<ComposeNode>;
  /** Loads the services of another file as they are written there, long form, paths absolute from `folder` on. */
  loadBase(path: string, folder: string, from: Position): Promise<ExtendsBase | undefined>;
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
  if (services === undefined) return root;
  if (!isMap(services)) {
    context.problems.error({
      code: 'compose.invalid',
      message: 'services must be a mapping.',
      remedy: 'Write the name of a service and a colon below it.',
      position: services.position,
      path: ['services'],
    });
    return withoutKey(root, 'services');
  }
  const scope: Scope = { file: input.file, folder: input.folder, services, cleared: input.cleared };
  const done = new Map<string, ComposeNode>();
  /** What is being resolved, outermost first. Services are resolved one after the other. */
  const active: { readonly id: string; readonly name: string }[] = [];

  async function resolve(name: string, at: Scope, from: Position): Promise<ComposeNode> {
    const id = JSON.stringify([at.file, name]);
    const before = done.get(id);
    if (before !== undefined) return before;
    const start = active.findIndex((each) => each.id === id);
    if (start >= 0) {
      const names = [...active.slice(start).map((each) => each.name), name];
      context.problems.error({
        code: 'compose.cycle',
        message: `The service “${name}” extends itself: ${names.join(' → ')}.`,
        remedy: 'Remove one of these “extends”.',
        position: from,
        path: ['services', name, 'extends'],
      });
      const own = get(at.services, name)!;
      return isMap(own) ? withoutKey(own, 'extends') : own;
    }
    active.push({ id, name });
    const result = await extend(name, at);
    active.pop();
    done.set(id, result);
    return result;
  }

  async function extend(name: string, at: Scope): Promise<ComposeNode> {
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
        message: `The service “${wanted}”, which “${name}” extends, is not in ${nameOf(context, base.file)}.`,
        remedy: close === undefined ? 'Name a service of that file.' : `Did you mean “${close}”?`,
        position: (get(extension, 'service') ?? extension).position,
        path: ['services', name, 'extends'],
      });
      return own;
    }
    const resolved = await resolve(wanted, base, extension.position);
    if (!isMap(resolved)) {
      if (isNull(resolved)) return own;
      context.problems.error({
        code: 'compose.invalid',
        message: `The service “${wanted}” must be a mapping.`,
        remedy: 'Write its attributes below its name.',
        position: resolved.position,
        path: ['services', name, 'extends'],
      });
      return own;
    }
    const kept = clearPaths(resolved, at.cleared, ['services', name]);
    return mergeService(kept, own, name, context.problems);
  }

  async function scopeOf(path: string | undefined, at: Scope, from: Position): Promise<Scope | undefined> {
    if (path === undefined) return at;
    const remote = await openRemote(context, path, from);
    if (remote === 'failed') return undefined;
    const file = remote?.file ?? resolvePath(path, at.folder, context.home);
    // In a fetched file paths start at the root of the repository, wherever it lies there.
    const folder = remote?.root ?? dirname(file);
    const base = await input.loadBase(file, folder, from);
    return base === undefined ? undefined : { file, folder, ...base };
  }

  const entries = new Map(services.entries);
  for (const [name, entry] of services.entries) {
    if (!isMap(entry.value) || !entry.value.entries.has('extends')) continue;
    entries.set(name, { ...entry, value: await resolve(name, scope, entry.keyPosition) });
  }
  return withKey(root, 'services', { ...services, entries });
}
