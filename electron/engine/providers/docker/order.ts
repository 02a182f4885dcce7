import type { ComposeDependency, ComposeProject } from '../../../../shared/domain/compose-model.ts';
import { AppError } from '../../../../shared/errors.ts';

export type Dependencies = ReadonlyMap<string, ComposeDependency>;

const started: ComposeDependency = { condition: 'service_started', required: true };

/**
 * What a service waits for: `depends_on`, and the services whose namespaces, volumes or names it shares. Services that
 * are not part of the project (another profile) are left out.
 */
export function dependenciesOf(project: ComposeProject, name: string): Dependencies {
  const service = project.services[name];
  const found = new Map<string, ComposeDependency>(Object.entries(service?.depends_on ?? {}));
  const also = (other: string | undefined): void => {
    if (other !== undefined && other !== '' && !found.has(other)) found.set(other, started);
  };
  for (const shared of sharedFrom(project, name)) also(shared);
  for (const link of service?.links ?? []) also(link.split(':')[0]);
  for (const other of [...found.keys()]) if (other === name || !(other in project.services)) found.delete(other);
  return found;
}

/** Services whose very containers this one refers to: when they are recreated, so is this one. */
export function sharedFrom(project: ComposeProject, name: string): readonly string[] {
  const service = project.services[name];
  const shared = [service?.network_mode, service?.ipc, service?.pid].flatMap((mode) =>
    mode?.startsWith('service:') ? [mode.slice('service:'.length)] : [],
  );
  const volumes = (service?.volumes_from ?? []).flatMap((text) =>
    text.startsWith('container:') ? [] : [text.split(':')[0] ?? ''],
  );
  return [...new Set([...shared, ...volumes])].filter((other) => other in project.services);
}

/** Services whose containers must be there before this one's can be created. What it waits for is a matter of its start. */
export function neededToCreate(project: ComposeProject, name: string): readonly string[] {
  const linked = (project.services[name]?.links ?? []).map((link) => link.split(':')[0] ?? '');
  return [...new Set([...sharedFrom(project, name), ...linked])].filter(
    (other) => other !== name && other in project.services,
  );
}

/** The named services and all they depend on; every service when none is named. In dependency order. */
export function selectWithDependencies(
  project: ComposeProject,
  services: readonly string[] | undefined,
): readonly string[] {
  const order: string[] = [];
  const visiting = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (order.includes(name)) return;
    if (visiting.has(name)) {
      throw new AppError({
        code: 'compose.cycle',
        message: `The services depend on each other in a circle: ${[...path, name].join(' → ')}.`,
        remedy: 'Remove one of these dependencies.',
      });
    }
    visiting.add(name);
    for (const other of [...dependenciesOf(project, name).keys()].sort()) visit(other, [...path, name]);
    visiting.delete(name);
    order.push(name);
  };
  for (const name of checkedServices(project, services)) visit(name, []);
  return order;
}

/** The named services in dependency order, without what they depend on. */
export function selectServices(project: ComposeProject, services: readonly string[] | undefined): readonly string[] {
  const wanted = new Set(checkedServices(project, services));
  return selectWithDependencies(project, services).filter((name) => wanted.has(name));
}

function checkedServices(project: ComposeProject, services: readonly string[] | undefined): readonly string[] {
  const all = Object.keys(project.services).sort();
  if (services === undefined) return all;
  for (const name of services) {
    if (name in project.services) continue;
    throw new AppError({
      code: 'input.not-found',
      message: `There is no service ${name} in this stack.`,
      remedy: all.length === 0 ? 'The stack has no services.' : `It has ${all.join(', ')}.`,
      details: { service: name },
    });
  }
  return services;
}

/** Services that must end with 0 before another starts. Having ended is their healthy state. */
export function oneShots(project: ComposeProject): ReadonlySet<string> {
  return new Set(
    Object.keys(project.services).flatMap((name) =>
      [...dependenciesOf(project, name)].flatMap(([other, dependency]) =>
        dependency.condition === 'service_completed_successfully' ? [other] : [],
      ),
    ),
  );
}

/**
 * Does the work for each name after that of the names before it, independent ones side by side. The first failure stops
 * the rest and is thrown once everything has come to rest.
 */
export async function inOrder(
  names: readonly string[],
  before: (name: string) => Iterable<string>,
  work: (name: string, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const failures: unknown[] = [];
  const known = new Set(names);
  const running = new Map<string, Promise<void>>();
  const run = (name: string): Promise<void> => {
    const under = running.get(name);
    if (under !== undefined) return under;
    const earlier = [...before(name)].filter((other) => known.has(other)).map(run);
    const mine = (async () => {
      await Promise.all(earlier);
      if (both.aborted) return;
      try {
        await work(name, both);
      } catch (error) {
        failures.push(error);
        stop.abort(error);
      }
    })();
    running.set(name, mine);
    return mine;
  };
  await Promise.all(names.map(run));
  signal.throwIfAborted();
  if (failures.length > 0) throw failures[0];
}

/** The services whose images a service's build reads: `additional_contexts: {base: service:base}`. */
export function contextServices(project: ComposeProject, service: string): readonly string[] {
  const contexts = Object.values(project.services[service]?.build?.additional_contexts ?? {});
  return contexts.flatMap((place) => /^service:(.+)$/.exec(place)?.[1] ?? []);
}

/** `services` and, before each, those whose images its build reads, even when they are not started. */
export function withContextServices(project: ComposeProject, services: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const visit = (service: string, above: readonly string[]): void => {
    if (found.has(service) || above.includes(service)) return;
    for (const each of contextServices(project, service)) visit(each, [...above, service]);
    found.add(service);
  };
  for (const service of services) visit(service, []);
  return [...found];
}
