import { type ComposeNode, get, isList, isMap, type MapNode, mapValues, stringOf } from './node.ts';

/** Does a service run with these profiles? One without profiles always does; `*` enables all. */
export function isEnabled(service: ComposeNode, profiles: readonly string[]): boolean {
  const own = get(service, 'profiles');
  if (!isList(own) || own.items.length === 0) return true;
  return profiles.includes('*') || own.items.some((item) => profiles.includes(stringOf(item) ?? ''));
}

/** Leaves out networks, volumes, secrets and configs that no service uses. */
export function withoutUnused(root: MapNode): MapNode {
  const used: Readonly<Record<string, Set<string>>> = {
    networks: new Set(),
    volumes: new Set(),
    secrets: new Set(),
    configs: new Set(),
    models: new Set(),
  };
  const services = get(root, 'services');
  for (const { value: service } of isMap(services) ? services.entries.values() : []) {
    const networks = get(service, 'networks');
    if (isMap(networks)) for (const name of networks.entries.keys()) used['networks']!.add(name);
    const models = get(service, 'models');
    if (isMap(models)) for (const name of models.entries.keys()) used['models']!.add(name);
    for (const mount of itemsOf(get(service, 'volumes'))) {
      const source = stringOf(get(mount, 'source'));
      if (stringOf(get(mount, 'type')) === 'volume' && source !== undefined) used['volumes']!.add(source);
    }
    for (const secret of [...itemsOf(get(service, 'secrets')), ...itemsOf(get(service, 'build', 'secrets'))]) {
      used['secrets']!.add(stringOf(get(secret, 'source')) ?? '');
    }
    for (const config of itemsOf(get(service, 'configs'))) used['configs']!.add(stringOf(get(config, 'source')) ?? '');
  }
  return mapValues(root, (section, key) => {
    const names = Object.hasOwn(used, key) ? used[key] : undefined;
    if (names === undefined || !isMap(section)) return section;
    return mapValues(section, (resource, name) => (names.has(name) ? resource : undefined));
  });
}

function itemsOf(node: ComposeNode | undefined): readonly ComposeNode[] {
  return isList(node) ? node.items : [];
}
