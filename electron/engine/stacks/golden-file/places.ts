import type { Position } from '../../../../shared/domain/position.ts';
import { type ComposeNode, get, isMap } from '../compose/node.ts';

export type Path = readonly (string | number)[];

/** Where the key of an entry stands; the mapping itself when it has no such key. */
export function keyPosition(root: ComposeNode, path: Path, key: string): Position {
  const parent = nodeAt(root, path);
  return (isMap(parent) ? parent.entries.get(key)?.keyPosition : undefined) ?? root.position;
}

/** Where a value stands: scalars themselves, others by their key, what is not there by the nearest thing around it. */
export function positionIn(root: ComposeNode, path: Path): Position {
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

/** Where the character at `index` of a text stands, as far as its notation (folded, escaped) lets one tell. */
export function positionInText(root: ComposeNode, path: Path, index: number): Position {
  const node = nodeAt(root, path);
  const start = positionIn(root, path);
  if (node?.kind !== 'scalar' || node.inset === undefined) return start;
  return { ...start, column: start.column + node.inset + index };
}

export function nodeAt(root: ComposeNode, path: Path): ComposeNode | undefined {
  return get(root, ...path.map(String));
}
