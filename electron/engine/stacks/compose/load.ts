import type { ComposeProject, ComposeService } from '../../../../shared/domain/compose-model.ts';
import type { Position } from '../../../../shared/domain/position.ts';
import type { Problem } from '../../../../shared/domain/problem.ts';
import { withApiSocket } from './api-socket.ts';
import { checkConsistency } from './consistency.ts';
import { breathe, type ComposeFiles, createContext, type Environment, type LoadContext } from './context.ts';
import { serviceHash } from './hash.ts';
import { decodeProject, servicesOf } from './model.ts';
import { get, isList, isMap, type MapNode, mapValues, stringOf, withKey } from './node.ts';
import { normalize } from './normalize.ts';
import type { Origin } from './origins.ts';
import { isEnabled, withoutUnused } from './profiles.ts';
import { findProject, type ProjectEnvironmentInput } from './project-environment.ts';
import { readProject } from './read-project.ts';
import type { FetchedSource, RemoteSources } from './remote.ts';
import { readServiceFiles } from './service-files.ts';
import { isYes } from './units.ts';
import { checkSupported } from './unsupported.ts';

export interface LoadInput {
  /** The project's folder, absolute. */
  readonly folder: string;
  /** Compose files, absolute or relative to the folder. Absent: `COMPOSE_FILE`, or what Compose looks for. */
  readonly files?: readonly string[];
  /** Where relative paths start. Absent: the folder of the first Compose file. */
  readonly projectDirectory?: string;
  /** In place of `.env`; later ones win. */
  readonly envFiles?: readonly string[];
  readonly profiles?: readonly string[];
  readonly projectName?: string;
  /** The shell's variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Variables that a key store keeps: after the shell's, before those of files. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface LoadOptions {
  readonly files: ComposeFiles;
  readonly signal?: AbortSignal;
  /** Where files that are not on this computer come from. Absent: they are refused. */
  readonly remote?: RemoteSources;
}

export interface LoadedProject {
  /** What runs: services of active profiles and the resources that they use. */
  readonly project: ComposeProject;
  /** The folder that relative paths started from, absolute. */
  readonly folder: string;
  /** The Compose files as Compose labels them on containers, absolute, the base first. */
  readonly composeFiles: readonly string[];
  /** Files of variables that were named in place of `.env`, absolute. */
  readonly envFiles: readonly string[];
  /** Every file that was read, absolute: Compose files, extended and included ones, env files. */
  readonly files: readonly string[];
  readonly profiles: readonly string[];
  /** Between the parts of container and image names: `_` with `COMPOSE_COMPATIBILITY`. */
  readonly nameSeparator: '-' | '_';
  /** `DOCKER_DEFAULT_PLATFORM`: of services that name none. */
  readonly defaultPlatform: string | undefined;
  /** What was fetched to read it. */
  readonly fetched: readonly FetchedSource[];
  /** Where a value of `project` comes from, or the nearest thing around it. */
  positionOf(path: readonly (string | number)[]): Position | undefined;
  /** The text and the variables that a value of `project` was made of; undefined when it has none. */
  originOf(path: readonly (string | number)[]): Origin | undefined;
  /** Warnings; errors are thrown. */
  readonly problems: readonly Problem[];
  /** Names of all services, those that no active profile enables included. */
  readonly allServices: readonly string[];
  /** Compose's `com.docker.compose.config-hash` for each service of `project`. */
  readonly configHashes: Readonly<Record<string, string>>;
  /** Services whose environment or labels come from files in part. */
  readonly servicesWithFiles: readonly string[];
  /** Contents of secrets and configs that come from environment variables. Never print or store them. */
  readonly fromEnvironment: {
    readonly secrets: ReadonlyMap<string, string>;
    readonly configs: ReadonlyMap<string, string>;
  };
}

/**
 * Reads a Compose project as `docker compose config` does.
 * Throws an AppError whose `details.problems` are all the problems that were found, each with its position.
 */
