import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { Invocation } from '../../../shared/contract/invocation.ts';
import type { Problem } from '../../../shared/domain/problem.ts';
import { toAppError } from '../../../shared/errors.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import type { CatalogueRow } from './catalogue.ts';
import type { StackFolder } from './stack-loader.ts';

/** What is known of one environment. */
export interface Entry {
  row: CatalogueRow;
  /** How the last start was asked for, where it said so. Holds secrets: never written or shown. */
  invocation: Invocation | undefined;
  /** The last valid declaration; undefined when there never was one. */
  target: EnvironmentTarget | undefined;
  problems: Problem[];
  /** Every file that the last reading of the stack went through. */
  filesRead: readonly string[];
  stamp: string;
  branch: string | null;
  view: EnvironmentView | undefined;
  /** What was last published, for telling news from repetition. */
  shown: string;
}

export function newEntry(row: CatalogueRow): Entry {
  return {
    row,
    invocation: undefined,
    target: undefined,
    problems: [],
    filesRead: [],
    stamp: '',
    branch: null,
    view: undefined,
    shown: '',
  };
}

/** What to read, and how. */
export function sourceOf({ row }: Pick<Entry, 'row'>, invocation: Invocation | undefined): StackFolder {
  const { environment, loading } = invocation ?? {};
  return {
    folder: row.folder,
    loading: row.loading,
    environmentId: row.id,
    ...(environment === undefined ? {} : { environment }),
    ...(loading === undefined ? {} : { explicit: loading }),
  };
}

/** The problems inside a loader's error, or the error itself as one. */
export function problemsOf(error: unknown): Problem[] {
  const shape = toAppError(error);
  const inside = shape.details?.['problems'];
  if (Array.isArray(inside) && inside.length > 0) return inside as Problem[];
  return [{ severity: 'error', code: shape.code, message: shape.message, remedy: shape.remedy }];
}
