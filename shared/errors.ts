/**
 * Every failure that a person can see. Codes are data and stable; words live where the failure is understood.
 * Add a code here before throwing it.
 */
export const errorCodes = [
  // what the caller gave us
  'input.invalid',
  'input.not-found',
  'stack.no-compose-file',
  'stack.already-added',
  'compose.syntax',
  'compose.invalid',
  'compose.unsupported',
  'compose.not-allowed',
  'compose.fetch-failed',
  'compose.variable-missing',
  'compose.cycle',
  'compose.file-missing',
  'golden-file.invalid',
  // the engine that runs containers
  'docker.not-found',
  'docker.denied',
  'docker.not-responding',
  'docker.gone',
  'docker.refused',
  'docker.image-missing',
  'docker.build-failed',
  'docker.port-taken',
  'docker.conflict',
  'docker.container-exited',
  'docker.unhealthy',
  'docker.hook-failed',
  'docker.device-missing',
  'docker.unsupported',
  // golden images
  'golden.name-invalid',
  'golden.name-taken',
  'golden.not-found',
  'golden.no-helper',
  'golden.no-space',
  'golden.corrupt',
  'golden.gate-failed',
  'golden.nothing-to-undo',
  'golden.nothing-to-capture',
  'golden.store-unavailable',
  // git
  'git.not-found',
  'git.failed',
  'git.unreachable',
  'git.denied',
  'git.diverged',
  'git.dirty',
  'git.detached',
  'git.no-upstream',
  'git.in-progress',
  'git.protected',
  'git.secrets-found',
  'git.cannot-undo',
  // configuration of the team, and secrets
  'config.source-failed',
  'config.conflict',
  'config.keys-missing',
  'secrets.unavailable',
  // routines
  'routine.not-found',
  'routine.step-failed',
  'routine.budget',
  'routine.busy',
  'guard.untrusted',
  // our own machinery
  'operation.cancelled',
  'operation.timeout',
  'operation.not-found',
  'operation.interrupted',
  'plan.stale',
  'guard.refused',
  'engine.disconnected',
  'engine.locked',
  'engine.shutting-down',
  'terminal.not-found',
  'terminal.unavailable',
  'stream.not-found',
  'unauthorized',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** The serialisable form of an error, as it crosses every door. */
export interface ErrorShape {
  readonly code: ErrorCode;
  /** One sentence that names what failed. */
  readonly message: string;
  /** One sentence that says what to do next. */
  readonly remedy: string;
  /** Machine-readable context: positions, ports, ids. Never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The one error class of the product. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(shape: ErrorShape, options?: { readonly cause?: unknown }) {
    super(shape.message, options);
    this.name = 'AppError';
    this.code = shape.code;
    this.remedy = shape.remedy;
    this.details = shape.details;
  }

  toShape(): ErrorShape {
    return {
      code: this.code,
      message: this.message,
      remedy: this.remedy,
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/** Is this the reason of an aborted signal, whatever library threw it? */
export function isAbort(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'AbortError' || (error instanceof AppError && error.code === 'operation.cancelled'))
  );
}

/** Converts anything thrown into an AppError, once, at an edge. AppErrors pass unchanged. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isAbort(error)) {
    return new AppError(
      {
        code: 'operation.cancelled',
        message: 'The operation was cancelled.',
        remedy: 'Start it again when you want to.',
      },
      { cause: error },
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  return new AppError(
    {
      code: 'internal',
      message: `Something unexpected failed: ${message}`,
      remedy: 'Try again. If it comes back, copy the details and report it.',
      details: { stack: error instanceof Error ? error.stack : undefined },
    },
    { cause: error },
  );
}
