import { nearest } from '../../../../shared/domain/nearest.ts';
import type { Position } from '../../../../shared/domain/position.ts';
import specification from './compose-spec.schema.json' with { type: 'json' };
import { type ComposeNode, fingerprint, formatPath, kindNames, type MapNode } from './node.ts';
import type { Finding, Problems } from './problems.ts';

/** The part of JSON Schema (draft 7) that the Compose specification's schema uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly uniqueItems?: boolean;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
}

export const composeSchema = specification as unknown as Schema & {
  readonly definitions: Readonly<Record<string, Schema>>;
};

type Path = readonly (string | number)[];

/** Checks a project against the specification's schema; positions are those of the offending key or value. */
export function checkSchema(root: ComposeNode, problems: Problems, ignore: ReadonlySet<ComposeNode> = new Set()): void {
  for (const issue of check(root, composeSchema, [], ignore)) {
    problems.error({ code: 'compose.invalid', ...issue });
  }
}

/** Checks one part of a file. True: nothing is wrong with it. */
export function checkAgainst(
  node: ComposeNode,
  schema: Schema,
  path: Path,
  problems: Problems,
  ignore: ReadonlySet<ComposeNode> = new Set(),
): boolean {
  const issues = check(node, schema, path, ignore);
  for (const issue of issues) problems.error({ code: 'compose.invalid', ...issue });
  return issues.length === 0;
}

type Issue = Omit<Finding, 'code'>;

/** More faults than anybody reads: what follows in the same list or mapping is not looked at. */
const enough = 1000;

function resolve(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.split('/').at(-1) ?? '';
  return resolve(composeSchema.definitions[name] ?? {});
}

function typesOf(schema: Schema): readonly string[] {
  return schema.type === undefined ? [] : typeof schema.type === 'string' ? [schema.type] : schema.type;
}

function fits(node: ComposeNode, type: string): boolean {
  switch (type) {
    case 'object':
      return node.kind === 'map';
    case 'array':
      return node.kind === 'list';
    case 'null':
      return node.kind === 'scalar' && node.value === null;
    case 'integer':
      return node.kind === 'scalar' && typeof node.value === 'number' && Number.isInteger(node.value);
    default:
      return node.kind === 'scalar' && typeof node.value === type && node.date !== true;
  }
}

function check(node: ComposeNode, given: Schema, path: Path, ignore: ReadonlySet<ComposeNode>): Issue[] {
  if (ignore.has(node)) return [];
  const schema = resolve(given);
  if (schema.oneOf !== undefined) return checkOneOf(node, schema.oneOf, path, ignore);
  const types = typesOf(schema);
  if (types.length > 0 && !types.some((type) => fits(node, type))) return [wrongType(node, [schema], path)];
  if (node.kind === 'map') return checkMap(node, schema, path, ignore);
  if (node.kind === 'list') return checkList(node, schema, path, ignore);
  const issues: Issue[] = [];
  const name = formatPath(path);
  if (schema.enum !== undefined && !schema.enum.includes(node.value)) {
    const choices = schema.enum.map((choice) => `“${choice}”`).join(', ');
    issues.push({
      message: `${name} cannot be “${node.text}”.`,
      remedy: `Choose ${schema.enum.length === 1 ? '' : 'one of '}${choices}.`,
      position: node.position,
      path,
    });
  }
  if (
    schema.pattern !== undefined &&
    typeof node.value === 'string' &&
    !new RegExp(schema.pattern, 'u').test(node.value)
  ) {
    issues.push({
      message: `${name} cannot be “${node.text}”: it does not have the form that is asked for.`,
      remedy: patternHints[String(path.at(-1))] ?? `It must match ${schema.pattern}.`,
      position: node.position,
      path,
    });
  }
  if (typeof node.value === 'number') {
    const low = schema.minimum !== undefined && node.value < schema.minimum;
    const high = schema.maximum !== undefined && node.value > schema.maximum;
    if (low || high) {
      issues.push({
        message: `${name} cannot be ${node.text}.`,
        remedy: low ? `Give ${schema.minimum} or more.` : `Give ${schema.maximum} or less.`,
        position: node.position,
        path,
      });
    }
  }
  return issues;
}

const patternHints: Readonly<Record<string, string>> = {
  container_name: 'Start with a letter or a digit; go on with letters, digits, _ . or -.',
  pull_policy: 'Choose always, never, build, if_not_present, missing, daily, weekly or every_12h.',
};

function checkOneOf(
  node: ComposeNode,
  choices: readonly Schema[],
  path: Path,
  ignore: ReadonlySet<ComposeNode>,
): Issue[] {
  const resolved = choices.map(resolve);
  const results: Issue[][] = [];
  for (const choice of resolved) {
    const issues = check(node, choice, path, ignore);
    if (issues.length === 0) return [];
    results.push(issues);
  }
  // The branch that takes this kind of value tells best what is wrong inside it.
  const closest = resolved.flatMap((choice, index) =>
    typesOf(choice).some((type) => fits(node, type)) || choice.oneOf !== undefined ? [results[index]!] : [],
  );
  closest.sort((a, b) => depthOf(b) - depthOf(a) || a.length - b.length);
  return closest[0] ?? [wrongType(node, resolved, path)];
}

function depthOf(issues: readonly Issue[]): number {
  return issues.reduce((deepest, issue) => Math.max(deepest, issue.path?.length ?? 0), 0);
}

