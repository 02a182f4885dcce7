import { ORPCError, ValidationError } from '@orpc/server';
import { AppError, type ErrorShape, toAppError } from '../../shared/errors.ts';

/** One problem of an input or an output, at a path such as `services[0].name`. */
export interface SchemaIssueView {
  readonly path: string;
  readonly message: string;
}

type Issues = ValidationError['issues'];

/** The declared error that carries an {@link AppError} through every door. */
export function toDeclared(error: unknown, procedure: string): ORPCError<'APP', ErrorShape> {
  if (error instanceof ORPCError && error.code === 'APP') return error as ORPCError<'APP', ErrorShape>;
  const shape = explain(error, procedure).toShape();
  return new ORPCError('APP', { defined: true, status: 422, message: shape.message, data: shape, cause: error });
}

function explain(error: unknown, procedure: string): AppError {
  if (!(error instanceof ORPCError)) return toAppError(error);
  const issues = error.cause instanceof ValidationError ? error.cause.issues : undefined;
  if (error.code === 'BAD_REQUEST') {
    return invalidInput(procedure, issues === undefined ? [{ path: '', message: error.message }] : views(issues));
  }
  if (issues !== undefined) {
    const found = views(issues);
    return new AppError(
      {
        code: 'internal',
        message: `The engine's answer to ${procedure} does not fit the contract: ${found.map(inWords).join('; ')}`,
        remedy: 'This is a defect of Golden Hour. Copy the details and report it.',
        details: { procedure, issues: found },
      },
      { cause: error },
    );
  }
  return toAppError(error);
}

/** `input.invalid` for a call whose input cannot be used, with every place that is wrong. */
export function invalidInput(procedure: string, issues: readonly SchemaIssueView[]): AppError {
  return new AppError({
    code: 'input.invalid',
    message: `${procedure} cannot use this input: ${issues.slice(0, 5).map(inWords).join('; ')}`,
    remedy: 'Correct the input named here and try again.',
    details: { procedure, issues: issues.slice(0, 50) },
  });
}

function inWords(issue: SchemaIssueView): string {
  return issue.path === '' ? issue.message : `${issue.path}: ${issue.message}`;
}

function views(issues: Issues): SchemaIssueView[] {
  return issues.map((issue) => ({ path: pathText(issue.path ?? []), message: issue.message }));
}

function pathText(path: NonNullable<Issues[number]['path']>): string {
  return path.reduce<string>((text, part) => {
    const key = typeof part === 'object' ? part.key : part;
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}
