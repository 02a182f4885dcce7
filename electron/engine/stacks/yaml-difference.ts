import { isDeepStrictEqual } from 'node:util';
import { editYaml, readYaml, type YamlArrange, type YamlEdit, type YamlPath } from './yaml-edit.ts';

/**
 * Makes the value at a place another one by changing only what differs, so that the comments of everything else stay.
 * Items of lists are known by their `id`, else by what they have in common. Undefined removes the place.
 */
export function rewriteYaml(text: string, path: YamlPath, value: unknown): string {
  if (value === undefined) return editYaml(text, [{ path, value }]);
  return editYaml(text, differences(readYaml(text, path), value, path));
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The edits that lead from one value to the other, in order: the places of each are those after the ones before. */
export function differences(before: unknown, after: unknown, path: YamlPath): readonly YamlEdit[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isMapping(before) && isMapping(after) && Object.keys(after).length > 0) {
    const keys = Object.keys(before);
    // Without one key in common nothing of it stays.
    if (keys.some((key) => Object.hasOwn(after, key))) return mappingDifferences(before, after, path);
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length > 0 && after.length > 0) {
    return listDifferences(before, after, path);
  }
  return [{ path, value: after }];
}

function mappingDifferences(before: Mapping, after: Mapping, path: YamlPath): readonly YamlEdit[] {
  const gone = Object.keys(before).filter((key) => after[key] === undefined);
  return [
    ...Object.entries(after).flatMap(([key, value]) =>
      value === undefined ? [] : differences(before[key], value, [...path, key]),
    ),
    ...gone.map((key) => ({ path: [...path, key], value: undefined })),
  ];
}

function listDifferences(before: readonly unknown[], after: readonly unknown[], path: YamlPath): readonly YamlEdit[] {
  const matches = match(before, after);
  const items = after.map((value, index): YamlArrange['items'][number] => {
    const from = matches[index];
    return from === undefined ? { value } : { from };
  });
  const same = before.length === after.length && items.every((item, index) => 'from' in item && item.from === index);
  return [
    ...(same ? [] : [{ path, items }]),
    ...after.flatMap((value, index) => {
      const from = matches[index];
      return from === undefined ? [] : differences(before[from], value, [...path, index]);
    }),
  ];
}

/** For each new item the old one that it was, the surest first. */
function match(before: readonly unknown[], after: readonly unknown[]): readonly (number | undefined)[] {
  const found: (number | undefined)[] = after.map(() => undefined);
  const left = new Set(before.keys());
  const take = (alike: (old: unknown, fresh: unknown, from: number, to: number) => boolean): void => {
    for (const [to, fresh] of after.entries()) {
      if (found[to] !== undefined) continue;
      const candidates = [...left].filter((from) => alike(before[from], fresh, from, to));
      const [nearest] = candidates.sort((a, b) => Math.abs(a - to) - Math.abs(b - to));
      if (nearest === undefined) continue;
      found[to] = nearest;
      left.delete(nearest);
    }
  };
  take(isDeepStrictEqual);
  take((old, fresh) => isMapping(old) && isMapping(fresh) && old['id'] !== undefined && old['id'] === fresh['id']);
  for (const least of [3, 2, 1]) take((old, fresh) => inCommon(old, fresh) >= least);
  take((old, fresh, from, to) => from === to && !isMapping(old) && !isMapping(fresh) && kindOf(old) === kindOf(fresh));
  return found;
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'list' : typeof value);

/** Entries that two mappings share. Items with names of their own are not each other. */
function inCommon(old: unknown, fresh: unknown): number {
  if (!isMapping(old) || !isMapping(fresh)) return 0;
  if (old['id'] !== undefined && fresh['id'] !== undefined) return 0;
  return Object.entries(fresh).filter(([key, value]) => isDeepStrictEqual(old[key], value)).length;
}