function checkList(
  node: Extract<ComposeNode, { kind: 'list' }>,
  schema: Schema,
  path: Path,
  ignore: ReadonlySet<ComposeNode>,
): Issue[] {
  const issues: Issue[] = [];
  const { items } = schema;
  if (items !== undefined)
    for (const [index, item] of node.items.entries()) {
      if (issues.length >= enough) return issues;
      issues.push(...check(item, items, [...path, index], ignore));
    }
  if (schema.uniqueItems === true) {
    const seen = new Map<string, number>();
    node.items.forEach((item, index) => {
      const key = fingerprint(item);
      const before = seen.get(key);
      if (before === undefined) seen.set(key, index);
      else {
        issues.push({
          message: `${formatPath(path)} lists the same item twice.`,
          remedy: `Remove this one; the other is at line ${node.items[before]!.position.line}.`,
          position: item.position,
          path: [...path, index],
        });
      }
    });
  }
  return issues;
}

const compiled = new WeakMap<Schema, readonly (readonly [RegExp, Schema])[]>();

function patternsOf(schema: Schema): readonly (readonly [RegExp, Schema])[] {
  let patterns = compiled.get(schema);
  if (patterns === undefined) {
    patterns = Object.entries(schema.patternProperties ?? {}).map(([pattern, inner]) => [
      new RegExp(pattern, 'u'),
      inner,
    ]);
    compiled.set(schema, patterns);
  }
  return patterns;
}

function checkMap(node: MapNode, schema: Schema, path: Path, ignore: ReadonlySet<ComposeNode>): Issue[] {
  const issues: Issue[] = [];
  const patterns = patternsOf(schema);
  for (const [key, { value, keyPosition }] of node.entries) {
    if (issues.length >= enough) return issues;
    const own = Object.hasOwn(schema.properties ?? {}, key) ? schema.properties?.[key] : undefined;
    const before = issues.length;
    let known = own !== undefined;
    const inside = [...path, key];
    if (own !== undefined) issues.push(...check(value, own, inside, ignore));
    for (const [pattern, inner] of patterns) {
      if (!pattern.test(key)) continue;
      known = true;
      issues.push(...check(value, inner, inside, ignore));
    }
    if (!known && issues.length === before && schema.additionalProperties === false) {
      issues.push(unknownKey(key, keyPosition, schema, path));
    }
  }
  for (const key of schema.required ?? []) {
    if (!node.entries.has(key)) {
      issues.push({
        message: `${formatPath(path)} needs “${key}”.`,
        remedy: `Add “${key}:” here.`,
        position: node.position,
        path,
      });
    }
  }
  return issues;
}

function unknownKey(key: string, position: Position, schema: Schema, path: Path): Issue {
  const place = path.length === 0 ? 'at the top level' : `in ${formatPath(path)}`;
  const known = Object.keys(schema.properties ?? {});
  const names = Object.keys(schema.patternProperties ?? {}).filter((pattern) => pattern !== '^x-');
  if (known.length === 0 && names.length > 0) {
    return {
      message: `“${key}” is not a valid name ${place}.`,
      remedy: 'Use letters, digits, dots, dashes and underscores only.',
      position,
      path: [...path, key],
    };
  }
  const close = nearest(key, known);
  const service = composeSchema.definitions['service'] as Schema;
  let remedy = 'Remove it, or start its name with x- if it is meant for another tool.';
  if (close !== undefined) remedy = `Did you mean “${close}”?`;
  else if (path.length === 0 && Object.hasOwn(service.properties ?? {}, key)) remedy = 'It belongs inside a service.';
  else if (path[0] === 'services' && path.length === 2 && Object.hasOwn(composeSchema.properties ?? {}, key)) {
    remedy = 'It belongs at the top level: check the indentation.';
  }
  return { message: `The key “${key}” is not known ${place}.`, remedy, position, path: [...path, key] };
}

const typeNames: Readonly<Record<string, string>> = {
  object: kindNames.map,
  array: kindNames.list,
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'nothing',
};

function wrongType(node: ComposeNode, choices: readonly Schema[], path: Path): Issue {
  const expected = [...new Set(choices.flatMap((choice) => (choice.oneOf ?? [choice]).map(resolve).flatMap(typesOf)))]
    .filter((type, _index, all) => !(type === 'integer' && all.includes('number')))
    .map((type) => typeNames[type] ?? type);
  const name = path.length === 0 ? 'The file' : formatPath(path);
  const wanted = expected.length > 1 ? `${expected.slice(0, -1).join(', ')} or ${expected.at(-1)}` : expected[0];
  return {
    message: `${name} must be ${wanted}, but here it is ${describe(node)}.`,
    remedy: hintFor(node, choices) ?? `Write ${wanted}.`,
    position: node.position,
    path,
  };
}

function hintFor(node: ComposeNode, choices: readonly Schema[]): string | undefined {
  const wantsText = choices.some((choice) => typesOf(choice).includes('string'));
  if (wantsText && node.kind === 'scalar' && node.value !== null) return `Put quotes around it: "${node.text}".`;
  return undefined;
}

function describe(node: ComposeNode): string {
  if (node.kind !== 'scalar') return kindNames[node.kind];
  if (node.value === null) return 'empty';
  if (node.date === true) return `the date ${node.text}`;
  if (typeof node.value === 'string')
    return `the text “${node.text.length > 40 ? `${node.text.slice(0, 37)}…` : node.text}”`;
  return typeof node.value === 'number' ? `the number ${node.text}` : node.text;
}
