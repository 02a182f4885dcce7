import type { Position } from '../../../../shared/domain/position.ts';

/**
 * A YAML document as a tree that never forgets where it came from. Every stage (interpolation, merge, extends,
 * include, normalisation) takes and gives such trees, so that the last one can still say file:line:column.
 */
export type ComposeNode = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** The value as Compose prints it where text is wanted: `0644` is 420, `1.50` is 1.5, null is empty. */
  readonly text: string;
  readonly position: Position;
  /** How far the first character of the value is from `position`, when the source is the value itself, on one line. */
  readonly inset?: number;
  /** A number that was written with a decimal point or an exponent, which Compose keeps apart from whole numbers. */
  readonly fraction?: boolean;
  /** An unquoted date, which Compose takes for neither text nor number. */
  readonly date?: boolean;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly ComposeNode[];
  readonly position: Position;
}

export interface MapEntry {
  readonly keyPosition: Position;
  readonly value: ComposeNode;
}

export interface MapNode {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly position: Position;
}

export const kindNames = { map: 'a mapping', list: 'a list' } as const;

export function scalar(value: string | number | boolean | null, position: Position): ScalarNode {
  return { kind: 'scalar', value, text: value === null ? '' : String(value), position };
}

export function list(items: readonly ComposeNode[], position: Position): ListNode {
  return { kind: 'list', items, position };
}

export function map(entries: Iterable<readonly [string, ComposeNode | MapEntry]>, position: Position): MapNode {
  const built = new Map<string, MapEntry>();
  for (const [key, value] of entries) {
    built.set(key, 'kind' in value ? { keyPosition: value.position, value } : value);
  }
  return { kind: 'map', entries: built, position };
}

export function isNull(node: ComposeNode | undefined): boolean {
  return node?.kind === 'scalar' && node.value === null;
}

export function isMap(node: ComposeNode | undefined): node is MapNode {
  return node?.kind === 'map';
}

export function isList(node: ComposeNode | undefined): node is ListNode {
  return node?.kind === 'list';
}

/** The text of a string scalar; undefined for anything else. */
export function stringOf(node: ComposeNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

export function get(node: ComposeNode | undefined, ...path: readonly string[]): ComposeNode | undefined {
  let found = node;
  for (const key of path) {
    if (found?.kind === 'map') found = found.entries.get(key)?.value;
    else if (found?.kind === 'list') found = found.items[Number(key)];
    else return undefined;
  }
  return found;
}

/** The map with one key set; the key keeps its place and its position when it was there before. */
export function withKey(node: MapNode, key: string, value: ComposeNode, keyPosition?: Position): MapNode {
  const entries = new Map(node.entries);
  entries.set(key, { keyPosition: entries.get(key)?.keyPosition ?? keyPosition ?? value.position, value });
  return { ...node, entries };
}

export function withoutKey(node: MapNode, key: string): MapNode {
  if (!node.entries.has(key)) return node;
  const entries = new Map(node.entries);
  entries.delete(key);
  return { ...node, entries };
}

/** Applies a function to every value of a map; undefined drops the key. Nothing changed: the same map. */
export function mapValues(
  node: MapNode,
  change: (value: ComposeNode, key: string, entry: MapEntry) => ComposeNode | undefined,
): MapNode {
  let entries: Map<string, MapEntry> | undefined;
  for (const [key, entry] of node.entries) {
    const value = change(entry.value, key, entry);
    if (value === entry.value) continue;
    entries ??= new Map(node.entries);
    if (value === undefined) entries.delete(key);
    else entries.set(key, { ...entry, value });
  }
  return entries === undefined ? node : { ...node, entries };
}

/** Applies a function to every item of a list. Nothing changed: the same list. */
export function mapItems(node: ListNode, change: (item: ComposeNode, index: number) => ComposeNode): ListNode {
  let items: ComposeNode[] | undefined;
  for (const [index, item] of node.items.entries()) {
    const changed = change(item, index);
    if (changed === item) continue;
    items ??= [...node.items];
    items[index] = changed;
  }
  return items === undefined ? node : { ...node, items };
}

export function equal(a: ComposeNode, b: ComposeNode): boolean {
  if (a.kind === 'scalar') return b.kind === 'scalar' && a.value === b.value;
  if (a.kind === 'list') {
    return (
      b.kind === 'list' && a.items.length === b.items.length && a.items.every((item, i) => equal(item, b.items[i]!))
    );
  }
  if (b.kind !== 'map' || a.entries.size !== b.entries.size) return false;
  for (const [key, entry] of a.entries) {
    const other = b.entries.get(key);
    if (other === undefined || !equal(entry.value, other.value)) return false;
  }
  return true;
}

/** Equal nodes, and only those, have equal fingerprints. Key order does not matter. */
export function fingerprint(node: ComposeNode): string {
  if (node.kind === 'scalar') return JSON.stringify(node.value) + (typeof node.value === 'number' ? node.text : '');
  if (node.kind === 'list') return `[${node.items.map(fingerprint).join(',')}]`;
  const parts = [...node.entries].map(([key, entry]) => `${JSON.stringify(key)}:${fingerprint(entry.value)}`);
  return `{${parts.sort().join(',')}}`;
}

/** Plain values without positions, for messages and tests. */
export function plain(node: ComposeNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plain(entry.value)]));
}

/** `services.web.ports[0]`; `[]` is an item whose index does not matter. */
export function formatPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else text += text === '' ? segment : `.${segment}`;
  }
  return text;
}
