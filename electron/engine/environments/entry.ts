import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { Problem } from '../../../shared/domain/problem.ts';
import { toAppError } from '../../../shared/errors.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import type { CatalogueRow } from './catalogue.ts';

/** What is known of one environment. */
export interface Entry {
  readonly row: CatalogueRow;
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
    target: undefined,
    problems: [],
    filesRead: [],
    stamp: '',
    branch: null,
    view: undefined,
    shown: '',
  };
}

/** The problems inside a loader's error, or the error itself as one. */
export function problemsOf(error: unknown): Problem[] {
  const shape = toAppError(error);
  const inside = shape.details?.['problems'];
  if (Array.isArray(inside) && inside.length > 0) return inside as Problem[];
  return [{ severity: 'error', code: shape.code, message: shape.message, remedy: shape.remedy }];
}
