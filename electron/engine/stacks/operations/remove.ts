import { z } from 'zod';
import { environmentClasses } from '../../../../shared/domain/names.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { OperationContext, OperationKind, StepContext } from '../../operations/types.ts';
import { describe, listAll } from '../../providers/docker/containers.ts';
import { discardContainer } from '../../providers/docker/containers-discard.ts';
import { listNetworks, removeNetwork } from '../../providers/docker/networks.ts';
import { assertFresh, assertPossible } from '../../providers/docker/plan.ts';
import { goesDown, projectNetworks, projectVolumes } from '../../providers/docker/plan-end.ts';
import { stopOne } from '../../providers/docker/runtime-start.ts';
import { volumeName } from '../../providers/docker/translate-mounts.ts';
import { listVolumes, removeVolume } from '../../providers/docker/volumes.ts';
import type { EnvironmentTarget } from '../../providers/provider.ts';
import { beforeSchema, bringBack, readBefore } from './before.ts';
import {
  type DownInput,
  downInput,
  nothing,
  type RemoveInput,
  removeInput,
  type StackOperationDeps,
  title,
} from './inputs.ts';

/** What removing needs to know, kept in the journal so that it can be finished when the files are gone or broken. */
const checkedSchema = z.object({
  before: beforeSchema,
  /** The services whose containers go; null: all of the project. */
  services: z.array(z.string()).nullable().default(null),
  /** Those of `compose run` go too. */
  oneOffs: z.boolean().default(true),
  reference: z.object({
    id: z.string(),
    stackName: z.string(),
    name: z.string(),
    class: z.enum(environmentClasses),
    folder: z.string(),
    files: z.array(z.string()),
    projectName: z.string(),
    gateTimeoutMs: z.number(),
    excludedVolumes: z.array(z.string()),
    volumes: z.array(z.object({ key: z.string(), name: z.string() })),
  }),
});
type Checked = z.infer<typeof checkedSchema>;

/** `stack.down`: containers and networks go, every volume stays. */
export function stackDown(deps: StackOperationDeps): OperationKind<DownInput> {
  return {
    kind: 'stack.down',
    input: downInput,
    title: (input) => title('Take down', input),
    environmentId: (input) => input.environmentId,
    run: async (input, context) => {
      await takeDown(deps, { ...input, volumes: false }, context, 'down', input.removeOrphans === true);
      return { summary: `${input.environmentId} is taken down; its data is kept.` };
    },
    undo: undoTakeDown(deps),
  };
}

/** `stack.remove`: as down; with `volumes` the data goes last, and only by a plan that was seen. */
export function stackRemove(deps: StackOperationDeps): OperationKind<RemoveInput> {
  return {
    kind: 'stack.remove',
    input: removeInput,
    title: (input) => `${title('Remove', input)}${input.volumes ? ' with its data' : ''}`,
    environmentId: (input) => input.environmentId,
    run: async (input, context) => {
      await takeDown(deps, input, context, 'remove');
      return {
        summary: input.volumes
          ? `${input.environmentId} and its data are removed.`
          : `${input.environmentId} is removed; its data is kept.`,
      };
    },
    undo: undoTakeDown(deps),
  };
}

function undoTakeDown(deps: StackOperationDeps): OperationKind<{ readonly environmentId: string }>['undo'] {
  return async (input, context) => {
    const checked = context.recorded('check', checkedSchema);
    if (checked === undefined || !context.begun('stop')) return;
    await context.step('bring-back', 'Start what was running', (step) =>
      bringBack(deps, input.environmentId, checked.before, step),
    );
  };
}

async function takeDown(
  deps: StackOperationDeps,
  input: RemoveInput,
  context: OperationContext,
  action: 'down' | 'remove',
  removeOrphans = false,
): Promise<void> {
  const { stacks } = deps;
  let resolved: EnvironmentTarget | undefined;
  const checked = await context.step('check', { title: 'Check', result: checkedSchema }, async (step) => {
    resolved = await deps.resolveRunning(input.environmentId, step.signal, input.invocation);
    return check(deps, resolved, input, { action, removeOrphans }, step);
  });
  const { reference } = checked;
  const target = resolved ?? bareTarget(checked);
  await context.step('stop', { title: 'Stop services', result: nothing }, async (step) => {
    await stacks.runtime.stop(target, checked.services ?? undefined, step, step.signal);
    return {};
  });
  context.pointOfNoReturn();
  await context.step('containers', { title: 'Remove containers', result: nothing }, async (step) => {
    await removeContainers(deps, checked, input.volumes, step);
    return {};
  });
  await context.step('networks', { title: 'Remove networks', result: nothing }, async (step) => {
    const client = stacks.docker();
    const networks = projectNetworks(reference, { networks: await listNetworks(client, step.signal) });
    for (const network of networks) {
      const result = await removeNetwork(client, network.Id, network.Name, step.signal);
      if (result === 'in-use') step.log(`Network ${network.Name} stays: something else uses it.`);
    }
    return {};
  });
  if (!input.volumes) return;
  await context.step('volumes', { title: 'Remove volumes', result: nothing }, async (step) => {
    await removeVolumes(deps, reference, step);
    return {};
  });
  await context.step('data', { title: 'Delete data', result: nothing }, async (step) => {
    const keys = reference.volumes.map((volume) => volume.key);
    if (keys.length > 0) await stacks.placement.discard(bareTarget(checked), keys, step.signal);
    return {};
  });
}

