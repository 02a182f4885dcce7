import { z } from 'zod';
import type { StepContext } from '../../operations/types.ts';
import type { DockerClient } from '../../providers/docker/client.ts';
import { listAll, projectContainers, renameContainer, startContainer } from '../../providers/docker/containers.ts';
import { discardContainer } from '../../providers/docker/containers-discard.ts';
import { runHooks } from '../../providers/docker/hooks.ts';
import { listNetworks, removeNetwork } from '../../providers/docker/networks.ts';
import { selectWithDependencies } from '../../providers/docker/order.ts';
import type { DockerStacks } from '../../providers/docker/plan-stacks.ts';
import { hookPending, stopOne } from '../../providers/docker/runtime-start.ts';
import { type EnvironmentTarget, labels } from '../../providers/provider.ts';
import type { StackOperationDeps } from './inputs.ts';

/**
 * What an operation found and how to bring it back. It holds ids and names only: no configuration and no secret goes
 * into the journal, and undoing needs no valid Compose file.
 */
export const beforeSchema = z.object({
  projectName: z.string(),
  /** In start order. */
  containers: z.array(
    z.object({ id: z.string(), name: z.string(), service: z.string().optional(), running: z.boolean() }),
  ),
});
export type Before = z.infer<typeof beforeSchema>;

export async function readBefore(
  stacks: DockerStacks,
  target: EnvironmentTarget,
  signal: AbortSignal,
): Promise<Before> {
  const client = stacks.docker();
  const found = await projectContainers(client, target.projectName, await listAll(client, signal), signal);
  const order = selectWithDependencies(target.project, undefined);
  const place = (service: string): number => (order.includes(service) ? order.indexOf(service) : order.length);
  return {
    projectName: target.projectName,
    containers: [...found]
      .sort((a, b) => place(a.info.service) - place(b.info.service))
      .map(({ info }) => ({
        id: info.id,
        name: info.name,
        service: info.service,
        running: info.state === 'running' || info.state === 'restarting' || info.state === 'paused',
      })),
  };
}

/** Removes what the operation created. Containers only: volumes and their data are never taken back. */
export async function removeCreated(
  stacks: DockerStacks,
  before: Before,
  session: string,
  step: StepContext,
): Promise<void> {
  const client = stacks.docker();
  const listed = await listAll(client, step.signal);
  const found = await projectContainers(client, before.projectName, listed, step.signal);
  const known = new Set(before.containers.map((each) => each.id));
  const created = found.filter((each) => each.info.labels[labels.session] === session && !known.has(each.info.id));
  await Promise.all(
    created.map(async (each) => {
      step.detail(`Removing ${each.info.name}`);
      await stopOne({ client }, undefined, each, step.signal);
      // Anonymous volumes may have come from the container before.
      await discardContainer(client, each, { volumes: false }, step.signal);
    }),
  );
}

/**
 * Gives the containers that were there their names back, starts those that ran and stops those that did not. Their
 * post_start hooks are those of the files now; when these cannot be read, that is said and nothing more.
 */
export async function bringBack(
  { stacks, resolveRunning }: StackOperationDeps,
  environmentId: string,
  before: Before,
  step: StepContext,
): Promise<void> {
  const client = stacks.docker();
  const declared = await resolveRunning(environmentId, step.signal).catch(() => undefined);
  step.signal.throwIfAborted();
  const listed = await listAll(client, step.signal);
  const found = await projectContainers(client, before.projectName, listed, step.signal);
  const now = new Map(found.map((each) => [each.info.id, each]));
  const failures: unknown[] = [];
  for (const was of before.containers) {
    const each = now.get(was.id);
    if (each === undefined) continue;
    try {
      if (each.info.name !== was.name) await renameContainer(client, was.id, was.name, step.signal);
      if (!was.running) {
        if (each.info.state === 'running') await stopOne({ client }, undefined, each, step.signal);
      } else if ((each.info.state !== 'running' && each.info.state !== 'paused') || hookPending(step, was.id)) {
        step.detail(`Starting ${was.name}`);
        await startWithHooks(client, was, declared, step);
      }
    } catch (error) {
      step.signal.throwIfAborted();
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function startWithHooks(
  client: DockerClient,
  was: Before['containers'][number],
  declared: EnvironmentTarget | undefined,
  step: StepContext,
): Promise<void> {
  const service = was.service ?? '';
  const hooks = declared?.project.services[service]?.post_start ?? [];
  if (hooks.length > 0) step.note(`starting ${was.id}`);
  await startContainer(client, was.id, was.name, step.signal);
  if (declared === undefined)
    step.log(`The files cannot be read: if ${was.name} has post_start hooks, they were not run.`);
  const log = (line: string): void => step.log(line);
  await runHooks(client, 'post_start', { id: was.id, name: was.name, service }, hooks, log, step.signal);
  if (hooks.length > 0) step.note(`hooked ${was.id}`);
}

/** Removes the networks that the operation created, unless something uses them by now. */
export async function removeCreatedNetworks(stacks: DockerStacks, session: string, step: StepContext): Promise<void> {
  const client = stacks.docker();
  for (const network of await listNetworks(client, step.signal)) {
    if (network.Labels?.[labels.session] !== session) continue;
    await removeNetwork(client, network.Id, network.Name, step.signal);
  }
}
