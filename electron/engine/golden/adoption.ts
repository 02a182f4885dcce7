import { z } from 'zod';
import { scaleOf } from '../providers/docker/translate.ts';
import type { ContainerInfo, EnvironmentTarget } from '../providers/provider.ts';
import { composeLabels } from '../providers/provider.ts';
import type { Golden } from './context.ts';
import { upStates } from './decision.ts';
import { inspectVolume } from './engine-facts.ts';
import { type VolumeUser, volumeUsers } from './users.ts';
import type { DataVolume } from './volumes.ts';

/** What the engine and the journal must know to move volumes into the store, and back. */
export const adoptionSchema = z.object({
  volumes: z.array(
    z.object({
      key: z.string(),
      fileKey: z.string(),
      name: z.string(),
      labels: z.record(z.string(), z.string()),
    }),
  ),
  /** Services whose containers are made anew. */
  recreate: z.array(z.string()),
  /** How each of them was declared: its hash and scale. They must be made as they were, also in a later life. */
  declared: z.record(z.string(), z.string()).default({}),
  /** Anonymous volumes of those containers. */
  kept: z.array(z.object({ container: z.string(), name: z.string(), target: z.string(), readOnly: z.boolean() })),
  /** Running services, which stop and start again. */
  restart: z.array(z.string()),
  /** What is started again: those, and one-shots among the recreated that they wait for. */
  start: z.array(z.string()),
  /** What must be healthy then: what was before. */
  gate: z.array(z.string()),
});
export type Adoption = z.infer<typeof adoptionSchema>;

export interface AdoptionSurvey {
  /** Null when no volume can move. */
  readonly adoption: Adoption | null;
  /** Why plain volumes cannot move: one sentence by key. */
  readonly stay: ReadonlyMap<string, string>;
}

/** Which plain volumes can move into the store, and what that takes. Changes nothing. */
export async function surveyAdoption(
  golden: Golden,
  target: EnvironmentTarget,
  volumes: readonly DataVolume[],
  signal: AbortSignal,
): Promise<AdoptionSurvey> {
  const plain = volumes.filter((volume) => volume.kind === 'plain');
  const stay = new Map<string, string>();
  if (plain.length === 0) return { adoption: null, stay };
  const containers = await golden.runtime.containers(target, signal);
  const names = plain.map((volume) => volume.name);
  const users = await volumeUsers(target, names, golden.docker, signal);
  const move: Adoption['volumes'] = [];
  const services = new Set<string>();
  for (const volume of plain) {
    const facts = await inspectVolume(golden.docker(), volume.name, signal);
    const using = users.filter((user) => user.volumes.includes(volume.name));
    const own = [...new Set(using.flatMap((user) => user.service ?? []))];
    const { problems } = await golden.renewal.check(target, own.filter(declared(target)), signal);
    const reason =
      notOfCompose(target, volume, facts?.labels) ??
      strangers(target, volume, using) ??
      paused(volume, containers) ??
      notAsDeclared(volume, problems);
    if (reason !== null || facts === undefined) {
      stay.set(volume.key, reason ?? `Volume ${volume.key} went away meanwhile.`);
      continue;
    }
    const { key, fileKey, name } = volume;
    move.push({ key, fileKey, name, labels: { ...facts.labels } });
    for (const service of own) services.add(service);
  }
  if (move.length === 0) return { adoption: null, stay };
  const renewed = await golden.renewal.check(target, [...services], signal);
  const restart = [...new Set(containers.filter((each) => upStates.has(each.state)).map((each) => each.service))]
    .filter(declared(target))
    .sort();
  return {
    adoption: {
      volumes: move,
      recreate: [...renewed.services],
      declared: Object.fromEntries(renewed.services.map((service) => [service, declarationOf(target, service)])),
      kept: renewed.volumes.map((volume) => ({ ...volume })),
      restart,
      start: [...restart, ...awaitedOneShots(target, restart, renewed.services)],
      gate: restart.filter((service) =>
        containers.every(
          (each) =>
            each.service !== service ||
            (each.state === 'running' && (each.health === null || each.health.status === 'healthy')),
        ),
      ),
    },
    stay,
  };
}

/** What tells one declaration of a service from another, without what it says. */
function declarationOf(target: EnvironmentTarget, service: string): string {
  const found = target.project.services[service];
  return `${target.configHashes[service] ?? ''} ${found === undefined ? 0 : scaleOf(found)}`;
}

/** In a later life the variables of a shell are gone: with others it would be other containers that are made. */
export function changedDeclaration(adoption: Adoption, target: EnvironmentTarget): string | null {
  const changed = adoption.recreate.filter((service) => {
    const before = adoption.declared[service];
    return before !== undefined && before !== declarationOf(target, service);
  });
  if (changed.length === 0) return null;
  return `the files, or the variables in them, do not say the same of ${changed.join(', ')} any more.`;
}

const declared =
  (target: EnvironmentTarget) =>
  (service: string): boolean =>
    target.project.services[service] !== undefined;

function notOfCompose(
  target: EnvironmentTarget,
  volume: DataVolume,
  labels: Readonly<Record<string, string>> | undefined,
): string | null {
  if (labels?.[composeLabels.project] === target.projectName) return null;
  return `Volume ${volume.key} (${volume.name}) was not created by Compose for this project, so it stays where it is.`;
}

function strangers(target: EnvironmentTarget, volume: DataVolume, users: readonly VolumeUser[]): string | null {
  const found = users.find((user) => user.service === null || !declared(target)(user.service));
  if (found === undefined) return null;
  const what = !found.own
    ? 'which is not part of the stack'
    : found.service === null
      ? 'a container of `docker compose run`'
      : target.inactiveServices?.includes(found.service) === true
        ? 'of a service whose profile is not active'
        : 'of a service that is no longer in the file';
  return `Volume ${volume.key} is used by ${found.name}, ${what}. Remove that container to let it move.`;
}

/** The services restart together, and what somebody paused must not run after it. */
function paused(volume: DataVolume, containers: readonly ContainerInfo[]): string | null {
  const found = containers.find((each) => each.state === 'paused');
  return found === undefined ? null : `${found.service} is paused. Let it go on to let volume ${volume.key} move.`;
}

function notAsDeclared(
  volume: DataVolume,
  problems: readonly { readonly service: string; readonly reason: string }[],
): string | null {
  const [first] = problems;
  if (first === undefined) return null;
  return `The container of ${first.service} is not as the file declares it: ${first.reason}. Start the stack once to let volume ${volume.key} move.`;
}

/** A new container has not ended yet: what waits for its end needs it to run once more, as with `docker compose up`. */
function awaitedOneShots(
  target: EnvironmentTarget,
  restart: readonly string[],
  recreate: readonly string[],
): readonly string[] {
  const found = new Set<string>();
  const waiting = [...restart];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    for (const [other, { condition }] of Object.entries(target.project.services[name]?.depends_on ?? {})) {
      if (condition !== 'service_completed_successfully' || !recreate.includes(other) || found.has(other)) continue;
      if (restart.includes(other)) continue;
      found.add(other);
      waiting.push(other);
    }
  }
  return [...found].sort();
}
