import {
  type ComposeNode,
  get,
  isMap,
  isNull,
  list,
  type MapNode,
  map,
  mapItems,
  mapValues,
  scalar,
  stringOf,
  withKey,
} from './node.ts';
import { type Place, pathRules, ruleAt, step } from './path-rules.ts';
import type { Problems } from './problems.ts';
import { parseShortMount } from './short-mounts.ts';
import { parseShortPort } from './short-ports.ts';

/** Turns one attribute from its short into its long form. It sees the node after its children were turned. */
type Rewrite = (node: ComposeNode, path: readonly (string | number)[], problems: Problems) => ComposeNode;

const stringToList: Rewrite = (node) => (stringOf(node) === undefined ? node : list([node], node.position));

const stringsToMap: Rewrite = (node) => {
  if (node.kind !== 'list') return node;
  return map(
    node.items.map((item) => [stringOf(item) ?? '', scalar(null, item.position)] as const),
    node.position,
  );
};

const fileMount: Rewrite = (node) => (stringOf(node) === undefined ? node : map([['source', node]], node.position));

const build: Rewrite = (node) => (stringOf(node) === undefined ? node : map([['context', node]], node.position));

const extendsRef: Rewrite = (node) => (stringOf(node) === undefined ? node : map([['service', node]], node.position));

const text: Rewrite = (node) =>
  node.kind === 'scalar' && typeof node.value !== 'string' ? scalar(node.text, node.position) : node;

const dependsOn: Rewrite = (node) => {
  if (node.kind === 'list') {
    return map(
      node.items.map((item) => [stringOf(item) ?? '', startedDependency(item)] as const),
      node.position,
    );
  }
  if (node.kind !== 'map') return node;
  return mapValues(node, (value) => {
    if (!isMap(value)) return value;
    let filled = value;
    if (!filled.entries.has('condition')) {
      filled = withKey(filled, 'condition', scalar('service_started', value.position));
    }
    if (!filled.entries.has('required')) filled = withKey(filled, 'required', scalar(true, value.position));
    return filled;
  });
};

export function startedDependency(from: ComposeNode): MapNode {
  return map(
    [
      ['condition', scalar('service_started', from.position)],
      ['required', scalar(true, from.position)],
    ],
    from.position,
  );
}

const envFiles: Rewrite = (node) => {
  const items = node.kind === 'list' ? node.items : [node];
  return list(
    items.map((item) => {
      const required = ['required', scalar(true, item.position)] as const;
      if (stringOf(item) !== undefined) return map([['path', item], required], item.position);
      return isMap(item) && !item.entries.has('required') ? withKey(item, ...required) : item;
    }),
    node.position,
  );
};

const gpus: Rewrite = (node) =>
  stringOf(node) === undefined
    ? node
    : list([map([['count', scalar('all', node.position)]], node.position)], node.position);

const device: Rewrite = (node, path, problems) => {
  const short = stringOf(node);
  if (short === undefined) return node;
  const [source = '', target, permissions, more] = short.split(':');
  if (more !== undefined) {
    problems.error({
      code: 'compose.invalid',
      message: `The device “${short}” has too many colons.`,
      remedy: 'Use the long form with source, target and permissions.',
      position: node.position,
      path,
    });
  }
  return map(
    [
      ['source', scalar(source, node.position)],
      ['target', scalar(target || source, node.position)],
      ['permissions', scalar(permissions ?? 'rwm', node.position)],
    ],
    node.position,
  );
};

const mount: Rewrite = (node, path, problems) => {
  const short = stringOf(node);
  if (short === undefined) return node;
  const parsed = parseShortMount(short);
  if ('fault' in parsed) {
    problems.error({
      code: 'compose.invalid',
      message: `This volume cannot be read: ${parsed.fault}.`,
      remedy: 'Write SOURCE:TARGET or SOURCE:TARGET:ro.',
      position: node.position,
      path,
    });
    return node;
  }
  return fromPlain(parsed.mount, node);
};

const ports: Rewrite = (node, path, problems) => {
  if (node.kind !== 'list') return node;
  const items: ComposeNode[] = [];
  node.items.forEach((item, index) => {
    if (item.kind !== 'scalar') {
      items.push(item);
      return;
    }
    const parsed = parseShortPort(item.text);
    if ('fault' in parsed) {
      problems.error({
        code: 'compose.invalid',
        message: `This port cannot be read: ${parsed.fault}.`,
        remedy: 'Write HOST:CONTAINER, for example “8080:80”.',
        position: item.position,
        path: [...path, index],
      });
      return;
    }
    for (const port of parsed.ports) items.push(fromPlain({ mode: 'ingress', ...port }, item));
  });
  return list(items, node.position);
};

