import type { EnvironmentTarget, Progress } from '../provider.ts';
import type { ApplyDeps } from './apply.ts';
import { createRecreated, inheritedFrom, serviceFolders } from './apply-containers.ts';
import { listAll, projectContainers } from './containers.ts';
import { discardContainer } from './containers-discard.ts';
import { sharedFrom } from './order.ts';
import { decideUp } from './plan.ts';
import type { ContainerDecision } from './plan-decide.ts';
import { imageName } from './translate.ts';

/** A volume of a container that its file does not name; it goes on in the container that takes its place. */
export interface KeptVolume {
  readonly container: string;
  readonly name: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface RenewalCheck {
  /** Those of the services that have containers, and those that share namespaces or volumes with them. */
  readonly services: readonly string[];
  /** What speaks against making their containers anew, one clause per service. */
  readonly problems: readonly { readonly service: string; readonly reason: string }[];
  readonly volumes: readonly KeptVolume[];
}

/**
 * Removes containers and makes the same ones again, for what the engine cannot do while a container exists. Between the
 * two there is none, so everything that could go wrong with making them is looked at first.
 */
export interface ContainerRenewal {
  check(target: EnvironmentTarget, services: readonly string[], signal: AbortSignal): Promise<RenewalCheck>;
  /** Removes every container of these services; volumes stay, the anonymous ones too. Idempotent. */
  remove(
    target: Pick<EnvironmentTarget, 'projectName'>,
    services: readonly string[],
    progress: Progress,
    signal: AbortSignal,
  ): Promise<void>;
  /** Creates what is missing of these services, as the files declare it, and starts nothing. Idempotent. */
  create(
    target: EnvironmentTarget,
    services: readonly string[],
    volumes: readonly KeptVolume[],
    session: string,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<void>;
}

export function createContainerRenewal(deps: ApplyDeps): ContainerRenewal {
  return {
    async check(target, services, signal) {
      const wanted = [...withSharers(target, services)].sort();
      const { decisions, state } = await decideUp(deps, target, wanted, signal);
      const problems: { service: string; reason: string }[] = [];
      const present: string[] = [];
      const volumes: KeptVolume[] = [];
      for (const service of wanted) {
        const found = decisions.get(service) ?? [];
        if (found.every((each) => each.kind === 'create')) continue;
        present.push(service);
        const differs = found.find((each) => each.kind !== 'keep');
        if (differs !== undefined) problems.push({ service, reason: reasonOf(differs) });
        else if (state.images.get(imageName(target, service)) === undefined) {
          problems.push({ service, reason: `its image ${imageName(target, service)} is no longer in the engine` });
        }
        const folders = serviceFolders(target, service, state.local);
        for (const each of found) {
          if (each.kind !== 'keep') continue;
          volumes.push(...inheritedFrom(each.existing, folders).map((volume) => ({ container: each.name, ...volume })));
        }
      }
      return { services: present, problems, volumes };
    },

    async remove(target, services, progress, signal) {
      const client = deps.docker();
      const found = await projectContainers(client, target.projectName, await listAll(client, signal), signal);
      for (const each of found) {
        if (!services.includes(each.info.service)) continue;
        progress.detail(`Removing ${each.info.name}`);
        await discardContainer(client, each, { volumes: false }, signal);
      }
    },

    async create(target, services, volumes, session, progress, signal) {
      const planned = await decideUp(deps, target, services, signal);
      const decisions = new Map(
        [...planned.decisions].map(([name, list]) => [
          name,
          list.filter((each) => each.kind === 'keep' || (each.kind === 'create' && services.includes(name))),
        ]),
      );
      const inherited = (container: string): readonly KeptVolume[] =>
        volumes.filter((volume) => volume.container === container);
      await createRecreated(deps, { target, session, planned: { ...planned, decisions }, inherited }, progress, signal);
    },
  };
}

/** Containers refer to those they share with by id: they go together. */
function withSharers(target: EnvironmentTarget, services: readonly string[]): ReadonlySet<string> {
  const found = new Set(services);
  for (let grew = true; grew; ) {
    grew = false;
    for (const name of Object.keys(target.project.services)) {
      if (found.has(name) || !sharedFrom(target.project, name).some((other) => found.has(other))) continue;
      found.add(name);
      grew = true;
    }
  }
  return found;
}

function reasonOf(decision: Exclude<ContainerDecision, { kind: 'keep' }>): string {
  if (decision.kind === 'recreate') return decision.reasons.join(', ');
  if (decision.kind === 'create') return `its container ${decision.name} is missing`;
  return decision.reason;
}
