import type { Position } from '../../../../shared/domain/position.ts';
import { applyDefaults, checkAttributes } from './attributes.ts';
import { canonical } from './canonical.ts';
import { clearPaths } from './clear.ts';
import {
  breathe,
  type Environment,
  type ExtendsBase,
  type LoadContext,
  lookupIn,
  parseFile,
  readText,
} from './context.ts';
import { applyExtends } from './extends.ts';
import { applyInclude } from './include.ts';
import { interpolate } from './interpolate.ts';
import { merge } from './merge.ts';
import {
  type ComposeNode,
  get,
  isMap,
  isNull,
  type MapNode,
  map,
  mapItems,
  mapValues,
  scalar,
  stringOf,
  withoutKey,
} from './node.ts';
import { noteOrigins, type Origins, usesOf } from './origins.ts';
import { type ParsedDocument, parseYaml } from './parse.ts';
import { resolvePaths } from './paths.ts';
import { nameOf } from './remote.ts';
import { checkSchema } from './schema.ts';
import { unique } from './unique.ts';

export interface ProjectFiles {
  readonly files: readonly { readonly path: string; readonly from?: ComposeNode }[];
  /** The folder that paths are relative to. */
  readonly folder: string;
  readonly environment: Environment;
  /** The files whose includes led here. */
  readonly chain: readonly string[];
}

/**
 * Reads files one over the other into one tree: long forms everywhere, variables filled in, extends and include
 * resolved, defaults set, paths absolute. Problems are recorded in the context.
 */
export async function readProject(context: LoadContext, input: ProjectFiles): Promise<MapNode> {
  const firstPath = nameOf(context, input.files[0]?.path ?? '');
  let root: MapNode = map([], { file: firstPath, line: 1, column: 1 });
  let chain = input.chain;
  for (const { path, from } of input.files) {
    const named = from?.position ?? { file: nameOf(context, path), line: 1, column: 1 };
    const text = await readText(context, path, named, 'Compose file');
    if (text === undefined) continue;
    chain = [...chain, path];
    for (const document of parseFile(context, text, path, nameOf(context, path))) {
      await breathe(context);
      root = await addDocument(context, root, document, path, { ...input, chain });
    }
  }
  await breathe(context);
  const filled = applyDefaults(root);
  checkAttributes(filled, context.problems);
  const absolute = resolvePaths(filled, input.folder, context.home, context.problems);
  return resolveListedVariables(absolute, input.environment, context.origins);
}

async function addDocument(
  context: LoadContext,
  base: MapNode,
  document: ParsedDocument,
  path: string,
  input: ProjectFiles,
): Promise<MapNode> {
  const { problems } = context;
  const { root: filled, broken } = interpolate(
    document.root,
    lookupIn(input.environment),
    problems,
    noteOrigins(context.origins, input.environment),
  );
  await breathe(context);
  const extended = await applyExtends(context, filled as MapNode, {
    file: path,
    folder: input.folder,
    cleared: document.cleared,
    broken,
    loadBase: (file, folder, from) => loadBase(context, { file, folder, from }, input.environment),
  });
  const cleared = clearPaths(base, document.cleared);
  const included = await applyInclude(context, extended, {
    folder: input.folder,
    environment: input.environment,
    chain: input.chain,
    broken,
    load: (inner) => readProject(context, inner),
  });
  await breathe(context);
  const merged = unique(merge(cleared, included, problems)) as MapNode;
  await breathe(context);
  checkSchema(merged, problems, broken);
  await breathe(context);
  const version = merged.entries.get('version');
  if (version !== undefined) {
    problems.warn({
      code: 'compose.invalid',
      message: 'The key “version” means nothing any more.',
      remedy: 'Remove it.',
      position: version.keyPosition,
      path: ['version'],
    });
  }
  return unique(dropEmptyDns(canonical(withoutKey(merged, 'version'), problems) as MapNode)) as MapNode;
}

/** The services of a file that others extend: raw but for variables, long forms and absolute paths. */
function loadBase(
  context: LoadContext,
  { file: path, folder, from }: { readonly file: string; readonly folder: string; readonly from: Position },
  environment: Environment,
): Promise<ExtendsBase | undefined> {
  const bases = context.bases.get(environment) ?? new Map<string, Promise<ExtendsBase | undefined>>();
  context.bases.set(environment, bases);
  const key = `${folder}\0${path}`;
  const before = bases.get(key);
  if (before !== undefined) return before;
  const loading = (async (): Promise<ExtendsBase | undefined> => {
    const text = await readText(context, path, from, 'Compose file');
    if (text === undefined) return undefined;
    const shown = nameOf(context, path);
    let root: MapNode = map([], { file: shown, line: 1, column: 1 });
    let cleared: ExtendsBase['cleared'] = [];
    for (const document of parseYaml(text, shown, context.problems)) {
      const { root: filled } = interpolate(
        document.root,
        lookupIn(environment),
        context.problems,
        noteOrigins(context.origins, environment),
      );
      root = merge(clearPaths(root, document.cleared), filled, context.problems) as MapNode;
      cleared = document.cleared;
    }
    if (context.problems.hasErrors) return undefined;
    const whole = unique(canonical(unique(root), context.problems)) as MapNode;
    const services = get(resolvePaths(whole, folder, context.home, context.problems), 'services');
    if (isMap(services)) return { services, cleared };
    context.problems.error({
      code: 'compose.invalid',
      message: `${shown} has no services to extend.`,
      remedy: 'Name another file.',
      position: from,
    });
    return undefined;
  })();
  bases.set(key, loading);
  return loading;
}

/** Empty entries of `dns` are left out, so that `dns: $OPTIONAL` works. */
function dropEmptyDns(root: MapNode): MapNode {
  const empty = (node: ComposeNode): boolean => isNull(node) || stringOf(node) === '';
  return mapValues(root, (section, key) => {
    if (key !== 'services' || !isMap(section)) return section;
    return mapValues(section, (service) => {
      if (!isMap(service) || !service.entries.has('dns')) return service;
      return mapValues(service, (value, attribute) => {
        if (attribute !== 'dns' || value.kind !== 'list') return value;
        return { ...value, items: value.items.filter((item) => !empty(item)) };
      });
    });
  });
}

/** In the list form of `environment`, a lone name takes the value that it has for this file. */
function resolveListedVariables(root: MapNode, environment: Environment, origins: Origins): MapNode {
  return mapValues(root, (section, key) => {
    if (key !== 'services' || !isMap(section)) return section;
    return mapValues(section, (service) => {
      const listed = get(service, 'environment');
      if (!isMap(service) || listed?.kind !== 'list') return service;
      const resolved = mapItems(listed, (item) => {
        const name = stringOf(item);
        const found = name === undefined ? undefined : environment.get(name);
        if (name === undefined || found === undefined) return item;
        origins.set(item.position, {
          written: name,
          variables: usesOf([{ name, outcome: 'value' }], environment),
        });
        return scalar(`${name}=${found.value}`, item.position);
      });
      return mapValues(service, (value, attribute) => (attribute === 'environment' ? resolved : value));
    });
  });
}