const ssh: Rewrite = (node) => {
  if (node.kind !== 'list') return node;
  return map(
    node.items.map((item) => {
      const [id = '', ...rest] = (stringOf(item) ?? '').split('=');
      return [id, rest.length === 0 ? scalar(null, item.position) : scalar(rest.join('='), item.position)] as const;
    }),
    node.position,
  );
};

const keyValue: Rewrite = (node, path, problems) => {
  if (node.kind !== 'list') return node;
  return map(
    node.items.map((item) => {
      const [key = '', ...rest] = (stringOf(item) ?? '').split('=');
      if (rest.length === 0) {
        problems.error({
          code: 'compose.invalid',
          message: `“${key}” has no value.`,
          remedy: 'Write NAME=VALUE.',
          position: item.position,
          path,
        });
      }
      return [key, scalar(rest.join('='), item.position)] as const;
    }),
    node.position,
  );
};

const maybeExternal: Rewrite = (node, path, problems) => {
  const external = get(node, 'external');
  if (!isMap(node) || !isMap(external)) return node;
  const flagged = withKey(node, 'external', scalar(true, external.position));
  const oldName = get(external, 'name');
  if (oldName === undefined) return flagged;
  problems.warn({
    code: 'compose.invalid',
    message: 'external.name is an old form.',
    remedy: 'Write “external: true” and “name:” beside it.',
    position: oldName.position,
    path,
  });
  const name = get(node, 'name');
  if (name === undefined) return withKey(flagged, 'name', oldName);
  if (stringOf(name) !== stringOf(oldName)) {
    problems.error({
      code: 'compose.invalid',
      message: `name and external.name differ: “${stringOf(name)}” and “${stringOf(oldName)}”.`,
      remedy: 'Keep name only.',
      position: oldName.position,
      path,
    });
  }
  return flagged;
};

const rewrites: Place<Rewrite> = pathRules<Rewrite>({
  'services.*.build': build,
  'services.*.build.additional_contexts': keyValue,
  'services.*.build.provenance': text,
  'services.*.build.sbom': text,
  'services.*.build.secrets.*': fileMount,
  'services.*.build.ssh': ssh,
  'services.*.configs.*': fileMount,
  'services.*.depends_on': dependsOn,
  'services.*.develop.watch.*.ignore': stringToList,
  'services.*.develop.watch.*.include': stringToList,
  'services.*.devices.*': device,
  'services.*.dns': stringToList,
  'services.*.env_file': envFiles,
  'services.*.extends': extendsRef,
  'services.*.gpus': gpus,
  'services.*.label_file': stringToList,
  'services.*.models': stringsToMap,
  'services.*.networks': stringsToMap,
  'services.*.ports': ports,
  'services.*.secrets.*': fileMount,
  'services.*.volumes.*': mount,
  'configs.*': maybeExternal,
  'networks.*': maybeExternal,
  'secrets.*': maybeExternal,
  'volumes.*': maybeExternal,
});

/** Replaces every short form by its long form. Positions of the parts are those of the whole. */
export function canonical(root: ComposeNode, problems: Problems): ComposeNode {
  function walk(node: ComposeNode, path: readonly (string | number)[], place: Place<Rewrite>): ComposeNode {
    if (place.length === 0) return node;
    let turned = node;
    if (node.kind === 'map') turned = mapValues(node, (value, key) => walk(value, [...path, key], step(place, key)));
    else if (node.kind === 'list') turned = mapItems(node, (item, i) => walk(item, [...path, i], step(place, '[]')));
    const rewrite = ruleAt(place);
    return rewrite === undefined || isNull(turned) ? turned : rewrite(turned, path, problems);
  }
  return walk(root, [], rewrites);
}

/** A tree from plain values, all at the position of `from`. */
export function fromPlain(value: unknown, from: { readonly position: ComposeNode['position'] }): ComposeNode {
  if (Array.isArray(value))
    return list(
      value.map((item) => fromPlain(item, from)),
      from.position,
    );
  if (typeof value === 'object' && value !== null) {
    return map(
      Object.entries(value).map(([key, inner]) => [key, fromPlain(inner, from)] as const),
      from.position,
    );
  }
  return scalar(value as string | number | boolean | null, from.position);
}
