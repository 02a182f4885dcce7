import { formatPosition } from '../../shared/domain/position-text.ts';
import type { Problem } from '../../shared/domain/problem.ts';
import { type AppError, type ErrorCode, toAppError } from '../../shared/errors.ts';

/** Exit codes, documented in the README. */
export const exitCodes = { done: 0, failed: 1, badInput: 2, noEngine: 3, refused: 4, cancelled: 130 } as const;

const noEngine: ReadonlySet<ErrorCode> = new Set([
  'docker.not-found',
  'docker.denied',
  'docker.not-responding',
  'docker.gone',
]);
const refused: ReadonlySet<ErrorCode> = new Set(['guard.refused', 'guard.untrusted', 'plan.stale', 'unauthorized']);
const badInputPrefixes = ['input.', 'routine.not-found', 'stack.', 'compose.', 'golden-file.', 'golden.name-'];

export function exitCodeOf(code: ErrorCode): number {
  if (code === 'operation.cancelled') return exitCodes.cancelled;
  if (noEngine.has(code)) return exitCodes.noEngine;
  if (refused.has(code)) return exitCodes.refused;
  return badInputPrefixes.some((prefix) => code.startsWith(prefix)) ? exitCodes.badInput : exitCodes.failed;
}

export interface Terminal {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly json: boolean;
  /** Where answers come from; absent: the process's own. */
  readonly stdin?: NodeJS.ReadStream;
}

/** One JSON document, or one line of a JSON stream. */
export function writeJson(terminal: Terminal, value: unknown, line = false): void {
  terminal.stdout.write(`${line ? JSON.stringify(value) : JSON.stringify(value, null, 2)}\n`);
}

/** Left-aligned columns, two spaces apart; no trailing blanks, so that it pipes well. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** Says what failed on standard error (with `--json`: the error as JSON on standard output) and returns the exit code. */
export function reportError(terminal: Terminal, thrown: unknown): number {
  const error = toAppError(thrown);
  if (terminal.json) {
    writeJson(terminal, { error: error.toShape() });
    return exitCodeOf(error.code);
  }
  const problems = problemsIn(error);
  const lines = problems.length > 0 ? problems.map(problemText) : [`${error.message}\n  ${error.remedy}`];
  terminal.stderr.write(`${lines.join('\n')}\n`);
  return exitCodeOf(error.code);
}

export function problemText(problem: Problem): string {
  const place = problem.position === undefined ? '' : `${formatPosition(problem.position)}: `;
  return `${place}${problem.severity === 'warning' ? 'warning: ' : ''}${problem.message}\n  ${problem.remedy}`;
}

function problemsIn(error: AppError): readonly Problem[] {
  const problems = error.details?.['problems'];
  return Array.isArray(problems) ? (problems as Problem[]) : [];
}

/** `1.5 GB`; decimal, one digit, as the window shows it. */
export function bytes(value: number | null): string {
  if (value === null) return '?';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let amount = value;
  let unit = 0;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return unit === 0 ? `${amount} B` : `${amount.toFixed(1)} ${units[unit]}`;
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
