import { dirname, isAbsolute } from 'node:path';
import { type Environment, type LoadContext, lookupIn, readText } from './context.ts';
import { type EnvVariable, parseDotenv } from './dotenv.ts';
import {
  type ComposeNode,
  equal,
  get,
  isMap,
  isNull,
  type MapNode,
  map,
  mapItems,
  mapValues,
  stringOf,
  withKey,
  withoutKey,
} from './node.ts';
import { join, resolvePath } from './paths.ts';
import { nameOf, openRemote } from './remote.ts';
import { checkAgainst, composeSchema } from './schema.ts';

export interface IncludeInput {
  /** The folder that the including file's paths are relative to. */
  readonly folder: string;
  readonly environment: Environment;
  /** The files that led here, for finding circles. */
  readonly chain: readonly string[];
  readonly broken: ReadonlySet<ComposeNode>;
  load(input: {
    readonly files: readonly { readonly path: string; readonly from: ComposeNode }[];
    readonly folder: string;
    readonly environment: Environment;
    readonly chain: readonly string[];
  }): Promise<MapNode>;
}

const sections = ['services', 'volumes', 'networks', 'secrets', 'configs', 'models'] as const;

/** Brings the resources of included projects into this one, each loaded with its own folder and variables. */
export async function applyInclude(context: LoadContext, root: MapNode, input: IncludeInput): Promise<MapNode> {
  const written = get(root, 'include');
  if (written === undefined) return root;
  if (isNull(written)) return withoutKey(root, 'include');
  const include = withoutNulls(written);
  const schema = composeSchema.properties?.['include'];
  if (schema !== undefined && !checkAgainst(include, schema, ['include'], context.problems, input.broken)) {
    return withoutKey(root, 'include');
  }
  let result = withoutKey(root, 'include');
  for (const item of include.kind === 'list' ? include.items : []) {
    const imported = await importOne(context, item, input);
    if (imported !== undefined) result = addResources(context, result, imported, item);
  }
  return result;
}

/** An empty attribute of an include counts as absent. */
function withoutNulls(include: ComposeNode): ComposeNode {
  if (include.kind !== 'list') return include;
  return mapItems(include, (item) =>
    isMap(item) ? mapValues(item, (value) => (isNull(value) ? undefined : value)) : item,
  );
}

async function importOne(context: LoadContext, item: ComposeNode, input: IncludeInput): Promise<MapNode | undefined> {
  const pathNode = isMap(item) ? get(item, 'path') : item;
  const paths = textsOf(pathNode);
  const [main] = paths;
  if (main === undefined) return undefined;
  const files: { path: string; from: ComposeNode }[] = [];
  for (const { text, node } of paths) {
    if (input.broken.has(node)) return undefined;
    const remote = await openRemote(context, text, node.position);
    if (remote === 'failed') return undefined;
    files.push({ path: remote?.file ?? resolvePath(text, input.folder, context.home), from: node });
  }
  const first = files[0]!.path;
  if (input.chain.includes(first)) {
    const circle = [...input.chain.slice(input.chain.indexOf(first)), first];
    context.problems.error({
      code: 'compose.cycle',
      message: `The file ${nameOf(context, first)} includes itself: ${circle.map((each) => nameOf(context, each)).join(' → ')}.`,
      remedy: 'Remove one of these includes.',
      position: main.node.position,
      path: ['include'],
    });
    return undefined;
  }
  const given = stringOf(get(item, 'project_directory'));
  const folder =
    given === undefined || given === '' ? dirname(first) : isAbsolute(given) ? given : join(input.folder, given);
  const environment = await environmentOf(context, item, folder, input);
  if (environment === undefined) return undefined;
  return input.load({ files, folder: await existing(context, folder, given), environment, chain: input.chain });
}

/** A project directory that is not there stands for its parent, as it does for Compose. */
async function existing(context: LoadContext, folder: string, given: string | undefined): Promise<string> {
  if (given === undefined || given === '' || isAbsolute(given)) return folder;
  return (await context.files.info(folder))?.kind === 'folder' ? folder : dirname(folder);
}

async function environmentOf(
  context: LoadContext,
  item: ComposeNode,
  folder: string,
  input: IncludeInput,
): Promise<Environment | undefined> {
  const given = textsOf(get(item, 'env_file'));
  const files = given.map(({ text, node }) => ({ path: resolvePath(text, input.folder, context.home), node }));
  if (files.length === 0) {
    const usual = join(folder, '.env');
    if ((await context.files.info(usual))?.kind === 'file') files.push({ path: usual, node: item });
  }
  let variables: Map<string, EnvVariable> = new Map();
  for (const { path, node } of files) {
    const text = await readText(context, path, node.position, 'env file');
    if (text === undefined) return undefined;
    variables = parseDotenv(text, nameOf(context, path), lookupIn(input.environment), context.problems, variables);
  }
  return new Map([...variables, ...input.environment]);
}

function textsOf(node: ComposeNode | undefined): readonly { readonly text: string; readonly node: ComposeNode }[] {
  if (node === undefined) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => {
    const text = stringOf(item);
    return text === undefined ? [] : [{ text, node: item }];
  });
}

function addResources(context: LoadContext, root: MapNode, imported: MapNode, from: ComposeNode): MapNode {
  let result = root;
  for (const section of sections) {
    const resources = get(imported, section);
    if (!isMap(resources)) continue;
    const own = get(result, section);
    let target = isMap(own) ? own : map([], resources.position);
    for (const [name, entry] of resources.entries) {
      const before = target.entries.get(name);
      if (before === undefined) target = withKey(target, name, entry.value, entry.keyPosition);
      else if (!equal(before.value, entry.value)) {
        context.problems.error({
          code: 'compose.invalid',
          message: `${section}.${name} is defined here and, differently, in the included ${entry.keyPosition.file}:${entry.keyPosition.line}.`,
          remedy: 'Rename one of the two, or change the included one in an override file of the include.',
          position: before.keyPosition.file === from.position.file ? before.keyPosition : from.position,
          path: [section, name],
        });
      }
    }
    result = withKey(result, section, target);
  }
  return result;
}
