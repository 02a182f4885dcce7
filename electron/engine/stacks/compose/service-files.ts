import { type Environment, type LoadContext, lookupIn, readText } from './context.ts';
import { type EnvVariable, parseDotenv } from './dotenv.ts';
import {
  type ComposeNode,
  get,
  isList,
  isMap,
  type MapEntry,
  type MapNode,
  map,
  scalar,
  stringOf,
  withKey,
  withoutKey,
} from './node.ts';
import { usesOf } from './origins.ts';
import { nameOf } from './remote.ts';

/** Reads the files that a service names in `env_file` and `label_file` into its environment and labels. */
export async function readServiceFiles(
  context: LoadContext,
  service: MapNode,
  environment: Environment,
): Promise<MapNode> {
  let result = service;
  const own = keyed(get(service, 'environment'));
  const envFiles = get(service, 'env_file');
  if (isList(envFiles) && envFiles.items.length > 0) {
    const fromFiles = await readEnvFiles(context, envFiles.items, environment, own);
    result = withKey(result, 'environment', over(fromFiles, own, envFiles), envFiles.position);
  }
  const labelFiles = get(service, 'label_file');
  if (isList(labelFiles) && labelFiles.items.length > 0) {
    const labels = await readLabelFiles(context, labelFiles.items);
    result = withKey(result, 'labels', over(labels, keyed(get(service, 'labels')), labelFiles), labelFiles.position);
  }
  return withoutKey(withoutKey(result, 'env_file'), 'label_file');
}

type Variables = Map<string, EnvVariable>;

async function readEnvFiles(
  context: LoadContext,
  files: readonly ComposeNode[],
  environment: Environment,
  own: ReadonlyMap<string, MapEntry>,
): Promise<Variables> {
  const fromShell = lookupIn(environment);
  const fromService = (name: string): string | undefined => {
    const node = own.get(name)?.value;
    return node?.kind === 'scalar' && node.value !== null ? node.text : undefined;
  };
  let variables: Variables = new Map();
  // What the service itself sets counts as set above the files.
  for (const [name, { value }] of own) {
    if (value.kind === 'scalar' && value.value !== null)
      variables.set(name, { value: value.text, position: value.position });
  }
  for (const file of files) {
    const pathNode = get(file, 'path');
    const path = stringOf(pathNode);
    if (path === undefined || pathNode === undefined) continue;
    const required = get(file, 'required');
    const optional = required?.kind === 'scalar' && /^(false|no|n|off)$/i.test(required.text);
    if (optional && (await context.files.info(path)) === undefined) continue;
    const text = await readText(context, path, pathNode.position, 'env file');
    if (text === undefined) continue;
    const format = stringOf(get(file, 'format')) ?? '';
    if (format === 'raw') variables = parseRaw(text, path, variables);
    else if (format === '' || format === '.env') {
      variables = parseDotenv(
        text,
        nameOf(context, path),
        (name) => fromShell(name) ?? fromService(name),
        context.problems,
        variables,
      );
      const seen = new Map([...variables, ...environment]);
      for (const { position, template } of variables.values()) {
        if (template === undefined || context.origins.has(position)) continue;
        context.origins.set(position, { written: template.written, variables: usesOf(template.reads, seen) });
      }
    } else {
      const node = get(file, 'format')!;
      context.problems.error({
        code: 'compose.invalid',
        message: `The format “${format}” of an env file is not known.`,
        remedy: 'Leave it out, or write “raw”.',
        position: node.position,
      });
    }
  }
  return variables;
}

/** `KEY=value` lines taken as they are: no quotes, no variables, no inline comments. */
function parseRaw(text: string, file: string, earlier: Variables): Variables {
  const variables = new Map(earlier);
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .forEach((line, index) => {
      const trimmed = line.trimStart();
      if (trimmed === '' || trimmed.startsWith('#')) return;
      const equals = trimmed.indexOf('=');
      if (equals <= 0) return;
      const position = { file, line: index + 1, column: line.length - trimmed.length + 1 };
      variables.set(trimmed.slice(0, equals), { value: trimmed.slice(equals + 1), position });
    });
  return variables;
}

async function readLabelFiles(context: LoadContext, files: readonly ComposeNode[]): Promise<Variables> {
  const labels: Variables = new Map();
  for (const file of files) {
    const path = stringOf(file);
    if (path === undefined) continue;
    const text = await readText(context, path, file.position, 'label file');
    if (text === undefined) continue;
    const lookup = (name: string): string | undefined => labels.get(name)?.value;
    for (const [name, variable] of parseDotenv(text, nameOf(context, path), lookup, context.problems))
      labels.set(name, variable);
  }
  return labels;
}

/** A mapping, or a list of `key=value`, as a mapping. */
function keyed(node: ComposeNode | undefined): ReadonlyMap<string, MapEntry> {
  if (isMap(node)) return node.entries;
  const entries = new Map<string, MapEntry>();
  for (const item of isList(node) ? node.items : []) {
    const text = item.kind === 'scalar' ? item.text : '';
    const equals = text.indexOf('=');
    const value = equals === -1 ? null : text.slice(equals + 1);
    entries.set(equals === -1 ? text : text.slice(0, equals), {
      keyPosition: item.position,
      value: scalar(value, item.position),
    });
  }
  return entries;
}

function over(files: Variables, own: ReadonlyMap<string, MapEntry>, from: ComposeNode): MapNode {
  const entries: [string, MapEntry][] = [];
  for (const [name, { value, position }] of files) {
    if (!own.has(name)) entries.push([name, { keyPosition: position, value: scalar(value, position) }]);
  }
  // A lone name that has no value anywhere outside stays without one, even if a file has it: so it is in Compose.
  for (const [name, entry] of own) entries.push([name, entry]);
  return map(entries, from.position);
}
