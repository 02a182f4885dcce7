import { join } from 'node:path';
import { z } from 'zod';
import { type GoldenFile, goldenFileSchema } from '../../../../shared/domain/golden-file.ts';
import type { Position } from '../../../../shared/domain/position.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { ComposeFiles } from '../compose/context.ts';
import { type ComposeNode, formatPath, get, isMap, plain } from '../compose/node.ts';
import { parseYaml } from '../compose/parse.ts';
import { createProblems, type Problems } from '../compose/problems.ts';
import { nearest } from '../compose/suggest.ts';

export const goldenFileNames = ['golden.yml', 'golden.yaml'] as const;

export interface LoadedGoldenFile {
  /** Absolute. */
  readonly path: string;
  readonly value: GoldenFile;
  /** Where a value stands, or the nearest thing around it. */
  positionOf(path: readonly (string | number)[]): Position | undefined;
}

/**
 * Reads a folder's `golden.yml`. Undefined: it has none.
 * Throws `golden-file.invalid` with every problem and its position in `details.problems`.
 */
export async function loadGoldenFile(
  folder: string,
  { files, signal }: { readonly files: ComposeFiles; readonly signal?: AbortSignal },
): Promise<LoadedGoldenFile | undefined> {
  for (const name of goldenFileNames) {
    const path = join(folder, name);
    const info = await files.info(path);
    if (info === undefined) continue;
    if (info.kind !== 'file') {
      throw new AppError({
        code: 'golden-file.invalid',
        message: `${path} is not a file.`,
        remedy: 'Rename it, or put a file in its place.',
        details: { folder },
      });
    }
    return parseGoldenFile(await files.readText(path, signal), path);
  }
  return undefined;
}

export function parseGoldenFile(text: string, path: string): LoadedGoldenFile {
  const problems = createProblems({ code: 'golden-file.invalid' });
  const start: Position = { file: path, line: 1, column: 1 };
  const [document, second] = parseYaml(text, path, problems);
  if (second !== undefined) {
    problems.error({
      code: 'golden-file.invalid',
      message: 'The file has more than one document.',
      remedy: 'Keep one.',
      position: second.root.position,
    });
  }
  problems.throwIfAny();
  const root: ComposeNode = document?.root ?? { kind: 'map', entries: new Map(), position: start };
  const parsed = goldenFileSchema.safeParse(plain(root));
  if (!parsed.success) {
    const issues: readonly Issue[] = parsed.error.issues;
    // A misspelt key is the one mistake; that the right one is missing follows from it.
    const misspelt = new Set(
      issues.flatMap(({ code, path: at }) => (code === 'unrecognized_keys' ? [at.join('/')] : [])),
    );
    for (const issue of issues) {
      if (issue.code !== 'custom' || !misspelt.has(issue.path.join('/'))) report(issue, root, problems);
    }
    problems.throwIfAny();
    throw parsed.error;
  }
  return { path, value: parsed.data, positionOf: (at) => positionIn(root, at) };
}

interface Issue {
  readonly code?: string;
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly keys?: readonly string[];
  readonly expected?: string;
  readonly values?: readonly unknown[];
}

/** The keys that a part of the file may have, for suggestions. */
function knownKeys(path: readonly (string | number)[]): readonly string[] {
  let schema: unknown = goldenFileSchema;
  for (const segment of [...path, undefined]) {
    while (schema instanceof z.ZodOptional) schema = schema.unwrap();
    if (segment === undefined) break;
    if (schema instanceof z.ZodObject) schema = (schema.shape as Readonly<Record<string, unknown>>)[String(segment)];
    else if (schema instanceof z.ZodRecord) schema = schema.valueType;
    else if (schema instanceof z.ZodArray) schema = schema.element;
    else return [];
  }
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function report(issue: Issue, root: ComposeNode, problems: Problems): void {
  const path = issue.path.map((segment) => (typeof segment === 'number' ? segment : String(segment)));
  const name = formatPath(path);
  const code = 'golden-file.invalid';
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys ?? []) {
      const known = knownKeys(path);
      const close = nearest(key, known);
      problems.error({
        code,
        message: `The key “${key}” is not known ${name === '' ? 'at the top level' : `in ${name}`}.`,
        remedy: close === undefined ? `Known keys are ${known.join(', ')}.` : `Did you mean “${close}”?`,
        position: keyPosition(root, path, key),
        path: [...path, key],
      });
    }
    return;
  }
  const node = get(root, ...path.map(String));
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
  if (choices.length > 0) return `Write ${choices.join(' or ')}.`;
  // What our own checks say is what to write.
  if (issue.code === 'custom' && node.kind !== 'scalar') return 'Keep one of them.';
  if (issue.code === 'invalid_format' || issue.code === 'custom') return `Write ${issue.message}.`;
  if (issue.expected === 'array') return 'Write a list.';
  if (issue.expected === 'object') return 'Write a mapping.';
  if (issue.expected === 'boolean') return 'Write true or false.';
  if (issue.expected === 'number' || issue.expected === 'int') return 'Write a number.';
  if (issue.expected === 'string') return 'Write text; put quotes around it if it looks like a number.';
  return `${issue.message}.`;
}

function describe(node: ComposeNode): string {
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'list') return node.items.length === 0 ? 'an empty list' : 'a list';
  return node.value === null ? 'empty' : `“${node.text}”`;
}

function keyPosition(root: ComposeNode, path: readonly (string | number)[], key: string): Position {
  const parent = get(root, ...path.map(String));
  return (isMap(parent) ? parent.entries.get(key)?.keyPosition : undefined) ?? root.position;
}

function positionIn(root: ComposeNode, path: readonly (string | number)[]): Position {
  let found = root.position;
  let node: ComposeNode | undefined = root;
  for (const segment of path) {
    if (node?.kind === 'map') {
      const entry: { readonly value: ComposeNode; readonly keyPosition: Position } | undefined = node.entries.get(
        String(segment),
      );
      if (entry === undefined) return found;
      found = entry.keyPosition;
      node = entry.value;
    } else {
      node = get(node, String(segment));
      if (node === undefined) return found;
      found = node.position;
    }
  }
  return node?.kind === 'scalar' ? node.position : found;
}