export async function loadProject(input: LoadInput, options: LoadOptions): Promise<LoadedProject> {
  const context = createContext(input.environment, options);
  const { problems } = context;
  const found = await findProject(context, input satisfies ProjectEnvironmentInput);
  const written = await readProject(context, {
    files: found.files.map((path) => ({ path })),
    folder: found.folder,
    environment: found.environment,
    chain: [],
  });
  problems.throwIfAny();
  if (written.entries.size === 0) {
    problems.error({
      code: 'compose.invalid',
      message: 'The Compose file is empty.',
      remedy: 'Add “services:” with at least one service.',
      position: written.position,
    });
    problems.throwIfAny();
  }

  await breathe(context);
  const whole = normalize(written, found.name, found.environment);
  const enabled = onlyEnabled(whole, found.profiles);
  const active = withoutUnused(await withServiceFiles(context, enabled, found.environment));
  // Faults in what is not active count too.
  decodeProject(without(whole, active), found.name, problems);
  checkSupported(active, problems);
  await breathe(context);
  const { project, positionOf } = decodeProject(active, found.name, problems);
  problems.throwIfAny();

  const defaultPlatform = found.environment.get('DOCKER_DEFAULT_PLATFORM')?.value || undefined;
  await breathe(context);
  const allServices = [...(servicesOf(whole)?.entries.keys() ?? [])];
  const disabled = new Set(allServices.filter((name) => !Object.hasOwn(project.services, name)));
  checkConsistency({ project, disabled, positionOf }, problems);
  problems.throwIfAny();
  await breathe(context);

  // Made when somebody asks: reading alone does not.
  let configHashes: LoadedProject['configHashes'] | undefined;
  return {
    project,
    folder: found.folder,
    composeFiles: found.files,
    envFiles: found.envFiles,
    files: [...context.filesRead],
    profiles: found.profiles,
    nameSeparator: isYes(found.environment.get('COMPOSE_COMPATIBILITY')?.value) ? '_' : '-',
    defaultPlatform,
    fetched: context.fetched,
    positionOf,
    originOf(path) {
      const position = positionOf(path);
      return position === undefined ? undefined : context.origins.get(position);
    },
    problems: problems.warnings,
    allServices,
    get configHashes() {
      configHashes ??= Object.fromEntries(
        Object.entries(project.services).map(([name, service]) => [
          name,
          serviceHash(hashedService(service, defaultPlatform), { labelFiles: labelFilesOf(whole, name) }),
        ]),
      );
      return configHashes;
    },
    servicesWithFiles: Object.keys(project.services).filter((name) => {
      const service = get(whole, 'services', name);
      return get(service, 'env_file') !== undefined || get(service, 'label_file') !== undefined;
    }),
    fromEnvironment: {
      secrets: contentsOf(active, 'secrets', found.environment),
      configs: contentsOf(active, 'configs', found.environment),
    },
  };
}

/** What Compose makes of a service before it takes its hash: a default platform counts for those that are built only. */
function hashedService(service: ComposeService, defaultPlatform: string | undefined): ComposeService {
  const built = service.build !== undefined && service.platform === undefined && defaultPlatform !== undefined;
  return withApiSocket(built ? { ...service, platform: defaultPlatform } : service);
}

/** The services and resources of one tree that another does not have. */
function without(root: MapNode, other: MapNode): MapNode {
  return mapValues(root, (section, key) =>
    isMap(section)
      ? mapValues(section, (value, name) => (get(other, key, name) === undefined ? value : undefined))
      : section,
  );
}

function onlyEnabled(root: MapNode, profiles: readonly string[]): MapNode {
  const services = servicesOf(root);
  if (services === undefined) return root;
  return withKey(
    root,
    'services',
    mapValues(services, (service) => (isEnabled(service, profiles) ? service : undefined)),
  );
}

async function withServiceFiles(context: LoadContext, root: MapNode, environment: Environment): Promise<MapNode> {
  const services = servicesOf(root);
  if (services === undefined) return root;
  const entries = new Map(services.entries);
  for (const [name, entry] of services.entries) {
    const { value } = entry;
    if (!isMap(value) || (!value.entries.has('env_file') && !value.entries.has('label_file'))) continue;
    entries.set(name, { ...entry, value: await readServiceFiles(context, value, environment) });
  }
  return withKey(root, 'services', { ...services, entries });
}

function labelFilesOf(root: MapNode, service: string): readonly string[] {
  const files = get(root, 'services', service, 'label_file');
  return isList(files) ? files.items.map((file) => stringOf(file) ?? '') : [];
}

function contentsOf(root: MapNode, section: string, environment: Environment): ReadonlyMap<string, string> {
  const contents = new Map<string, string>();
  const resources = get(root, section);
  for (const [name, { value }] of isMap(resources) ? resources.entries : []) {
    const variable = stringOf(get(value, 'environment'));
    const found = variable === undefined ? undefined : environment.get(variable)?.value;
    if (found !== undefined) contents.set(name, found);
  }
  return contents;
}
