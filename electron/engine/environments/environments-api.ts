import type { Change, Plan } from '../../../shared/contract/environments.ts';
import type { EngineApi } from '../api.ts';
import type { OperationKind, Operations } from '../operations/types.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import type { Environments } from './service.ts';

type PlanAction = Plan['action'];

/** The operations on a whole stack, made by stacks/operations. */
export interface StackKinds {
  readonly up: OperationKind<{ environmentId: string; services?: string[] | undefined; planHash?: string | undefined }>;
  readonly stop: OperationKind<{ environmentId: string; services?: string[] | undefined }>;
  readonly restart: OperationKind<{ environmentId: string; services?: string[] | undefined }>;
  readonly pull: OperationKind<{ environmentId: string; services?: string[] | undefined }>;
  readonly down: OperationKind<{ environmentId: string; removeOrphans?: boolean | undefined }>;
  readonly remove: OperationKind<{ environmentId: string; volumes: boolean; planHash?: string | undefined }>;
}

export interface EnvironmentsApiDeps {
  readonly environments: Environments;
  readonly operations: Operations;
  readonly kinds: StackKinds;
  readonly plan: (
    target: EnvironmentTarget,
    action: PlanAction,
    options: { readonly services?: readonly string[] | undefined; readonly volumes: boolean },
    signal: AbortSignal,
  ) => Promise<Plan>;
  /** Volumes that are there already, outside the store. */
  readonly plainVolumes: (target: EnvironmentTarget, signal: AbortSignal) => Promise<Change[]>;
}

export function createEnvironmentsApi(deps: EnvironmentsApiDeps): EngineApi['environments'] {
  const { environments, operations, kinds } = deps;
  return {
    list: async () => environments.list(),
    get: async ({ environmentId }) => environments.get(environmentId),
    async plan({ environmentId, action, services, volumes }, { signal }) {
      const resolve = action === 'up' ? environments.resolveTarget : environments.resolveRunning;
      const target = await resolve(environmentId, signal);
      const plan = await deps.plan(target, action, { services, volumes }, signal);
      return action === 'up' ? { ...plan, keeps: await deps.plainVolumes(target, signal) } : plan;
    },
    async up(input, { signal }) {
      // Reading the files first gives a refusal its place before anything is written down as started.
      await environments.resolveTarget(input.environmentId, signal);
      return operations.start(kinds.up, input);
    },
    stop: async (input) => operations.start(kinds.stop, known(environments, input)),
    restart: async (input) => operations.start(kinds.restart, known(environments, input)),
    async pull(input, { signal }) {
      await environments.resolveTarget(input.environmentId, signal);
      return operations.start(kinds.pull, input);
    },
    down: async (input) => operations.start(kinds.down, known(environments, input)),
    remove: async (input) => operations.start(kinds.remove, known(environments, input)),
  };
}

/** Refuses an environment nobody added, before an operation is made of it. */
function known<I extends { readonly environmentId: string }>(environments: Environments, input: I): I {
  environments.row(input.environmentId);
  return input;
}
