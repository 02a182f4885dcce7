import { resolve } from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import { type EnvironmentTarget, labels, type Progress } from '../provider.ts';
import type { ApplyDeps } from './apply.ts';
import { isConflict } from './client-errors.ts';
import { createContainer, type Existing, renameContainer } from './containers.ts';
import { inOrder, neededToCreate } from './order.ts';
import { type PlannedUp, serviceContents } from './plan.ts';
import { expectedHash } from './plan-config-hash.ts';
import type { ContainerDecision } from './plan-decide.ts';
import { filesLabel, fingerprint, serviceFiles } from './secrets.ts';
import { containerName, imageName, scaleOf, seccompProfiles, translateService } from './translate.ts';
import type { InheritedVolume } from './translate-mounts.ts';

interface Job {
  readonly target: EnvironmentTarget;
  readonly session: string;
  readonly planned: PlannedUp;
  /** Anonymous volumes for a container that has no predecessor to take them from, by the container's name. */
  readonly inherited?: (containerName: string) => readonly InheritedVolume[];
}

/** Creates what is missing and the successors of what changed. Every old container keeps running, under another name. */
export async function createRecreated(
  deps: ApplyDeps,
  job: Job,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { target, planned } = job;
  const firstIds = new Map<string, string>();
  for (const [name, list] of planned.decisions) {
    const kept = list.find((decision) => decision.kind === 'keep');
    if (kept !== undefined) firstIds.set(name, kept.existing.info.id);
  }
  const todo = [...planned.decisions.values()].flat().filter((decision) => decision.kind !== 'remove');
  let done = 0;
  await inOrder(
    planned.order,
    (name) => neededToCreate(target.project, name),
    async (name, stop) => {
      for (const decision of planned.decisions.get(name) ?? []) {
        if (decision.kind === 'remove') continue;
        const id = await settle(deps, job, name, decision, firstIds, progress, stop);
        if (!firstIds.has(name)) firstIds.set(name, id);
        done += 1;
        progress.progress(done, todo.length, 'items');
      }
    },
    signal,
  );
}

async function settle(
  deps: ApplyDeps,
  job: Job,
  serviceName: string,
  decision: Exclude<ContainerDecision, { kind: 'remove' }>,
  firstIds: ReadonlyMap<string, string>,
  progress: Progress,
  signal: AbortSignal,
): Promise<string> {
  const client = deps.docker();
  if (decision.kind === 'keep') {
    const { info } = decision.existing;
    if (info.name !== decision.name) await renameContainer(client, info.id, decision.name, signal);
    return info.id;
  }
  progress.detail(`${decision.kind === 'create' ? 'Creating' : 'Recreating'} ${decision.name}`);
  const old = decision.kind === 'recreate' ? decision.existing : undefined;
  const spec = await specFor(deps, job, serviceName, decision.number, old, firstIds, signal);
  for (const folder of spec.hostFolders) await deps.files.makeFolder(folder);
  const moved = old !== undefined && old.asideOf === null;
  if (moved) await setAside(client, old, signal);
  try {
    return await createContainer(client, spec, signal);
  } catch (error) {
    // The old one has its name back at once; should that fail too, the operation's undo does it.
    if (moved)
      await renameContainer(client, old.info.id, old.info.name, AbortSignal.timeout(10_000)).catch(() => undefined);
    if (isConflict(error)) throw nameTaken(serviceName, spec.name, error);
    throw error;
  }
}

async function setAside(client: ReturnType<ApplyDeps['docker']>, old: Existing, signal: AbortSignal): Promise<void> {
  await renameContainer(client, old.info.id, `${old.info.id.slice(0, 12)}_${old.info.name}`, signal);
}

async function specFor(
  deps: ApplyDeps,
  job: Job,
  serviceName: string,
  number: number,
  old: Existing | undefined,
  firstIds: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<ReturnType<typeof translateService>> {
  const { target, planned } = job;
  const service = target.project.services[serviceName];
  const image = planned.state.images.get(imageName(target, serviceName));
  if (service === undefined || image === undefined) {
    throw new AppError({
      code: 'docker.image-missing',
      message: `The image ${imageName(target, serviceName)} of ${serviceName} is not here.`,
      remedy: 'Start the stack again: it fetches or builds what is missing.',
    });
  }
  const contents = await serviceContents(deps, target, serviceName, planned.state.local, signal);
  const print = fingerprint(contents);
  const profiles = new Map<string, string>();
  for (const path of seccompProfiles(service))
    profiles.set(path, await readProfile(deps, serviceName, target.workingFolder ?? target.folder, path, signal));
  return translateService({
    target,
    serviceName,
    service,
    number,
    api: planned.state.api,
    imageId: image.id,
    configHash: expectedHash(target, serviceName, (other) => firstIds.get(other)) ?? '',
    imageVolumes: image.volumes,
    files: serviceFiles(target.project, serviceName, service, planned.state.local),
    inherited:
      old === undefined
        ? (job.inherited?.(containerName(target, serviceName, number)) ?? [])
        : inheritedFrom(old, serviceFolders(target, serviceName, planned.state.local)),
    containerNames: (other) => namesOf(target, other),
    containerId: (other) => firstIds.get(other) ?? containerName(target, other, 1),
    profiles,
    replaces: old !== undefined,
    extraLabels: {
      [labels.session]: job.session,
      [labels.owner]: deps.owner,
      ...(print === undefined ? {} : { [filesLabel]: print }),
    },
  });
}

export function serviceFolders(target: EnvironmentTarget, serviceName: string, local: boolean): readonly string[] {
  const service = target.project.services[serviceName];
  return service === undefined ? [] : serviceFiles(target.project, serviceName, service, local).folders;
}

/** Volumes of the old container go on in the new one; those made for copied files are made anew. */
export function inheritedFrom(old: Existing, fileFolders: readonly string[]): readonly InheritedVolume[] {
  return old.info.mounts.flatMap((mount) =>
    mount.type === 'volume' && mount.name !== null && !fileFolders.includes(mount.target)
      ? [{ name: mount.name, target: mount.target, readOnly: mount.readOnly }]
      : [],
  );
}

function namesOf(target: EnvironmentTarget, serviceName: string): readonly string[] {
  const service = target.project.services[serviceName];
  if (service === undefined) return [];
  return Array.from({ length: scaleOf(service) }, (_, index) => containerName(target, serviceName, index + 1));
}

/** The engine takes a profile's JSON, not its path. */
async function readProfile(
  deps: ApplyDeps,
  serviceName: string,
  folder: string,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    return JSON.stringify(JSON.parse(await deps.files.readText(resolve(folder, path), signal)));
  } catch (cause) {
    throw new AppError(
      {
        code: 'compose.file-missing',
        message: `The seccomp profile ${path} of ${serviceName} cannot be read as JSON.`,
        remedy: 'Correct the path or the file.',
        details: { path },
      },
      { cause },
    );
  }
}

function nameTaken(serviceName: string, name: string, cause: unknown): AppError {
  return new AppError(
    {
      code: 'docker.conflict',
      message: `${serviceName} needs the container name ${name}, which another container has taken meanwhile.`,
      remedy: 'Remove or rename that container, then start the stack again.',
      details: { service: serviceName, container: name },
    },
    { cause },
  );
}
