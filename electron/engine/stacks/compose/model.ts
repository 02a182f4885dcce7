import type { ComposeProject } from '../../../../shared/domain/compose-model.ts';
import type { Position } from '../../../../shared/domain/position.ts';
import { type Decode, type DecodeContext, mapOf, place, struct } from './decode.ts';
import { fileObject, network, serviceFields, volume } from './model-fields.ts';
import { type ComposeNode, get, isMap, type MapNode, plain } from './node.ts';
import type { Problems } from './problems.ts';

const sections: readonly (readonly [string, Decode])[] = [
  ['networks', mapOf(network)],
  ['volumes', mapOf(volume)],
  ['secrets', mapOf(fileObject)],
  ['configs', mapOf(fileObject)],
];

export interface DecodedProject {
  readonly project: ComposeProject;
  /** The place of a value of `project`, or of the nearest thing around it that has one. */
  positionOf(path: readonly (string | number)[]): Position | undefined;
}

/** Turns the finished tree into the resolved model. */
export function decodeProject(root: MapNode, name: string, problems: Problems): DecodedProject {
  const context: DecodeContext = { problems, places: new WeakMap() };
  const service = struct(serviceFields);
  const project: Record<string, unknown> = { name };
  const nameNode = root.entries.get('name');
  if (nameNode !== undefined) place(context, project, 'name', nameNode.value.position);
  const services = get(root, 'services');
  project['services'] = (services === undefined ? undefined : mapOf(service)(services, ['services'], context)) ?? {};
  for (const [section, decode] of sections) {
    const node = get(root, section);
    const value = node === undefined ? undefined : decode(node, [section], context);
    if (value !== undefined) project[section] = value;
  }
  for (const [key, entry] of root.entries) {
    if (key.startsWith('x-')) project[key] = plain(entry.value);
    if (key !== 'name' && Object.hasOwn(project, key)) place(context, project, key, entry.keyPosition);
  }
  return {
    project: project as unknown as ComposeProject,
    positionOf(path) {
      let found: Position | undefined;
      let at: unknown = project;
      for (const segment of path) {
        if (typeof at !== 'object' || at === null) return found;
        found = context.places.get(at)?.get(Array.isArray(at) ? Number(segment) : segment) ?? found;
        at = (at as Record<string | number, unknown>)[segment];
      }
      return found;
    },
  };
}

export function servicesOf(root: ComposeNode): MapNode | undefined {
  const services = get(root, 'services');
  return isMap(services) ? services : undefined;
}
