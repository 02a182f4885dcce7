import type { Environment } from './context.ts';
import {
  type ComposeNode,
  get,
  isList,
  isMap,
  isNull,
  type MapEntry,
  type MapNode,
  map,
  mapItems,
  mapValues,
  scalar,
  stringOf,
  withKey,
  withoutKey,
} from './node.ts';
import { cleanTarget } from './short-mounts.ts';
import { convertsWindowsPaths, withUnixSource } from './windows-paths.ts';

/** Sets what follows from the rest: names, the default network, dependencies that links and the like imply. */
export function normalize(root: MapNode, projectName: string, environment: Environment): MapNode {
  let result = withDefaultNetwork(root);
  result = mapValues(result, (section, key) => {
    if (key !== 'services' || !isMap(section)) return section;
    return mapValues(section, (service, _name, entry) =>
      isMap(service) ? normalizeService(service, entry, environment) : service,
    );
  });
  for (const section of ['networks', 'volumes', 'configs', 'secrets']) {
    const resources = get(result, section);
    if (isMap(resources)) result = withKey(result, section, withNames(resources, projectName));
  }
  return result;
}

function normalizeService(service: MapNode, entry: MapEntry, environment: Environment): MapNode {
  let result = service;
  if (stringOf(get(result, 'pull_policy')) === 'if_not_present') {
    result = withKey(result, 'pull_policy', scalar('missing', get(result, 'pull_policy')!.position));
  }
  const build = get(result, 'build');
  if (isMap(build)) result = withKey(result, 'build', normalizeBuild(build, environment));
  const variables = get(result, 'environment');
  if (variables !== undefined) result = withKey(result, 'environment', resolveVariables(variables, environment, true));
  result = withDependencies(result, entry);
  const volumes = get(result, 'volumes');
  if (isList(volumes)) {
    result = withKey(
      result,
      'volumes',
      mapItems(volumes, (volume) => {
        const target = get(volume, 'target');
        const text = stringOf(target);
        if (!isMap(volume) || target === undefined || text === undefined) return volume;
        const cleaned = withKey(volume, 'target', scalar(cleanTarget(text), target.position));
        return convertsWindowsPaths(environment) ? withUnixSource(cleaned) : cleaned;
      }),
    );
  }
  return result;
}

function normalizeBuild(build: MapNode, environment: Environment): MapNode {
  let result = build;
  if (isNull(get(result, 'context')) || !result.entries.has('context')) {
    result = withKey(result, 'context', scalar('.', build.position));
  }
  if (!result.entries.has('dockerfile') && !result.entries.has('dockerfile_inline')) {
    result = withKey(result, 'dockerfile', scalar('Dockerfile', build.position));
  }
  const args = get(result, 'args');
  return args === undefined ? result : withKey(result, 'args', resolveVariables(args, environment, false));
}

/** Gives lone names the value that they have in the environment; what has none stays without, or goes. */
function resolveVariables(node: ComposeNode, environment: Environment, keepUnset: boolean): ComposeNode {
  if (node.kind === 'map') {
    return mapValues(node, (value, key) => {
      if (!isNull(value)) return value;
      const found = environment.get(key);
      if (found !== undefined) return scalar(found.value, found.position);
      return keepUnset ? value : undefined;
    });
  }
  if (node.kind !== 'list') return node;
  return {
    ...node,
    items: node.items.flatMap((item) => {
      const text = stringOf(item);
      if (text === undefined || text.includes('=')) return [item];
      const found = environment.get(text);
      if (found !== undefined) return [scalar(`${text}=${found.value}`, item.position)];
      return keepUnset ? [item] : [];
    }),
  };
}

function withDependencies(service: MapNode, entry: MapEntry): MapNode {
  const given = get(service, 'depends_on');
  let dependencies = isMap(given) ? given : map([], given?.position ?? entry.keyPosition);
  const before = dependencies.entries.size;
  function imply(name: string, restart: boolean, from: ComposeNode): void {
    if (dependencies.entries.has(name)) return;
    const { position } = from;
    const dependency = map(
      [
        ['condition', scalar('service_started', position)],
        ['restart', scalar(restart, position)],
        ['required', scalar(true, position)],
      ],
      position,
    );
    dependencies = withKey(dependencies, name, dependency, position);
  }
  for (const link of itemsOf(service, 'links')) {
    const parts = (stringOf(link) ?? '').split(':');
    imply(parts.length === 2 ? parts[0]! : parts.join(':'), true, link);
  }
  for (const namespace of ['network_mode', 'ipc', 'pid', 'uts', 'cgroup']) {
    const node = get(service, namespace);
    const mode = stringOf(node);
    if (node !== undefined && mode?.startsWith('service:') === true) imply(mode.slice('service:'.length), true, node);
  }
  for (const from of itemsOf(service, 'volumes_from')) {
    const source = stringOf(from) ?? '';
    if (!source.startsWith('container:')) imply(source.split(':')[0]!, false, from);
  }
  if (dependencies.entries.size === before) {
    return before === 0 ? withoutKey(service, 'depends_on') : service;
  }
  return withKey(service, 'depends_on', dependencies, dependencies.position);
}

function itemsOf(service: MapNode, key: string): readonly ComposeNode[] {
  const node = get(service, key);
  return isList(node) ? node.items : [];
}

function withDefaultNetwork(root: MapNode): MapNode {
  const services = get(root, 'services');
  if (!isMap(services)) return root;
  let used = false;
  const connected = mapValues(services, (service, _name, entry) => {
    if (!isMap(service) || service.entries.has('provider') || service.entries.has('network_mode')) return service;
    const networks = get(service, 'networks');
    if (isMap(networks) && networks.entries.size > 0) {
      used ||= networks.entries.has('default');
      return service;
    }
    used = true;
    const position = networks?.position ?? entry.keyPosition;
    return withKey(service, 'networks', map([['default', scalar(null, position)]], position), position);
  });
  const result = withKey(root, 'services', connected);
  if (!used) return result;
  const networks = get(result, 'networks');
  const declared = isMap(networks) ? networks : map([], services.position);
  if (declared.entries.has('default')) return result;
  return withKey(result, 'networks', withKey(declared, 'default', scalar(null, services.position)));
}

/** Resources without a name get `project_key`, external ones their key. */
function withNames(resources: MapNode, projectName: string): MapNode {
  return mapValues(resources, (value, key, entry) => {
    const resource = isMap(value) ? value : map([], entry.keyPosition);
    const name = get(resource, 'name');
    if (name !== undefined && !isNull(name)) return resource;
    const external = get(resource, 'external');
    const isExternal = external?.kind === 'scalar' && /^(1|t|true)$/i.test(external.text);
    return withKey(resource, 'name', scalar(isExternal ? key : `${projectName}_${key}`, entry.keyPosition));
  });
}
