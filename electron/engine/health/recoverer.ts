import type { AlertEvent } from '../../../shared/domain/alert-types.ts';
import { initialRecovery, type RecoveryState, recoveryStep } from '../../../shared/domain/recovery.ts';
import type { ContainerInfo } from '../providers/provider.ts';
import { containersOf } from './facts.ts';
import { type RecoveryMemory, sameRecovery } from './recovery-memory.ts';
import type { Watched } from './watch-book.ts';

/** In place of a service: all of the environment. */
const everything = '*';
const lookAgainMs = 5_000;

export interface RecovererDeps {
  readonly now: () => number;
  readonly containers: (projectName: string) => readonly ContainerInfo[];
  readonly busy: (environmentId: string) => boolean;
  readonly shellOpen: (environmentId: string, service: string) => boolean;
  /** The verified image that a restore would use; undefined: none. */
  readonly imageOf: (
    environmentId: string,
    service: string,
  ) => { readonly id: string; readonly name: string } | undefined;
  readonly restart: (environmentId: string, service: string, reason: string) => Promise<void>;
  readonly restore: (environmentId: string, service: string, imageId: string, reason: string) => Promise<void>;
  readonly tell: (event: AlertEvent) => void;
  /** Written into the incident that the recovery is about. */
  readonly note: (environmentId: string, service: string, text: string) => void;
  /** What an earlier life of the engine did. */
  readonly memory: RecoveryMemory;
  /** Called when it changed, before anything is done; `synced` when something is. */
  readonly remember: (memory: RecoveryMemory, synced: boolean) => void;
}

/** Does for a service that is down what its policy asks for, and never what the user is doing. */
export interface Recoverer {
  /** Looks at one environment; call it whenever something about it changed, and at `wakeAt`. */
  consider(watched: Watched): void;
  /** The user did something to a service by hand (service null: to all of them). */
  manual(environmentId: string, services: readonly string[] | null): void;
  /** When to look again at the latest; null: when something changes. */
  wakeAt(): number | null;
  breakerOpenSince(environmentId: string, service: string): number | null;
  forget(environmentId: string): void;
}

export function createRecoverer(deps: RecovererDeps): Recoverer {
  const states = new Map<string, RecoveryState>(deps.memory.states);
  const manualAt = new Map<string, number>(deps.memory.manualAt);
  const untils = new Map<string, number>();
  const keyOf = (environmentId: string, service: string): string => `${environmentId}/${service}`;

  const save = (synced: boolean): void => deps.remember({ states, manualAt }, synced);

  /** Forgets what the test says of the names of services in an environment; true: there was something. */
  function drop(environmentId: string, isGone: (service: string) => boolean): boolean {
    const prefix = keyOf(environmentId, '');
    let found = false;
    for (const map of [states, manualAt, untils])
      for (const key of map.keys())
        if (key.startsWith(prefix) && isGone(key.slice(prefix.length))) found = map.delete(key) || found;
    return found;
  }

  function considerService(watched: Watched, service: string): void {
    const config = watched.configs[service];
    const health = watched.health.services[service];
    const key = keyOf(watched.id, service);
    untils.delete(key);
    if (config === undefined || health === undefined || config.recovery === 'notify') return;
    const incident = watched.health.book.incidents.findLast((each) => each.service === service && each.to === null);
    const image = deps.imageOf(watched.id, service);
    const own = containersOf(deps.containers(watched.target.projectName), service);
    const at = deps.now();
    const before = states.get(key) ?? initialRecovery;
    const step = recoveryStep(before, {
      at,
      policy: config.recovery,
      health: health.state,
      since: health.since,
      cause: incident?.cause ?? health.cause,
      inhibited: incident?.inhibitedBy != null,
      engineRestarts: own.some((each) => each.state === 'restarting'),
      operationRunning: deps.busy(watched.id),
      shellOpen: deps.shellOpen(watched.id, service),
      manualActionAt: latest(manualAt.get(key), manualAt.get(keyOf(watched.id, everything))),
      canRestore: image !== undefined,
    });
    states.set(key, step.state);
    const { decision } = step;
    if (!sameRecovery(before, step.state)) save(decision.action !== 'none');
    if (decision.action === 'none') {
      if (decision.until !== null) untils.set(key, decision.until);
      return;
    }
    // What comes of it may change nothing that would make anybody look again.
    untils.set(key, at + lookAgainMs);
    const { reason } = decision;
    if (decision.action === 'give-up') {
      const text = `${service} stays down: ${reason}. Nothing more is tried for half an hour, or until you do something.`;
      deps.note(watched.id, service, text);
      deps.tell({ kind: 'recovery', at, environment: watched.id, service, text });
      return;
    }
    if (decision.action === 'restart') {
      const why = `${reason} (attempt ${decision.attempt})`;
      deps.note(watched.id, service, `Restarted ${service} because ${why}.`);
      deps.restart(watched.id, service, why).catch((error: unknown) => failed(error, 'restart'));
      return;
    }
    if (image === undefined) return;
    const text = `Restores ${service} from ${image.name} because ${reason}. The state before stays as undo point.`;
    deps.note(watched.id, service, text);
    deps.tell({ kind: 'recovery', at, environment: watched.id, service, text });
    deps.restore(watched.id, service, image.id, reason).catch((error: unknown) => failed(error, 'restore'));

    function failed(error: unknown, what: string): void {
      deps.note(watched.id, service, `The ${what} could not be started: ${(error as Error).message}`);
    }
  }

  return {
    consider(watched) {
      if (drop(watched.id, (service) => !isKept(service, watched))) save(false);
      for (const service of Object.keys(watched.health.services)) considerService(watched, service);
    },
    manual(environmentId, services) {
      for (const service of services ?? [everything]) manualAt.set(keyOf(environmentId, service), deps.now());
      save(false);
    },
    wakeAt: () => (untils.size === 0 ? null : Math.min(...untils.values())),
    breakerOpenSince: (environmentId, service) => states.get(keyOf(environmentId, service))?.openedAt ?? null,
    forget(environmentId) {
      if (drop(environmentId, () => true)) save(false);
    },
  };
}

const isKept = (service: string, { health }: Watched): boolean =>
  service === everything || health.services[service] !== undefined;

function latest(...times: readonly (number | undefined)[]): number | null {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? null : Math.max(...known);
}
