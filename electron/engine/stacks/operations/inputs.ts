import { z } from 'zod';
import { environmentId, serviceName } from '../../../../shared/contract/common.ts';
import type { DockerStacks } from '../../providers/docker/plan-stacks.ts';
import type { ResolveTarget } from '../../providers/provider.ts';

export interface StackOperationDeps {
  readonly stacks: DockerStacks;
  /** What the files declare; refuses when they are not valid. */
  readonly resolveTarget: ResolveTarget;
  /** For stopping and removing: what runs, even when the files can no longer be read. */
  readonly resolveRunning: ResolveTarget;
}

export const servicesInput = z.object({
  environmentId,
  services: z.array(serviceName).min(1).optional(),
});
export type ServicesInput = z.infer<typeof servicesInput>;

export const upInput = servicesInput.extend({ planHash: z.string().optional() });
export type UpInput = z.infer<typeof upInput>;

export const downInput = z.object({ environmentId, removeOrphans: z.boolean().optional() });
export type DownInput = z.infer<typeof downInput>;

export const removeInput = z.object({
  environmentId,
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
