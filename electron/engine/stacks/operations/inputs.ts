import { z } from 'zod';
import { environmentId, serviceName } from '../../../../shared/contract/common.ts';
import type { DockerStacks } from '../../providers/docker/plan-stacks.ts';
import type { ResolveTarget } from '../../providers/provider.ts';

type ResolveInvoked = (environmentId: string, signal: AbortSignal, invocation?: string) => ReturnType<ResolveTarget>;

export interface StackOperationDeps {
  readonly stacks: DockerStacks;
  /** What the files declare; refuses when they are not valid. */
  readonly resolveTarget: ResolveInvoked;
  /** For stopping and removing: what runs, even when the files can no longer be read. */
  readonly resolveRunning: ResolveInvoked;
  /** From now on the stack is read as this operation was asked for. */
  readonly remember?: (environmentId: string, invocation: string | undefined) => void;
}

/** How it was asked for, by a key that opens nothing after a restart: variables do not go into the journal. */
const invocation = z.string().optional();

export const servicesInput = z.object({
  environmentId,
  invocation,
  services: z.array(serviceName).min(1).optional(),
});
export type ServicesInput = z.infer<typeof servicesInput>;

export const upInput = servicesInput.extend({ planHash: z.string().optional() });
export type UpInput = z.infer<typeof upInput>;

export const downInput = z.object({ environmentId, invocation, removeOrphans: z.boolean().optional() });
export type DownInput = z.infer<typeof downInput>;

export const removeInput = z.object({
  environmentId,
  invocation,
  volumes: z.boolean(),
  planHash: z.string().optional(),
});
export type RemoveInput = z.infer<typeof removeInput>;

/** `Start shop/main`, or `Start db and api of shop/main`. */
export function title(verb: string, input: ServicesInput): string {
  if (input.services === undefined) return `${verb} ${input.environmentId}`;
  const names = input.services.length > 3 ? `${input.services.length} services` : listed(input.services);
  return `${verb} ${names} of ${input.environmentId}`;
}

export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

export const nothing = z.object({}).readonly();
