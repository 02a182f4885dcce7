import { type ComposeNode, get, list, mapValues, stringOf } from './node.ts';
import { type Place, pathRules, ruleAt, step } from './path-rules.ts';
import { parseShortMount } from './short-mounts.ts';

/** What makes an item of a list one and the same; undefined: nothing does. */
type KeyOf = (item: ComposeNode) => string | undefined;

const name: KeyOf = (item) => stringOf(item)?.split('=', 1)[0];
const whole: KeyOf = (item) => (item.kind === 'scalar' ? item.text : undefined);

const mountTarget: KeyOf = (item) => {
  const short = stringOf(item);
  if (short === undefined) return stringOf(get(item, 'target'));
  const parsed = parseShortMount(short);
  return 'mount' in parsed ? parsed.mount.target : undefined;
};

const deviceTarget: KeyOf = (item) => {
  const short = stringOf(item);
  if (short === undefined) return stringOf(get(item, 'target'));
  const [source, target] = short.split(':');
  return target ?? source;
};

const port: KeyOf = (item) => {
  if (item.kind === 'scalar') return item.text;
  const part = (key: string, otherwise: string): string => {
    const node = get(item, key);
    return node?.kind === 'scalar' ? node.text : otherwise;
  };
  return `${part('host_ip', '0.0.0.0')}:${part('published', '<nil>')}:${part('target', '')}/${part('protocol', 'tcp')}`;
};

const envFile: KeyOf = (item) => stringOf(item) ?? stringOf(get(item, 'path'));

function fileMount(folder: string): KeyOf {
  return (item) =>
    stringOf(get(item, 'target')) ?? `${folder}/${stringOf(item) ?? stringOf(get(item, 'source')) ?? ''}`;
}

const keys: Place<KeyOf> = pathRules<KeyOf>({
  'networks.*.labels': name,
  'networks.*.ipam.options': name,
  'services.*.annotations': name,
  'services.*.build.args': name,
  'services.*.build.additional_contexts': name,
  'services.*.build.platform': name,
  'services.*.build.tags': name,
  'services.*.build.labels': name,
  'services.*.cap_add': name,
  'services.*.cap_drop': name,
  'services.*.configs': fileMount(''),
  'services.*.deploy.labels': name,
  'services.*.devices': deviceTarget,
  'services.*.dns': name,
  'services.*.dns_opt': name,
  'services.*.dns_search': name,
  'services.*.environment': name,
  'services.*.env_file': envFile,
  'services.*.expose': whole,
  'services.*.labels': name,
  'services.*.links': name,
  'services.*.networks.*.aliases': name,
  'services.*.networks.*.link_local_ips': name,
  'services.*.ports': port,
  'services.*.profiles': name,
  'services.*.secrets': fileMount('/run/secrets'),
  'services.*.sysctls': name,
  'services.*.tmpfs': name,
  'services.*.volumes': mountTarget,
});

/** In lists whose items have an identity, the last item of each identity wins and takes the place of the first. */
export function unique(root: ComposeNode): ComposeNode {
  function walk(node: ComposeNode, place: Place<KeyOf>): ComposeNode {
    if (node.kind === 'map') {
      return place.length === 0 ? node : mapValues(node, (value, key) => walk(value, step(place, key)));
    }
    if (node.kind !== 'list') return node;
    const keyOf = ruleAt(place);
    if (keyOf === undefined) return node;
    const items: ComposeNode[] = [];
    const seen = new Map<string, number>();
    for (const item of node.items) {
      const key = keyOf(item);
      const before = key === undefined ? undefined : seen.get(key);
      if (before !== undefined) items[before] = item;
      else {
        if (key !== undefined) seen.set(key, items.length);
        items.push(item);
      }
    }
    return items.length === node.items.length ? node : list(items, node.position);
  }
  return walk(root, keys);
}
