import type { Timeline } from '../../../shared/contract/health.ts';
import type { OperationView } from '../../../shared/contract/operations.ts';
import type { RoutineRun } from '../../../shared/contract/routines.ts';
import type { Incident } from '../../../shared/domain/incident-types.ts';

/** What the user's own commits of a day in one repository were. */
export interface RepositoryDay {
  readonly folder: string;
  readonly name: string;
  readonly branch: string | null;
  /** Newest first. */
  readonly commits: readonly { readonly commit: string; readonly subject: string; readonly at: string }[];
  readonly filesChanged: number;
  readonly insertions: number;
  readonly deletions: number;
}

/** Everything that a summary is made of. Times in ms since the epoch unless they are ISO. */
export interface DayFacts {
  /** Local, `2025-02-04`. */
  readonly day: string;
  readonly from: number;
  /** The end of the day, or now while it lasts. */
  readonly to: number;
  /** `null`: of all environments. */
  readonly environmentId: string | null;
  readonly operations: readonly OperationView[];
  readonly runs: readonly RoutineRun[];
  readonly incidents: readonly Incident[];
  readonly timelines: readonly Timeline[];
  readonly repositories: readonly RepositoryDay[];
  /** Local time minus UTC, minutes, at a moment. */
  readonly utcOffsetMinutes: (at: number) => number;
}
