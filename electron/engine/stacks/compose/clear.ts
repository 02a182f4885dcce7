import { type ComposeNode, mapValues } from './node.ts';

/** Drops what `!reset` and `!override` of a later file clear. `prefix` is where the node stands in the project. */
export function clearPaths<T extends ComposeNode>(
  node: T,
  cleared: readonly (readonly string[])[],
  prefix: readonly string[] = [],
): T {
  const below = cleared.flatMap((path) =>
    path.length > prefix.length && prefix.every((segment, index) => path[index] === segment)
      ? [path.slice(prefix.length)]
      : [],
  );
  return below.length === 0 ? node : (drop(node, below) as T);
}

function drop(node: ComposeNode, paths: readonly (readonly string[])[]): ComposeNode {
  if (node.kind !== 'map') return node;
  return mapValues(node, (value, key) => {
    const inside = paths.filter((path) => path[0] === key);
    if (inside.length === 0) return value;
    if (inside.some((path) => path.length === 1)) return undefined;
    return drop(
      value,
      inside.map((path) => path.slice(1)),
    );
  });
}
