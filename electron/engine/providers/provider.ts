import type { StepPart } from '../../../shared/contract/operations.ts';
import type { ComposeProject } from '../../../shared/domain/compose-model.ts';
import type { EnvironmentClass } from '../../../shared/domain/names.ts';
import type { Position } from '../../../shared/domain/position.ts';

/** Everything a provider or the golden store needs to know about one environment, resolved and valid. */
export interface EnvironmentTarget {
  /** `shop/main` */
  readonly id: string;
  readonly stackName: string;
  readonly name: string;
  readonly class: EnvironmentClass;
  /** Absolute project folder. */
  readonly folder: string;
  /** Compose files in order, absolute. */
  readonly files: readonly string[];
  /** Where relative paths of the Compose files start, when that is not `folder`. */
  readonly workingFolder?: string;
  /** Files of variables that were named in place of `.env`, absolute. */
  readonly envFiles?: readonly string[];
  /** Compose project name: label and prefix of everything in the engine. */
  readonly projectName: string;
  /** Enabled services only. */
  readonly project: ComposeProject;
  /** Between the parts of container and image names. Absent: `-`. */
  readonly nameSeparator?: '-' | '_';
  /** What `project` has as platform of services that name none themselves. */
  readonly defaultPlatform?: string;
  /** Services of the files that no active profile enables. Containers of them are not ours to touch. */
  readonly inactiveServices?: readonly string[];
  /** Compose's config hash per service. */
  readonly configHashes: Readonly<Record<string, string>>;
  /** Compose volume keys that golden images leave out and that are therefore plain volumes. */
  readonly excludedVolumes: readonly string[];
  /** How long the health gate waits, ms. */
  readonly gateTimeoutMs: number;
  /** Where a value of `project` comes from. Absent for a target that was not made from files. */
  readonly positionOf?: (path: readonly (string | number)[]) => Position | undefined;
}

export type ResolveTarget = (environmentId: string, signal: AbortSignal) => Promise<EnvironmentTarget>;

/** Labels on everything we create in an engine, beside Compose's own. */
export const labels = {
  stack: 'io.goldenhour.stack',
  environment: 'io.goldenhour.environment',
  generation: 'io.goldenhour.generation',
  owner: 'io.goldenhour.owner',
  session: 'io.goldenhour.session',
  /** What it is, for things that are ours alone: `store`, `helper`. */
  role: 'io.goldenhour.role',
} as const;

export const composeLabels = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  number: 'com.docker.compose.container-number',
  oneoff: 'com.docker.compose.oneoff',
  configHash: 'com.docker.compose.config-hash',
  configFiles: 'com.docker.compose.project.config_files',
  workingDir: 'com.docker.compose.project.working_dir',
  environmentFile: 'com.docker.compose.project.environment_file',
  dependsOn: 'com.docker.compose.depends_on',
  image: 'com.docker.compose.image',
  version: 'com.docker.compose.version',
  volume: 'com.docker.compose.volume',
  network: 'com.docker.compose.network',
  replace: 'com.docker.compose.replace',
} as const;

/** One container as the engine knows it, in our words. */
export interface ContainerInfo {
  readonly id: string;
  readonly name: string;
  readonly projectName: string;
  readonly service: string;
  readonly number: number;
  readonly state: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  /** The engine's own HEALTHCHECK verdict; null when it has none. */
  readonly health: {
    readonly status: 'starting' | 'healthy' | 'unhealthy';
    readonly failingStreak: number;
    readonly lastOutput: string | null;
  } | null;
  readonly image: string;
  readonly imageId: string;
  readonly command: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly exitCode: number | null;
  readonly oomKilled: boolean;
  readonly error: string | null;
  readonly restarts: number;
  readonly ports: readonly {
    readonly hostIp: string | null;
    readonly hostPort: number | null;
    readonly containerPort: number;
    readonly protocol: string;
  }[];
  readonly mounts: readonly {
    readonly type: string;
    readonly name: string | null;
    readonly source: string;
    readonly target: string;
    readonly readOnly: boolean;
  }[];
  readonly networks: readonly string[];
  /** Where it can be reached inside the engine's networks, while it runs. */
  readonly addresses: readonly string[];
  /** What the engine does by itself when it ends: `no`, `always`, `unless-stopped`, `on-failure`. */
  readonly restartPolicy: string;
  readonly limits: { readonly cpus: number | null; readonly memoryBytes: number | null };
  readonly labels: Readonly<Record<string, string>>;
}

