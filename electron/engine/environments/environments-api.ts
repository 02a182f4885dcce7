import type { Change, Plan } from '../../../shared/contract/environments.ts';
import type { Invocation } from '../../../shared/contract/invocation.ts';
import type { Call, EngineApi } from '../api.ts';
import { startedBy } from '../operations/started-by.ts';
import type { OperationKind, Operations } from '../operations/types.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import type { Invocations } from './invocations.ts';
import type { Environments } from './service.ts';

type PlanAction = Plan['action'];

/** The operations on a whole stack, made by stacks/operations. */
export interface StackKinds {
  readonly up: OperationKind<WithServices & { planHash?: string | undefined }>;
  readonly stop: OperationKind<WithServices>;
  readonly restart: OperationKind<WithServices>;
  readonly pull: OperationKind<WithServices>;
  readonly down: OperationKind<OnOne & { removeOrphans?: boolean | undefined }>;
  readonly remove: OperationKind<OnOne & { volumes: boolean; planHash?: string | undefined }>;
}

interface OnOne {
  readonly environmentId: string;
  /** The key of how it was asked for. */
  readonly invocation?: string | undefined;
}

interface WithServices extends OnOne {
  readonly services?: string[] | undefined;
}

export interface EnvironmentsApiDeps {
  readonly environments: Environments;
  readonly invocations: Invocations;
  readonly operations: Operations;
  readonly kinds: StackKinds;
  readonly plan: (
    target: EnvironmentTarget,
    action: PlanAction,
    options: {
      readonly services?: readonly string[] | undefined;
      readonly volumes: boolean;
      readonly removeOrphans?: boolean | undefined;
    },
    signal: AbortSignal,
  ) => Promise<Plan>;
  /** Somebody took services into their own hands; null: all of them. */
  readonly onByHand: (environmentId: string, services: readonly string[] | null) => void;
  /** Volumes that are there already, outside the store. */
  readonly plainVolumes: (target: EnvironmentTarget, signal: AbortSignal) => Promise<Change[]>;
}

export function createEnvironmentsApi(deps: EnvironmentsApiDeps): EngineApi['environments'] {
  const { environments, operations, kinds } = deps;
  const start = <I extends Invoked>(
    kind: OperationKind<Omit<I, 'invocation'> & { invocation?: string }>,
    input: I,
    { actor }: Call,
  ) => {
    // Refuses an environment nobody added, before an operation is made of it.
    environments.row(input.environmentId);
    const { invocation, ...rest } = input;
    const key = deps.invocations.keep(invocation);
    return operations.start(kind, { ...rest, ...(key === undefined ? {} : { invocation: key }) }, startedBy(actor));
  };
  return {
    list: async () => environments.list(),
    get: async ({ environmentId }) => environments.get(environmentId),
    async plan({ environmentId, action, services, volumes, removeOrphans, invocation }, { signal }) {
      const resolve = action === 'up' ? environments.resolveTarget : environments.resolveRunning;
      const target = await resolve(environmentId, signal, invocation);
      const plan = await deps.plan(target, action, { services, volumes, removeOrphans }, signal);
      return action === 'up' ? { ...plan, keeps: await deps.plainVolumes(target, signal) } : plan;
    },
    async up(input, call) {
      // Reading the files first gives a refusal its place before anything is written down as started.
      await environments.resolveTarget(input.environmentId, call.signal, input.invocation);
      return start(kinds.up, input, call);
    },
    async stop(input, call) {
      deps.onByHand(input.environmentId, input.services ?? null);
      return start(kinds.stop, input, call);
    },
    async restart(input, call) {
      deps.onByHand(input.environmentId, input.services ?? null);
      return start(kinds.restart, input, call);
    },
    async pull(input, call) {
      await environments.resolveTarget(input.environmentId, call.signal, input.invocation);
      return start(kinds.pull, input, call);
    },
    down: async (input, call) => start(kinds.down, input, call),
    remove: async (input, call) => start(kinds.remove, input, call),
  };
}

interface Invoked {
  readonly environmentId: string;
  readonly invocation?: Invocation | undefined;
}
