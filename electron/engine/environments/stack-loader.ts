import type { Risk } from '../../../shared/contract/environments.ts';
import type { ComposeProject } from '../../../shared/domain/compose-model.ts';
import type { EnvironmentClass } from '../../../shared/domain/names.ts';
import type { Position } from '../../../shared/domain/position.ts';
import type { Problem } from '../../../shared/domain/problem.ts';

/** A folder's Compose files and `golden.yml`, read, valid and resolved. */
export interface LoadedStack {
  readonly stackName: string;
  readonly class: EnvironmentClass;
  readonly project: ComposeProject;
  /** Compose files in order, absolute. */
  readonly files: readonly string[];
  /** Where relative paths of the Compose files start. */
  /** Services that no active profile enables. */
  readonly inactiveServices: readonly string[];
  readonly workingFolder: string;
  /** Files of variables that were named in place of `.env`, absolute. */
  readonly envFiles: readonly string[];
  readonly goldenFile: string | null;
  readonly configHashes: Readonly<Record<string, string>>;
  readonly excludedVolumes: readonly string[];
  readonly gateTimeoutMs: number;
  readonly warnings: readonly Problem[];
  readonly risks: readonly Risk[];
  /** Values of the variables that secrets and configs are taken from. Never print or store them. */
  readonly variables: Readonly<Record<string, string>>;
  positionOf(path: readonly (string | number)[]): Position | undefined;
}

/** Throws an AppError whose `details.problems` lists everything wrong. */
export type LoadStack = (folder: string, signal: AbortSignal) => Promise<LoadedStack>;
