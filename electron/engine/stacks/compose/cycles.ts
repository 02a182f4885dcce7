/**
 * A circle in a graph, as the names along it, with the first one again at its end. Undefined: there is none. Works
 * without recursion, so that long chains are no danger.
 */
export function findCycle(
  names: readonly string[],
  next: (name: string) => readonly string[],
): readonly string[] | undefined {
  const finished = new Set<string>();
  for (const start of [...names].sort()) {
    if (finished.has(start)) continue;
    const path: string[] = [start];
    const onPath = new Set(path);
    const waiting: string[][] = [[...next(start)].sort().reverse()];
    while (path.length > 0) {
      const candidate = waiting.at(-1)!.pop();
      if (candidate === undefined) {
        waiting.pop();
        const done = path.pop()!;
        onPath.delete(done);
        finished.add(done);
      } else if (onPath.has(candidate)) {
        return [...path.slice(path.indexOf(candidate)), candidate];
      } else if (!finished.has(candidate)) {
        path.push(candidate);
        onPath.add(candidate);
        waiting.push([...next(candidate)].sort().reverse());
      }
    }
  }
  return undefined;
}
