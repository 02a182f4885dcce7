import {
  Document,
  isCollection,
  isMap,
  isScalar,
  type Node,
  type Pair,
  type Scalar,
  stringify,
  type YAMLMap,
} from 'yaml';
import type { YamlPath, YamlSet } from './yaml-edit.ts';

/**
 * The text with only the lines of this edit changed; undefined when that cannot be done line by line. `document` is the
 * text, `wanted` what it should read as.
 */
export function splice(
  text: string,
  document: Document,
  wanted: Document,
  { path, value }: YamlSet,
): string | undefined {
  if (outermostFlow(document, path) !== undefined) return spliceFlow(text, document, wanted, path);
  const existing = document.getIn(path, true);
  if (value === undefined) return existing === undefined ? text : cut(text, document, path);
  if (existing !== undefined && existing !== null) return replace(text, document, path, existing as Node, value);
  return add(text, document, path, value);
}

export const newlineOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

/** A value as lines, each but perhaps the first behind so many spaces. */
export function printed(value: unknown, indent: number, newline: string): string {
  return stringify(value, { lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map((line) => `${' '.repeat(indent)}${line}`)
    .join(newline);
}

/** The end of the last line with content before `offset`, its trailing comment included. */
export function endOfContent(text: string, offset: number): number {
  const trimmed = text.slice(0, offset).trimEnd().length;
  const line = text.slice(trimmed).search(/\r?\n/);
  return line === -1 ? text.length : trimmed + line;
}

export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

const isPrimitive = (value: unknown): boolean => value === null || typeof value !== 'object';

/** The same where the place is inside of a `{…}` or `[…]`, or is one: that is printed anew, and nothing else. */
export function spliceFlow(text: string, document: Document, wanted: Document, path: YamlPath): string | undefined {
  const flow = outermostFlow(document, [...path, 0]);
  return flow === undefined ? undefined : replaceFlow(text, document, wanted, flow);
}

/** The path to the outermost `{…}` or `[…]` that the edit is in. */
function outermostFlow(document: Document, path: YamlPath): YamlPath | undefined {
  for (let length = 0; length < path.length; length += 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    // An empty one may as well become lines.
    if (isCollection(node) && node.flow === true) return path.slice(0, length);
  }
  return undefined;
}

/** Prints one `{…}` or `[…]` anew, where it has no comments. */
function replaceFlow(text: string, document: Document, wanted: Document, path: YamlPath): string | undefined {
  const at = (of: Document): unknown => (path.length === 0 ? of.contents : of.getIn(path, true));
  const before = at(document) as Node;
  const own = at(wanted);
  if (before.range == null || !isCollection(own)) return undefined;
  const after = own.clone();
  // What stands around it stays where it is.
  for (const key of ['comment', 'commentBefore', 'spaceBefore'] as const) delete after[key];
  const [start, end] = before.range;
  if (/(^|\s)#/.test(text.slice(start, end)) || after.anchor !== undefined) return undefined;
  const line = new Document(after).toString({ lineWidth: 0, flowCollectionPadding: text[start + 1] === ' ' }).trimEnd();
  return line.includes('\n') ? undefined : text.slice(0, start) + line + text.slice(end);
}

function replace(text: string, document: Document, path: YamlPath, existing: Node, value: unknown): string | undefined {
  if (existing.range == null || (existing as Scalar).anchor !== undefined) return undefined;
  const [start, end] = existing.range;
  const isBlock = isScalar(existing) && (existing.type ?? 'PLAIN').startsWith('BLOCK');
  if (isScalar(existing) && !isBlock && isPrimitive(value)) {
    const line = stringify(value, { lineWidth: 0 }).trimEnd();
    if (!line.includes('\n')) return `${text.slice(0, start)}${line}${text.slice(end)}`;
  }
  // A whole entry: the comment before its key stays, what was in it goes.
  const key = path.at(-1);
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair = pairOf(parent, key);
  const from = (pair?.key as Node | undefined)?.range?.[0];
  const column = isMap(parent) ? columnOf(text, parent) : undefined;
  if (from === undefined || column === undefined || typeof key !== 'string') return undefined;
  const last = Math.max(from + 1, endOfContent(text, end));
  return text.slice(0, from) + printed({ [key]: value }, column, newlineOf(text)).trimStart() + text.slice(last);
}

function add(text: string, document: Document, path: YamlPath, value: unknown): string | undefined {
  const newline = newlineOf(text);
  // The deepest mapping that is there takes the rest as new lines after its last entry.
  for (let length = path.length - 1; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (node === undefined) continue;
    const rest = path.slice(length).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
    if (node === null) {
      if (length > 0) return undefined;
      return `${text}${text === '' || text.endsWith('\n') ? '' : newline}${printed(rest, 0, newline)}${newline}`;
    }
    if (!isMap(node) || node.items.length === 0 || node.range == null) return undefined;
    const indent = columnOf(text, node);
    if (indent === undefined) return undefined;
    const end = endOfContent(text, node.range[1]);
    return `${text.slice(0, end)}${newline}${printed(rest, indent, newline)}${text.slice(end)}`;
  }
  return undefined;
}

/** How deep the keys of a block mapping stand, or undefined where something else than dashes precedes them. */
export function columnOf(text: string, map: YAMLMap): number | undefined {
  const start = (map.items[0]?.key as Node | undefined)?.range?.[0];
  if (start === undefined) return undefined;
  const before = text.slice(lineStart(text, start), start);
  return /^ *(- +)*$/.test(before) ? before.length : undefined;
}

function pairOf(parent: unknown, key: string | number | undefined): Pair | undefined {
  if (!isMap(parent)) return undefined;
  return parent.items.find((item) => isScalar(item.key) && item.key.value === key);
}

/** Removes the lines of one entry, and of the parents that it leaves empty. */
function cut(text: string, document: Document, path: YamlPath): string | undefined {
  let at = path.length;
  while (at > 1) {
    const parent = document.getIn(path.slice(0, at - 1), true);
    if (!isMap(parent) || parent.items.length > 1 || typeof path[at - 2] === 'number') break;
    at -= 1;
  }
  const parent = at === 1 ? document.contents : document.getIn(path.slice(0, at - 1), true);
  const pair = pairOf(parent, path[at - 1]);
  const start = (pair?.key as Node | undefined)?.range?.[0];
  const end = (pair?.value as Node | null | undefined)?.range?.[1] ?? start;
  if (start === undefined || end === undefined) return undefined;
  const from = lineStart(text, start);
  const before = text.slice(from, start);
  const last = endOfContent(text, Math.max(end, start + 1));
  if (/^ *$/.test(before)) {
    const to = text.indexOf('\n', last);
    return text.slice(0, from) + (to === -1 ? '' : text.slice(to + 1));
  }
  // The first entry of an item: what comes next moves up beside the dash.
  if (!/^ *(- +)+$/.test(before)) return undefined;
  const gap = /^\s*/.exec(text.slice(last))?.[0].length ?? 0;
  return text.slice(0, start) + text.slice(last + gap);
}
