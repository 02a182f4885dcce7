import type { Loading } from '../../../shared/contract/compose-projects.ts';
import type { Risk } from '../../../shared/contract/environments.ts';
import type { HealthSection } from '../../../shared/domain/checks.ts';
import type { ComposeProject } from '../../../shared/domain/compose-model.ts';
import type { DeclaredSections } from '../../../shared/domain/golden-file.ts';
import type { EnvironmentClass } from '../../../shared/domain/names.ts';
import type { Position } from '../../../shared/domain/position.ts';
import type { Problem } from '../../../shared/domain/problem.ts';
import type { ErrorShape } from '../../../shared/errors.ts';
import type { Origin } from '../stacks/compose/origins.ts';
import type { Survey } from '../stacks/compose/survey.ts';

/** A folder's Compose files and `golden.yml`, read, valid and resolved. */
export interface LoadedStack {
  readonly stackName: string;
  readonly class: EnvironmentClass;
  readonly project: ComposeProject;
  /** Between the parts of names. Absent: `-`. */
  readonly nameSeparator?: '-' | '_';
  /** Platform of services that name none. Absent: the engine's own. */
  readonly defaultPlatform?: string;
  /** Services that no active profile enables. */
  readonly inactiveServices: readonly string[];
  /** Compose files in order, absolute. */
  readonly files: readonly string[];
  /** Where relative paths of the Compose files start. */
  readonly workingFolder: string;
  /** Files of variables that were named in place of `.env`, absolute. */
  readonly envFiles: readonly string[];
  /** Those that were said for this stack. Absent: what the files and the shell's variables say. */
  readonly profiles?: readonly string[] | undefined;
  readonly goldenFile: string | null;
  readonly configHashes: Readonly<Record<string, string>>;
  readonly excludedVolumes: readonly string[];
  readonly gateTimeoutMs: number;
  /** How services are checked, where golden.yml says so. */
  readonly health?: HealthSection | undefined;
  /** What golden.yml says for routines, git, configuration and domains, without the parts that are wrong. */
  readonly declared?: DeclaredSections | undefined;
  /** What is wrong in those sections; among the warnings too, as the stack itself can do without them. */
  readonly declaredProblems?: readonly Problem[] | undefined;
  readonly warnings: readonly Problem[];
  readonly risks: readonly Risk[];
  /** Values of the variables that secrets and configs are taken from. Never print or store them. */
  readonly variables: Readonly<Record<string, string>>;
  /** Why it must not be started: values that nobody gave yet, or that are locked away, are stood in for. */
  readonly unready?: ErrorShape | undefined;
  /** Variables that a key store gave, with their values. Never print or store them. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Every file that was read, absolute: Compose files, included and extended ones, env files. */
  readonly filesRead: readonly string[];
  positionOf(path: readonly (string | number)[]): Position | undefined;
  /** Where a value of `golden.yml` stands, or the nearest thing around it. Absent: there is no such file. */
  goldenPositionOf?: ((path: readonly (string | number)[]) => Position | undefined) | undefined;
  /** The text and the variables that a value was made of; undefined when it has no variables. */
  originOf(path: readonly (string | number)[]): Origin | undefined;
}

/** What a stack is read from. A `golden.yml` in the folder goes before `loading`, key by key. */
export interface StackFolder {
  readonly folder: string;
  readonly loading: Loading;
  /** Said with this very command: goes before `golden.yml` too. */
  readonly explicit?: Loading | undefined;
  /** The shell's variables, where they are not the engine's own. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Whose secrets the key store is asked for. Absent: it has none for it. */
  readonly environmentId?: string | undefined;
  /** Somebody waits for it: a locked key store may ask to be unlocked. */
  readonly mayUnlock?: boolean | undefined;
}

/**
 * The values that the key store has for these variables of an environment. Throws `secrets.unavailable` for one that was
 * given and cannot be had now: a stack must not come up with an empty password because of that.
 */
export type ReadSecrets = (
  environmentId: string,
  keys: readonly string[],
  options: { readonly mayUnlock: boolean; readonly signal: AbortSignal },
) => Promise<Readonly<Record<string, string>>>;

/** Throws an AppError whose `details.problems` lists everything wrong. */
export type LoadStack = (source: StackFolder, signal: AbortSignal) => Promise<LoadedStack>;

/** A first look at the same files; throws as `LoadStack` does when they cannot be read. */
export type SurveyStack = (source: StackFolder, signal: AbortSignal) => Promise<Survey>;
