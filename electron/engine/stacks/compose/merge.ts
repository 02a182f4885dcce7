import { startedDependency } from './canonical.ts';
import {
  type ComposeNode,
  equal,
  fingerprint,
  get,
  isNull,
  kindNames,
  list,
  type MapNode,
  map,
  scalar,
  stringOf,
} from './node.ts';
import { type Place, pathRules, ruleAt, step, steps } from './path-rules.ts';
import type { Problems } from './problems.ts';
import { compareText } from './short-ports.ts';

type Merge = (base: ComposeNode, over: ComposeNode, where: Where) => ComposeNode;

interface Where {
  readonly path: readonly string[];
  readonly place: Place<Merge>;
  readonly problems: Problems;
}

const replace: Merge = (_base, over) => over;

/** Both as lists of `key=value`, one after the other; later stages let the last one of a key win. */
const append: Merge = (base, over) => list([...asList(base), ...asList(over)], over.position);

const appendNew: Merge = (base, over) => {
  const before = asList(base);
  const known = new Set(before.map(fingerprint));
  const added = asList(over).filter((item) => !known.has(fingerprint(item)));
  return list([...before, ...added], over.position);
};

function asList(node: ComposeNode): readonly ComposeNode[] {
  if (node.kind === 'list') return node.items;
  if (node.kind === 'scalar') return node.value === null ? [] : [node];
  const items: { readonly text: string; readonly node: ComposeNode }[] = [];
  for (const [key, { value, keyPosition }] of node.entries) {
    if (isNull(value)) items.push({ text: key, node: scalar(key, keyPosition) });
    else if (value.kind === 'list') {
      for (const inner of value.items) {
        const text = `${key}=${inner.kind === 'scalar' ? inner.text : ''}`;
        items.push({ text, node: scalar(text, inner.position) });
      }
    } else {
      const text = `${key}=${value.kind === 'scalar' ? value.text : ''}`;
      items.push({ text, node: scalar(text, value.position) });
    }
  }
  return items.sort((a, b) => compareText(a.text, b.text)).map((item) => item.node);
}

function asMap(node: ComposeNode, each: (item: ComposeNode) => ComposeNode): MapNode {
  if (node.kind === 'map') return node;
  const items = node.kind === 'list' ? node.items : [];
  return map(
    items.map((item) => [stringOf(item) ?? '', each(item)] as const),
    node.position,
  );
}

const mergeBuild: Merge = (base, over, where) => mergeMaps(asBuild(base), asBuild(over), where);

function asBuild(node: ComposeNode): MapNode {
  return node.kind === 'map'
    ? node
    : map(stringOf(node) === undefined ? [] : [['context', node] as const], node.position);
}

const mergeDependsOn: Merge = (base, over, where) =>
  mergeMaps(asMap(base, startedDependency), asMap(over, startedDependency), where);

const mergeNamed: Merge = (base, over, where) => {
  const empty = (item: ComposeNode): ComposeNode => scalar(null, item.position);
  return mergeMaps(asMap(base, empty), asMap(over, empty), where);
};

/** Options belong to a driver: another driver starts afresh. */
const mergeLogging: Merge = (base, over, where) => {
  if (base.kind !== 'map' || over.kind !== 'map') return over;
  const before = get(base, 'driver');
  const after = get(over, 'driver');
  if (before === undefined || after === undefined || equal(before, after)) return mergeMaps(base, over, where);
  return over;
};

/** Pools are told apart by their subnet. */
const mergePools: Merge = (base, over, where) => {
  if (base.kind !== 'list' || over.kind !== 'list') return over;
  const merged: MapNode[] = [];
  const subnet = (node: ComposeNode): string => stringOf(get(node, 'subnet')) ?? '';
  const indexOf = (node: ComposeNode): number => merged.findIndex((other) => subnet(other) === subnet(node));
  for (const before of base.items) {
    if (before.kind !== 'map') continue;
    let current = before;
    for (const after of over.items) {
      if (after.kind !== 'map') continue;
      if (subnet(after) !== subnet(current) && indexOf(after) === -1) {
        merged.push(after);
        continue;
      }
      current = mergeMaps(current, after, where);
      const index = indexOf(current);
      if (index >= 0) merged[index] = current;
      else merged.push(current);
    }
  }
  return list(merged, over.position);
};

const rules: Place<Merge> = pathRules<Merge>({
  'networks.*.ipam.config': mergePools,
  'networks.*.labels': append,
  'volumes.*.labels': append,
  'services.*.annotations': append,
  'services.*.build': mergeBuild,
  'services.*.build.args': append,
  'services.*.build.additional_contexts': append,
  'services.*.build.extra_hosts': appendNew,
  'services.*.build.labels': append,
  'services.*.command': replace,
  'services.*.depends_on': mergeDependsOn,
  'services.*.deploy.labels': append,
  'services.*.dns': append,
  'services.*.dns_opt': append,
  'services.*.dns_search': append,
  'services.*.entrypoint': replace,
  'services.*.env_file': append,
  'services.*.environment': append,
  'services.*.extra_hosts': appendNew,
  'services.*.healthcheck.test': replace,
  'services.*.label_file': append,
  'services.*.labels': append,
  'services.*.logging': mergeLogging,
  'services.*.models': mergeNamed,
  'services.*.networks': mergeNamed,
  'services.*.sysctls': append,
  'services.*.tmpfs': append,
  'services.*.ulimits.*': replace,
});

/** Puts one file over another by the rules Compose has for each attribute. Neither tree is changed. */
export function merge(base: ComposeNode, over: ComposeNode, problems: Problems): ComposeNode {
  return mergeNodes(base, over, { path: [], place: rules, problems });
}

/** Puts a service over the one that it extends. */
export function mergeService(base: ComposeNode, over: ComposeNode, name: string, problems: Problems): ComposeNode {
  return mergeNodes(base, over, { path: ['services', name], place: steps(rules, ['services', 'x']), problems });
}

function mergeNodes(base: ComposeNode, over: ComposeNode, where: Where): ComposeNode {
  const rule = ruleAt(where.place);
  if (rule === replace) return over;
  if (isNull(over)) return base;
  // What no rule can use is left to the schema to refuse.
  if (rule !== undefined)
    return over.kind === 'scalar' && typeof over.value !== 'string' ? over : rule(base, over, where);
  if (base.kind === 'scalar') return over;
  if (base.kind !== over.kind) {
    where.problems.error({
      code: 'compose.invalid',
      message: `${where.path.at(-1)} is ${kindNames[base.kind]} in an earlier file and ${over.kind === 'scalar' ? 'a single value' : kindNames[over.kind]} here.`,
      remedy: `Write ${kindNames[base.kind]} here, or put !override before the value.`,
      position: over.position,
      path: where.path,
    });
    return over;
  }
  if (base.kind === 'list') return list([...base.items, ...(over as typeof base).items], base.position);
  return mergeMaps(base, over as MapNode, where);
}

function mergeMaps(base: MapNode, over: MapNode, where: Where): MapNode {
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const before = entries.get(key);
    if (before === undefined) {
      entries.set(key, entry);
      continue;
    }
    const next: Where = { ...where, path: [...where.path, key], place: step(where.place, key) };
    const value = mergeNodes(before.value, entry.value, next);
    entries.set(key, { keyPosition: value === before.value ? before.keyPosition : entry.keyPosition, value });
  }
  return { ...base, entries };
}
