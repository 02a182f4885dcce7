import type { Plan } from '../../../../shared/contract/environments.ts';
import type { ContainerInfo, EnvironmentTarget, Progress, StackRuntime } from '../provider.ts';
import { type Apply, type ApplyDeps, createApply, fileArchives, portTaken, waitUp } from './apply.ts';
import type { CurrentDocker } from './client.ts';
import { describeReplaced, networksToReplace, type ReplacedNetworks } from './networks-replace.ts';
import { decideUp, type PlanAction, type PlanOptions, planEnvironment } from './plan.ts';
import { driftOf, type ServiceDrift } from './plan-drift.ts';
import { isLocal } from './plan-state.ts';
import { pullStack, type StackImage } from './pull-stack.ts';
import { type ContainerRenewal, createContainerRenewal } from './renewal.ts';
import { createStackRuntime } from './runtime.ts';

/** Stacks on a Docker engine: plans, what carries them out, and control of what is there. */
export interface DockerStacks {
  readonly docker: CurrentDocker;
  plan(target: EnvironmentTarget, action: PlanAction, options: PlanOptions, signal: AbortSignal): Promise<Plan>;
  drift(target: EnvironmentTarget, containers: readonly ContainerInfo[]): Readonly<Record<string, ServiceDrift>>;
  /** The networks that bringing these services up will make anew, as they are now. */
  replacedNetworks(
    target: EnvironmentTarget,
    services: readonly string[] | undefined,
    signal: AbortSignal,
  ): Promise<ReplacedNetworks>;
  readonly apply: Apply;
  /** Asks the registries for newer images. Starts and replaces nothing. */
  pull(
    request: { readonly target: EnvironmentTarget; readonly services: readonly string[] | undefined },
    progress: Progress,
    signal: AbortSignal,
  ): Promise<readonly StackImage[]>;
  /** Waits until these services (all, when none is named) are up; throws the first failure. */
  waitUp(
    target: EnvironmentTarget,
    services: readonly string[] | undefined,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<void>;
  readonly runtime: StackRuntime;
  readonly renewal: ContainerRenewal;
  readonly placement: ApplyDeps['placement'];
  readonly clock: ApplyDeps['clock'];
}

export function createDockerStacks(deps: ApplyDeps): DockerStacks {
  const never = new AbortController().signal;
  return {
    docker: deps.docker,
    plan: (target, action, options, signal) => planEnvironment(deps, target, action, options, signal),
    drift: driftOf,
    async replacedNetworks(target, services, signal) {
      const { order, state } = await decideUp(deps, target, services, signal);
      return describeReplaced(networksToReplace(target, order, state), state);
    },
    apply: createApply(deps),
    pull: (request, progress, signal) => pullStack(deps, request, progress, signal),
    waitUp: (target, services, progress, signal) => waitUp(deps, target, services, progress, signal),
    runtime: createStackRuntime({
      docker: deps.docker,
      clock: deps.clock,
      files: (target, name) => fileArchives(deps, target, name, isLocal(deps.docker()), never),
      portTaken: (target, name, said, signal) => portTaken(deps, target, name, said, signal),
    }),
    renewal: createContainerRenewal(deps),
    placement: deps.placement,
    clock: deps.clock,
  };
}
