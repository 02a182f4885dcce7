import { z } from 'zod';
import { goldenFileSchema } from '../../../../shared/domain/golden-file.ts';
import { nearest } from '../../../../shared/domain/nearest.ts';
import { type ComposeNode, formatPath } from '../compose/node.ts';
import type { Problems } from '../compose/problems.ts';
import { keyPosition, nodeAt, type Path, positionIn } from './places.ts';

/** What zod finds wrong, as far as it is told. */
export interface Issue {
  readonly code?: string;
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly keys?: readonly string[];
  readonly expected?: string;
  readonly values?: readonly unknown[];
  /** Of a key of a mapping. */
  readonly issues?: readonly Issue[];
  /** Of a value that may have several forms: what each of them has against it. */
  readonly errors?: readonly (readonly Issue[])[];
}

export const pathOf = (issue: Issue): Path =>
  issue.path.map((segment) => (typeof segment === 'number' ? segment : String(segment)));

/**
 * Says what is wrong in the words of somebody who writes the file. `schema` is what the value at `base` was checked
 * with, and paths of issues begin there.
 */
export function reportIssues(
  issues: readonly Issue[],
  root: ComposeNode,
  problems: Problems,
  { schema = goldenFileSchema, base = [] }: { readonly schema?: z.ZodType; readonly base?: Path } = {},
): void {
  const all = issues.flatMap((issue) => meant(issue, nodeAt(root, [...base, ...pathOf(issue)])));
  // A misspelt key is the one mistake; that the right one is missing follows from it.
  const misspelt = new Set(all.flatMap(({ code, path }) => (code === 'unrecognized_keys' ? [path.join('/')] : [])));
  for (const issue of all) {
    const follows =
      issue.code === 'custom'
        ? misspelt.has(issue.path.join('/'))
        : misspelt.has(issue.path.slice(0, -1).join('/')) && nodeAt(root, [...base, ...pathOf(issue)]) === undefined;
    if (!follows) report(issue, root, problems, schema, base);
  }
}

/** Of a value with several forms, what is wrong with the form that was meant. */
function meant(issue: Issue, node: ComposeNode | undefined): readonly Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors === undefined) return [issue];
  const kinds = { map: ['object', 'record'], list: ['array', 'tuple'], scalar: ['string', 'number', 'int', 'boolean'] };
  const ofThisKind = issue.errors.find((errors) =>
    errors.every(({ code, path, expected }) => {
      if (code !== 'invalid_type' || path.length > 0 || expected === undefined) return true;
      return node?.kind === 'scalar' ? false : kinds[node?.kind ?? 'scalar'].includes(expected);
    }),
  );
  const inner = (ofThisKind ?? []).map((each) => ({ ...each, path: [...issue.path, ...each.path] }));
  return inner.length > 0 ? inner : [{ ...issue, code: 'no_form' }];
}

function unwrapped(schema: unknown): unknown {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) {
    inner = inner.unwrap();
  }
  if (!(inner instanceof z.ZodUnion)) return inner;
  const options: readonly unknown[] = inner.options;
  return options.find((option) => option instanceof z.ZodObject) ?? inner;
}

/** The keys that a part of the file may have, for suggestions. */
function knownKeys(schema: unknown, path: Path): readonly string[] {
  let found = unwrapped(schema);
  for (const segment of path) {
    if (found instanceof z.ZodObject) found = (found.shape as Readonly<Record<string, unknown>>)[String(segment)];
    else if (found instanceof z.ZodRecord) found = found.valueType;
    else if (found instanceof z.ZodArray) found = found.element;
    else return [];
    found = unwrapped(found);
  }
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function report(issue: Issue, root: ComposeNode, problems: Problems, schema: z.ZodType, base: Path): void {
  const path = [...base, ...pathOf(issue)];
  const name = formatPath(path);
  const code = 'golden-file.invalid';
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, pathOf(issue));
    for (const key of issue.keys ?? []) {
      const close = nearest(key, known);
      problems.error({
        code,
        message: `The key “${key}” is not known ${name === '' ? 'at the top level' : `in ${name}`}.`,
        remedy:
          close !== undefined
            ? `Did you mean “${close}”?`
            : known.length === 0
              ? 'Remove it.'
              : `Known keys are ${known.join(', ')}.`,
        position: keyPosition(root, path, key),
        path: [...path, key],
      });
    }
    return;
  }
  if (issue.code === 'invalid_key') {
    const key = String(path.at(-1) ?? '');
    const parent = path.slice(0, -1);
    problems.error({
      code,
      message: `“${key}” cannot be a key of ${formatPath(parent)}.`,
      remedy: `Write ${issue.issues?.[0]?.message ?? 'another one'}.`,
      position: keyPosition(root, parent, key),
      path,
    });
    return;
  }
  const node = nodeAt(root, path);
  if (node === undefined) {
    problems.error({
      code,
      message: `golden.yml needs “${name}”.`,
      remedy: name === 'version' ? 'Add “version: 1”.' : `Add “${name}:”.`,
      position: positionIn(root, path),
      path,
    });
    return;
  }
  problems.error({
    code,
    message:
      issue.code === 'custom' && node.kind !== 'scalar'
        ? `${name} must be ${issue.message}.`
        : `${name === '' ? 'golden.yml' : name} cannot be ${describe(node)}.`,
    remedy: remedyFor(issue, node),
    position: node.position,
    path,
  });
}

function remedyFor(issue: Issue, node: ComposeNode): string {
  const choices = issue.values?.map((value) => String(value)) ?? [];
  const close = node.kind === 'scalar' ? nearest(node.text, choices) : undefined;
  // A few choices are soon read; of many the close one helps more.
  if (close !== undefined && choices.length > 4) return `Did you mean “${close}”?`;
  if (choices.length > 0) return `Write ${choices.join(' or ')}.`;
  // What our own checks say is what to write.
  if (issue.code === 'custom' && node.kind !== 'scalar') return 'Keep one of them.';
  if (issue.code === 'invalid_format' || issue.code === 'custom') return `Write ${issue.message}.`;
  if (issue.code === 'no_form') return `Write ${formsOf(issue)}.`;
  if (issue.expected === 'array') return 'Write a list.';
  if (issue.expected === 'object' || issue.expected === 'record') return 'Write a mapping.';
  if (issue.expected === 'boolean') return 'Write true or false.';
  if (issue.expected === 'number' || issue.expected === 'int') return 'Write a number.';
  if (issue.expected === 'string') return 'Write text; put quotes around it if it looks like a number.';
  return `${issue.message}.`;
}

const formWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

function formsOf(issue: Issue): string {
  const forms = (issue.errors ?? []).flatMap(([first]) => {
    if (first === undefined) return [];
    const word = formWords[first.expected ?? ''];
    return [word ?? (first.code === 'invalid_format' ? first.message : first.message.toLowerCase())];
  });
  return [...new Set(forms)].join(' or ');
}

function describe(node: ComposeNode): string {
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'list') return node.items.length === 0 ? 'an empty list' : 'a list';
  return node.value === null ? 'empty' : `“${node.text}”`;
}
