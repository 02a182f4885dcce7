import { isIP } from 'node:net';
import {
  type ComposeNode,
  formatPath,
  get,
  isMap,
  isNull,
  type MapNode,
  mapItems,
  mapValues,
  scalar,
  stringOf,
  withKey,
} from './node.ts';
import { type Place, pathRules, ruleAt, step } from './path-rules.ts';
import type { Finding, Problems } from './problems.ts';

type Default = (node: MapNode) => MapNode;

function orElse(node: MapNode, key: string, value: string): MapNode {
  return node.entries.has(key) ? node : withKey(node, key, scalar(value, node.position));
}

const deviceDefaults: Default = (node) =>
  node.entries.has('count') || node.entries.has('device_ids') ? node : orElse(node, 'count', 'all');

const defaults: Place<Default> = pathRules<Default>({
  'services.*.build': (node) => orElse(node, 'context', '.'),
  'services.*.secrets.*': (node) => {
    const source = get(node, 'source');
    return orElse(node, 'target', `/run/secrets/${source?.kind === 'scalar' ? source.text : ''}`);
  },
  'services.*.ports.*': (node) => orElse(orElse(node, 'protocol', 'tcp'), 'mode', 'ingress'),
  'services.*.deploy.resources.reservations.devices.*': deviceDefaults,
  'services.*.gpus.*': deviceDefaults,
});

/** Sets the values that Compose assumes for what a file leaves out. */
export function applyDefaults(root: MapNode): MapNode {
  function walk(node: ComposeNode, place: Place<Default>): ComposeNode {
    if (place.length === 0) return node;
    const rule = ruleAt(place);
    if (rule !== undefined && isMap(node)) return rule(node);
    if (node.kind === 'map') return mapValues(node, (value, key) => walk(value, step(place, key)));
    if (node.kind === 'list') return mapItems(node, (item) => walk(item, step(place, '[]')));
    return node;
  }
  return walk(root, defaults) as MapNode;
}

type Path = readonly (string | number)[];
type Check = (node: ComposeNode, path: Path) => Omit<Finding, 'code'> | undefined;

/** Of these sources of content, exactly one. */
function oneSource(...keys: readonly string[]): Check {
  return (node, path) => {
    if (!isMap(node)) return undefined;
    const given = keys.filter((key) => node.entries.has(key));
    const [, second] = given;
    if (second !== undefined) {
      return {
        message: `${formatPath(path)} has ${given.join(' and ')}, which exclude each other.`,
        remedy: 'Keep one of them.',
        position: node.entries.get(second)!.keyPosition,
        path,
      };
    }
    if (given.length > 0 || node.entries.has('driver') || node.entries.has('external')) return undefined;
    return {
      message: `${formatPath(path)} says nowhere what it contains.`,
      remedy: `Add ${keys.map((key) => `“${key}:”`).join(' or ')}.`,
      position: node.position,
      path,
    };
  };
}

const externalAlone: Check = (node, path) => {
  const external = get(node, 'external');
  if (!isMap(node) || external?.kind !== 'scalar' || external.value !== true) return undefined;
  for (const [key, { keyPosition }] of node.entries) {
    if (key === 'name' || key === 'external' || key.startsWith('x-')) continue;
    return {
      message: `${formatPath(path)} is external, so “${key}” has no effect on it.`,
      remedy: `Remove “${key}”, or remove “external”.`,
      position: keyPosition,
      path: [...path, key],
    };
  }
  return undefined;
};

const hostAddress: Check = (node, path) => {
  const address = get(node, 'host_ip');
  const text = stringOf(address);
  if (address === undefined || text === undefined || isIP(text.split('%')[0]!) !== 0) return undefined;
  return {
    message: `“${text}” is not an IP address.`,
    remedy: 'Write an address such as 127.0.0.1.',
    position: address.position,
    path: [...path, 'host_ip'],
  };
};

const watchPath: Check = (node, path) =>
  stringOf(node) === ''
    ? { message: `${formatPath(path)} is empty.`, remedy: 'Name a folder or a file.', position: node.position, path }
    : undefined;

const countOrIds: Check = (node, path) =>
  isMap(node) && node.entries.has('count') && node.entries.has('device_ids')
    ? {
        message: `${formatPath(path)} has count and device_ids, which exclude each other.`,
        remedy: 'Keep one of them.',
        position: node.entries.get('device_ids')!.keyPosition,
        path,
      }
    : undefined;

const needsTarget: Check = (node, path) =>
  isMap(node) && !node.entries.has('target')
    ? {
        message: `${formatPath(path)} needs “target”.`,
        remedy: 'Add “target:” with a path in the container.',
        position: node.position,
        path,
      }
    : undefined;

const wholePort: Check = (node, path) =>
  node.kind === 'scalar' && node.fraction === true
    ? {
        message: `${formatPath(path)} is not a port.`,
        remedy: 'Write a whole number, or a range such as “8000-8010”.',
        position: node.position,
        path,
      }
    : undefined;

const checks: Place<Check> = pathRules<Check>({
  'volumes.*': externalAlone,
  'configs.*': oneSource('file', 'environment', 'content'),
  'secrets.*': oneSource('file', 'environment'),
  'services.*.expose.*': wholePort,
  'services.*.ports.*': hostAddress,
  'services.*.volumes.*': needsTarget,
  'services.*.devices.*': needsTarget,
  'services.*.develop.watch.*.path': watchPath,
  'services.*.deploy.resources.reservations.devices.*': countOrIds,
  'services.*.gpus.*': countOrIds,
});

/** Checks what the schema cannot say: attributes that exclude or need each other. */
export function checkAttributes(root: MapNode, problems: Problems): void {
  function walk(node: ComposeNode, path: Path, place: Place<Check>): void {
    if (place.length === 0 || isNull(node)) return;
    const finding = ruleAt(place)?.(node, path);
    if (finding !== undefined) problems.error({ code: 'compose.invalid', ...finding });
    if (node.kind === 'map') for (const [key, { value }] of node.entries) walk(value, [...path, key], step(place, key));
    if (node.kind === 'list') {
      for (const [i, item] of node.items.entries()) walk(item, [...path, i], step(place, '[]'));
    }
  }
  walk(root, [], checks);
}