/** One report of an engine about a container of a Compose project, as it came: unmerged, and before any description. */
export interface ReportedEvent {
  readonly containerId: string;
  readonly projectName: string;
  readonly service: string;
  /** Without what the engine appends: `health_status`, not `health_status: healthy`. */
  readonly action: string;
  /** What it appended: `healthy`. */
  readonly status: string | null;
  /** Of `die`. */
  readonly exitCode: number | null;
  /** Of `kill`: the number as text. */
  readonly signal: string | null;
  /** ISO 8601, milliseconds. */
  readonly at: string;
  /** It happened before anybody listened: what came of it is in the first picture. */
  readonly past?: boolean;
}

/** What watching an engine yields. After `lost` the last picture is stale until the next `snapshot`. */
export type ContainerEvent =
  | { readonly kind: 'snapshot'; readonly containers: readonly ContainerInfo[] }
  | { readonly kind: 'changed'; readonly container: ContainerInfo; readonly action: string; readonly at: string }
  | { readonly kind: 'removed'; readonly id: string; readonly projectName: string; readonly at: string }
  | { readonly kind: 'lost'; readonly error: unknown; readonly since: string };

export interface Progress {
  progress(done: number, total: number | null, unit: 'bytes' | 'items'): void;
  detail(text: string): void;
  log(text: string): void;
  parts?(parts: readonly StepPart[]): void;
  /** Where work can be taken up after a restart: puts something on disk, and asks for it again. */
  note?(text: string): void;
  noted?(text: string): boolean;
}

export interface GateResult {
  readonly passed: boolean;
  /** One entry per service that did not pass: `db: unhealthy: connection refused`. */
  readonly failures: readonly string[];
}

/**
 * Control of an environment's existing containers, for the golden store and the routines. Order follows `depends_on`.
 * Every method is idempotent and returns only when the engine confirmed.
 */
export interface StackRuntime {
  containers(target: Pick<EnvironmentTarget, 'projectName'>, signal: AbortSignal): Promise<readonly ContainerInfo[]>;
  /** Starts what is there and not running; `services` limits it. Conditions of `depends_on` are honoured. */
  start(
    target: EnvironmentTarget,
    services: readonly string[] | undefined,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<void>;
  /** Dependants first, each with its stop grace period. */
  stop(
    target: EnvironmentTarget,
    services: readonly string[] | undefined,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<void>;
  pause(containerIds: readonly string[], signal: AbortSignal): Promise<void>;
  unpause(containerIds: readonly string[], signal: AbortSignal): Promise<void>;
  /** Waits until every service is running and, where it has a health check, healthy. One-shot services must have exited 0. */
  waitHealthy(
    target: EnvironmentTarget,
    services: readonly string[] | undefined,
    timeoutMs: number,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<GateResult>;
}

/** Where a data volume lives. Asked by the Docker provider before it creates a named volume. */
export interface VolumePlacement {
  /**
   * Makes sure the volume's place exists (an empty generation for a new one) and returns how to create the volume, or
   * null for a plain volume of the engine (excluded, external, or with a driver of its own).
   */
  place(
    target: EnvironmentTarget,
    volumeKey: string,
    signal: AbortSignal,
  ): Promise<{
    readonly driver: string;
    readonly driverOpts: Readonly<Record<string, string>>;
    readonly labels: Readonly<Record<string, string>>;
  } | null>;
  /** Deletes the data of these volumes of an environment, after their volume objects are gone. Only ours. */
  discard(target: EnvironmentTarget, volumeKeys: readonly string[], signal: AbortSignal): Promise<void>;
  /** Bytes each volume holds, for plans; null when not in the store. */
  sizes(target: EnvironmentTarget, signal: AbortSignal): Promise<Readonly<Record<string, number | null>>>;
}