async function check(
  deps: StackOperationDeps,
  target: EnvironmentTarget,
  input: RemoveInput,
  { action, removeOrphans }: { readonly action: 'down' | 'remove'; readonly removeOrphans: boolean },
  step: StepContext,
): Promise<Checked> {
  const { stacks } = deps;
  const plan = await stacks.plan(target, action, { volumes: input.volumes, removeOrphans }, step.signal);
  if (input.volumes && input.planHash === undefined) {
    throw new AppError({
      code: 'guard.refused',
      message: `Deleting the data of ${target.id} needs the plan that says what goes.`,
      remedy: 'Look at the plan and confirm it.',
      details: { plan },
    });
  }
  assertFresh(input.planHash, plan);
  assertPossible(plan.problems);
  for (const each of plan.changes) step.log(`${each.action} ${each.resource} ${each.name}: ${each.reason}`);
  const own = projectVolumes(target, { volumes: await listVolumes(stacks.docker(), step.signal) });
  const volumes = new Map(own.map(({ key, volume }) => [key, volume.Name]));
  // Data whose volume object somebody removed by hand goes too; what others own or is external does not.
  const present = new Set(plan.changes.filter((each) => each.resource === 'volume').map((each) => each.name));
  for (const [key, volume] of Object.entries(target.project.volumes ?? {})) {
    const name = volumeName(target.project, key);
    if (volume?.external !== true && !present.has(name)) volumes.set(key, name);
  }
  const before = await readBefore(stacks, target, step.signal);
  const there = (await listAll(stacks.docker(), step.signal)).filter((each) => each.projectName === target.projectName);
  const services = [...new Set(there.flatMap((each) => (each.service === null ? [] : [each.service])))];
  return {
    before,
    oneOffs: action === 'remove' || removeOrphans,
    services: action === 'remove' ? null : services.filter((name) => goesDown(target, name, removeOrphans)),
    reference: {
      id: target.id,
      stackName: target.stackName,
      name: target.name,
      class: target.class,
      folder: target.folder,
      files: [...target.files],
      projectName: target.projectName,
      gateTimeoutMs: target.gateTimeoutMs,
      excludedVolumes: [...target.excludedVolumes],
      volumes: [...volumes].map(([key, name]) => ({ key, name })),
    },
  };
}

/** The target as far as the journal knows it: no services, no configuration. */
function bareTarget({ reference }: Checked): EnvironmentTarget {
  const { volumes, ...rest } = reference;
  return {
    ...rest,
    project: {
      name: reference.projectName,
      services: {},
      volumes: Object.fromEntries(volumes.map(({ key, name }) => [key, { name }])),
    },
    configHashes: {},
  };
}

async function removeContainers(
  deps: StackOperationDeps,
  { services, oneOffs, reference }: Checked,
  anonymousVolumes: boolean,
  step: StepContext,
): Promise<void> {
  const client = deps.stacks.docker();
  const mine = (await listAll(client, step.signal)).filter(
    (each) =>
      each.projectName === reference.projectName &&
      (oneOffs || !each.oneOff) &&
      (services === null || (each.service !== null && services.includes(each.service))),
  );
  let done = 0;
  await Promise.all(
    mine.map(async (each) => {
      const found = await describe(client, each.id, step.signal);
      // Those of `compose run` were not stopped with the services.
      if (found !== undefined && each.oneOff) await stopOne({ client }, undefined, found, step.signal);
      if (found !== undefined) await discardContainer(client, found, { volumes: anonymousVolumes }, step.signal);
      done += 1;
      step.progress(done, mine.length, 'items');
    }),
  );
}

async function removeVolumes(
  deps: StackOperationDeps,
  reference: Checked['reference'],
  step: StepContext,
): Promise<void> {
  const client = deps.stacks.docker();
  const own = projectVolumes(reference, { volumes: await listVolumes(client, step.signal) });
  for (const { key, volume } of own) {
    // Only what the confirmed plan named.
    if (!reference.volumes.some((each) => each.key === key && each.name === volume.Name)) continue;
    step.detail(`Removing volume ${volume.Name}`);
    const result = await removeVolume(client, volume.Name, step.signal);
    if (result === 'removed') continue;
    throw new AppError({
      code: 'docker.conflict',
      message: `The volume ${volume.Name} is used by a container that is not part of this stack.`,
      remedy: 'Remove that container, then remove the stack again.',
      details: { volume: volume.Name },
    });
  }
}
