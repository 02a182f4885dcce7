import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isScalar, parseDocument, stringify, type YAMLMap } from 'yaml';
import { AppError } from '../../../shared/errors.ts';

/** A change to one place of a YAML file. An undefined value removes it. */
export interface YamlEdit {
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Applies edits to the text of a YAML file. Lines that an edit does not concern stay as they are, byte by byte: comments,
 * quotes, blank lines, anchors. Only where the shape of the file leaves no other way (a flow mapping that must grow) the
 * whole file is printed anew, comments kept. Throws `input.invalid` when the text cannot be read or a path leads through
 * something that is not a mapping.
 */
export function editYaml(text: string, edits: readonly YamlEdit[]): string {
  return edits.reduce((current, edit) => applyEdit(current, edit), text);
}

function applyEdit(text: string, edit: YamlEdit): string {
  const wanted = parse(text);
  refuseThroughOthers(wanted, edit.path);
  if (edit.value === undefined) {
    if (!wanted.hasIn(edit.path)) return text;
    wanted.deleteIn(edit.path);
    dropEmptyParents(wanted, edit.path);
  } else {
    dropEmptyScalars(wanted, edit.path);
    wanted.setIn(edit.path, wanted.createNode(edit.value));
  }
  const spliced = splice(text, edit);
  // What was spliced counts only if it reads back as what was asked for.
  if (spliced !== undefined && sameContent(spliced, wanted)) return spliced;
  return wanted.toString({ lineWidth: 0 });
}

function parse(text: string): Document {
  const document = parseDocument(text, { merge: true });
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw new AppError({
      code: 'input.invalid',
      message: `The file cannot be changed because it cannot be read: ${problem.message}`,
      remedy: 'Mend the file first.',
    });
  }
  return document;
}

function sameContent(text: string, wanted: Document): boolean {
  const read = parseDocument(text, { merge: true });
  return read.errors.length === 0 && isDeepStrictEqual(read.toJS() ?? {}, wanted.toJS() ?? {});
}

function refuseThroughOthers(document: Document, path: readonly string[]): void {
  for (let length = 0; length < path.length; length += 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (node === undefined || node === null || isMap(node) || (isScalar(node) && node.value === null)) continue;
    const name = length === 0 ? 'The file' : path.slice(0, length).join('.');
    throw new AppError({
      code: 'input.invalid',
      message: `${name} is not a mapping, so ${path.join('.')} cannot be set.`,
      remedy: 'Change it by hand.',
    });
  }
}

/** `golden:` with nothing behind it holds an empty scalar, which cannot take keys. */
function dropEmptyScalars(document: Document, path: readonly string[]): void {
  for (let length = 1; length < path.length; length += 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isScalar(node) && node.value === null) document.setIn(path.slice(0, length), document.createNode({}));
  }
}

function dropEmptyParents(document: Document, path: readonly string[]): void {
  for (let length = path.length - 1; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length));
    if (!isMap(parent) || parent.items.length > 0) return;
    document.deleteIn(path.slice(0, length));
  }
}

/** The text with only the lines of this edit changed; undefined when that cannot be done line by line. */
function splice(text: string, { path, value }: YamlEdit): string | undefined {
  const document = parse(text);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const existing = document.getIn(path, true);
  const lines = (object: unknown, indent: number): string =>
    stringify(object, { lineWidth: 0 })
      .trimEnd()
      .split('\n')
      .map((line) => `${' '.repeat(indent)}${line}`)
      .join(newline);

  if (value === undefined) return existing === undefined ? text : cut(text, document, path);
  if (existing !== undefined && isScalar(existing) && isPrimitive(value)) {
    const range = existing.range;
    if (range == null || existing.anchor !== undefined || (existing.type ?? 'PLAIN').startsWith('BLOCK')) {
      return undefined;
    }
    const [start, end] = range;
    const printed = stringify(value, { lineWidth: 0 }).trimEnd();
    return printed.includes('\n') ? undefined : `${text.slice(0, start)}${printed}${text.slice(end)}`;
  }
  if (existing !== undefined && existing !== null) return undefined;

  // The deepest mapping that is there takes the rest as new lines after its last entry.
  for (let length = path.length - 1; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (node === undefined) continue;
    const rest = path.slice(length).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
    if (node === null) {
      if (length > 0) return undefined;
      return `${text}${text === '' || text.endsWith('\n') ? '' : newline}${lines(rest, 0)}${newline}`;
    }
    if (!isMap(node) || node.flow === true || node.items.length === 0 || node.range == null) return undefined;
    const indent = columnOf(text, node);
    if (indent === undefined) return undefined;
    const end = endOfContent(text, node.range[1]);
    return `${text.slice(0, end)}${newline}${lines(rest, indent)}${text.slice(end)}`;
  }
  return undefined;
}

const isPrimitive = (value: unknown): boolean => value === null || typeof value !== 'object';

/** How deep the keys of a block mapping stand, or undefined where a tab or another node precedes them. */
function columnOf(text: string, map: YAMLMap): number | undefined {
  const first = map.items[0]?.key;
  const start = (first as { range?: readonly number[] | null } | undefined)?.range?.[0];
  if (start === undefined) return undefined;
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  return /^ *$/.test(before) ? before.length : undefined;
}

/** The end of the last line with content before `offset`, its trailing comment included. */
function endOfContent(text: string, offset: number): number {
  const trimmed = text.slice(0, offset).trimEnd().length;
  const line = text.slice(trimmed).search(/\r?\n/);
  return line === -1 ? text.length : trimmed + line;
}

/** Removes the lines of one entry, and of the parents that it leaves empty. */
function cut(text: string, document: Document, path: readonly string[]): string | undefined {
  let at = path.length;
  while (at > 1) {
    const parent = document.getIn(path.slice(0, at - 1), true);
    if (!isMap(parent) || parent.items.length > 1) break;
    at -= 1;
  }
  const parent = at === 1 ? document.contents : document.getIn(path.slice(0, at - 1), true);
  if (!isMap(parent) || parent.flow === true) return undefined;
  const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === path[at - 1]);
  const start = (pair?.key as { range?: readonly number[] } | undefined)?.range?.[0];
  const end = (pair?.value as { range?: readonly number[] } | undefined)?.range?.[1] ?? start;
  if (start === undefined || end === undefined) return undefined;
  const from = text.lastIndexOf('\n', start - 1) + 1;
  if (!/^ *$/.test(text.slice(from, start))) return undefined;
  const last = endOfContent(text, Math.max(end, start + 1));
  const to = text.indexOf('\n', last);
  return text.slice(0, from) + (to === -1 ? '' : text.slice(to + 1));
}
