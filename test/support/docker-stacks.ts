import { join } from 'node:path';
import { systemClock } from '../../electron/engine/platform/clock.ts';
import { systemFiles } from '../../electron/engine/platform/files.ts';
import { runProcess } from '../../electron/engine/platform/processes.ts';
import { newId } from '../../electron/engine/platform/random.ts';
import type { DockerClient } from '../../electron/engine/providers/docker/client.ts';
import { createDockerClient } from '../../electron/engine/providers/docker/client-create.ts';
import { parseEndpoint } from '../../electron/engine/providers/docker/endpoint.ts';
import { createDockerStacks, type DockerStacks } from '../../electron/engine/providers/docker/plan-stacks.ts';
import { systemPortHolders } from '../../electron/engine/providers/docker/ports-holders.ts';
import type { EnvironmentTarget, VolumePlacement } from '../../electron/engine/providers/provider.ts';
import { loadProject } from '../../electron/engine/stacks/compose/load.ts';
import { withPlatform } from '../../electron/engine/stacks/compose/platform.ts';
import { createStackOperations, type StackOperations } from '../../electron/engine/stacks/operations/index.ts';
import type { Plan } from '../../shared/contract/environments.ts';
import { type Ended, memoryJournal, type RunOptions, runOperation } from './operations.ts';

/** Plain volumes of the engine; remembers what it was asked to delete. */
export function plainPlacement(): VolumePlacement & { readonly discarded: string[] } {
  const discarded: string[] = [];
  return {
    discarded,
    place: async () => null,
    discard: async (_target, keys) => {
      discarded.push(...keys);
    },
    sizes: async () => ({}),
  };
}

export function connectClient(): DockerClient {
  const endpoint = parseEndpoint(process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock', null);
  if (endpoint === undefined) throw new Error('DOCKER_HOST is no address');
  return createDockerClient({ engineId: 'test', endpoint, environment: process.env });
}

export interface TestStacksOptions {
  readonly folder: string;
  readonly client?: DockerClient;
  readonly placement?: VolumePlacement;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A folder's stack with everything real but the golden store and the journal. */
export interface TestStacks {
  readonly client: DockerClient;
  readonly stacks: DockerStacks;
  readonly operations: StackOperations;
  readonly environmentId: string;
  /** Reads the files anew. */
  target(): Promise<EnvironmentTarget>;
  plan(action: Plan['action'], options?: { services?: string[]; volumes?: boolean }): Promise<Plan>;
  /** Runs one operation in one life; `state` says how it ended. */
  run<K extends keyof StackOperations>(
    kind: K,
    input?: Record<string, unknown>,
    options?: RunOptions,
  ): Promise<Ended & { readonly log: readonly string[] }>;
}

export function testStacks(options: TestStacksOptions): TestStacks {
  const client = options.client ?? connectClient();
  const environment = options.environment ?? {};
  const environmentId = `${options.folder.split('/').at(-1)}/main`;
  const variables = new WeakMap<EnvironmentTarget, Record<string, string>>();
  const signal = new AbortController().signal;

  async function target(): Promise<EnvironmentTarget> {
    const loaded = await loadProject({ folder: options.folder, environment }, { files: systemFiles });
    const made: EnvironmentTarget = {
      id: environmentId,
      stackName: loaded.project.name,
      name: 'main',
      class: 'development',
      folder: options.folder,
      files: loaded.composeFiles,
      workingFolder: loaded.folder,
      envFiles: loaded.envFiles,
      projectName: loaded.project.name,
      project: withPlatform(loaded.project, loaded.defaultPlatform),
      nameSeparator: loaded.nameSeparator,
      ...(loaded.defaultPlatform === undefined ? {} : { defaultPlatform: loaded.defaultPlatform }),
      inactiveServices: loaded.allServices.filter((name) => !Object.hasOwn(loaded.project.services, name)),
      configHashes: loaded.configHashes,
      excludedVolumes: [],
      gateTimeoutMs: 60_000,
      positionOf: loaded.positionOf,
    };
    const values: Record<string, string> = {};
    for (const [kind, contents] of [
      ['secrets', loaded.fromEnvironment.secrets],
      ['configs', loaded.fromEnvironment.configs],
    ] as const) {
      for (const [name, content] of contents) {
        const variable = loaded.project[kind]?.[name]?.environment;
        if (variable !== undefined) values[variable] = content;
      }
    }
    variables.set(made, values);
    return made;
  }

  const stacks = createDockerStacks({
    docker: () => client,
    placement: options.placement ?? plainPlacement(),
    files: systemFiles,
    run: runProcess,
    clock: systemClock,
    environment: { ...process.env, DOCKER_CONFIG: join(options.folder, '.docker') },
    portHolders: systemPortHolders(runProcess),
    owner: 'test',
    risks: () => [],
    variables: async (each) => variables.get(each) ?? {},
  });
  const operations = createStackOperations({ stacks, resolveTarget: target, resolveRunning: target });
  return {
    client,
    stacks,
    operations,
    environmentId,
    target,
    plan: async (action, planOptions = {}) => stacks.plan(await target(), action, planOptions, signal),
    async run(kind, input = {}, runOptions = {}) {
      const journal = memoryJournal(newId());
      const whole = { environmentId, ...input };
      // Each kind parses its own input; the union of their types says no more than that.
      const chosen = operations[kind] as StackOperations['up'];
      const ended = await runOperation(chosen, whole, journal, runOptions);
      return { ...ended, log: journal.log };
    },
  };
}

/** Runs and expects success. */
export async function runWell(
  stacks: TestStacks,
  kind: keyof StackOperations,
  input?: Record<string, unknown>,
): Promise<string> {
  const ended = await stacks.run(kind, input);
  if (ended.state === 'failed') throw ended.error;
  return ended.outcome.summary;
}
