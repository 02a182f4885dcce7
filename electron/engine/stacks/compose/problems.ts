import type { Position } from '../../../../shared/domain/position.ts';
import { formatPosition } from '../../../../shared/domain/position-text.ts';
import type { Problem } from '../../../../shared/domain/problem.ts';
import { AppError, type ErrorCode } from '../../../../shared/errors.ts';
import { formatPath } from './node.ts';

export interface Finding {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly position?: Position | undefined;
  readonly path?: readonly (string | number)[];
  /** See Problem. */
  readonly source?: string;
}

/** Collects what is wrong with a project, so that a person sees everything at once. */
export interface Problems {
  error(finding: Finding): void;
  warn(finding: Finding): void;
  readonly hasErrors: boolean;
  readonly warnings: readonly Problem[];
  /** Errors, then warnings. */
  readonly all: readonly Problem[];
  /** Throws one AppError with every problem in its details, if there is an error. */
  throwIfAny(): void;
}

/** More than this helps nobody; the rest is counted. */
const most = 100;

/** `code` replaces the code of every finding, for files of another kind that are read by the same parser. */
export function createProblems(options: { readonly code?: ErrorCode } = {}): Problems {
  const errors: Problem[] = [];
  const warnings: Problem[] = [];
  const seen = new Set<string>();
  let dropped = 0;

  function add(to: Problem[], severity: Problem['severity'], finding: Finding): void {
    const problem: Problem = {
      severity,
      code: options.code ?? finding.code,
      message: finding.message,
      remedy: finding.remedy,
      ...(finding.position === undefined ? {} : { position: finding.position }),
      ...(finding.source === undefined ? {} : { source: finding.source }),
      ...(finding.path === undefined ? {} : { path: formatPath(finding.path) }),
    };
    const key = `${problem.message}\n${problem.position === undefined ? '' : formatPosition(problem.position)}`;
    if (seen.has(key)) return;
    seen.add(key);
    if (to.length >= most) dropped += 1;
    else to.push(problem);
  }

  return {
    error: (finding) => add(errors, 'error', finding),
    warn: (finding) => add(warnings, 'warning', finding),
    get hasErrors() {
      return errors.length > 0;
    },
    get warnings() {
      return inOrder(warnings);
    },
    get all() {
      return [...inOrder(errors), ...inOrder(warnings)];
    },
    throwIfAny() {
      const sorted = inOrder(errors);
      const [first] = sorted;
      if (first === undefined) return;
      const place = first.position === undefined ? '' : `${formatPosition(first.position)}: `;
      const others = errors.length - 1 + dropped;
      throw new AppError({
        code: first.code as ErrorCode,
        message: `${place}${first.message}${others > 0 ? ` (and ${others} more)` : ''}`,
        remedy: first.remedy,
        details: {
          problems: [...sorted, ...inOrder(warnings)],
          ...(first.position === undefined ? {} : first.position),
        },
      });
    },
  };
}

/** From top to bottom, file by file, the files in the order in which something was found in them. */
function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const files = [...new Set(problems.map((problem) => problem.position?.file))];
  return [...problems].sort(
    (a, b) =>
      files.indexOf(a.position?.file) - files.indexOf(b.position?.file) ||
      (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
      (a.position?.column ?? 0) - (b.position?.column ?? 0),
  );
}
