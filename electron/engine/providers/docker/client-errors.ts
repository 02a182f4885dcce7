import { AppError, type ErrorCode } from '../../../../shared/errors.ts';

/** Connection-level failures: the engine is not there (any more). */
const goneCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOENT',
  'ENOTSOCK',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
]);
const deniedCodes = new Set(['EACCES', 'EPERM']);

export interface ErrorContext {
  /** Completes "The Docker engine did not …". */
  readonly what: string;
  readonly engineId: string;
  /** `unix:///var/run/docker.sock` */
  readonly endpoint: string;
}

/**
 * Turns whatever dockerode, Node's sockets or a stream of theirs threw into an AppError. When the signal was aborted
 * the abort is the cause, whatever came out, so its reason is returned as it is.
 */
export function translateDockerError(error: unknown, context: ErrorContext, signal?: AbortSignal): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (error instanceof AppError) return error;
  const details = { what: context.what, engineId: context.engineId, endpoint: context.endpoint };
  const status = property(error, 'statusCode');
  if (typeof status === 'number') return refused(error, status, context.what, details);
  const code = property(error, 'code');
  const text = error instanceof Error ? error.message : String(error);
  const build = (kind: ErrorCode, message: string, remedy: string): AppError =>
    new AppError(
      { code: kind, message, remedy, details: { ...details, ...(typeof code === 'string' ? { cause: code } : {}) } },
      { cause: error },
    );
  if (typeof code === 'string' && deniedCodes.has(code)) {
    return build(
      'docker.denied',
      `You may not use the Docker engine at ${context.endpoint}: permission denied.`,
      'Add your user to the group that owns the socket (usually `sudo usermod -aG docker $USER`), then log out and in.',
    );
  }
  if ((typeof code === 'string' && goneCodes.has(code)) || /socket hang up|aborted/i.test(text)) {
    return build(
      'docker.gone',
      `The Docker engine at ${context.endpoint} is not running or closed the connection; it did not ${context.what}.`,
      'Start Docker and try again.',
    );
  }
  if (error instanceof Error && (typeof code === 'string' || error.name === 'AbortError')) {
    return build(
      'docker.gone',
      `The connection to the Docker engine at ${context.endpoint} failed: ${text}`,
      'Check that Docker runs and that its address and certificates are right.',
    );
  }
  return error;
}

/** The deadline passed: the engine may be there but says nothing. */
export function notResponding(context: ErrorContext, timeoutMs: number): AppError {
  return new AppError({
    code: 'docker.not-responding',
    message: `The Docker engine did not ${context.what} within ${seconds(timeoutMs)}.`,
    remedy: 'Wait for the engine to recover, or restart Docker.',
    details: { what: context.what, engineId: context.engineId, endpoint: context.endpoint, timeoutMs },
  });
}

/** HTTP status of an engine's refusal, undefined for every other error. 404: no such object. 409: conflict. */
export function refusedStatus(error: unknown): number | undefined {
  if (!(error instanceof AppError) || error.code !== 'docker.refused') return undefined;
  const status = error.details?.['status'];
  return typeof status === 'number' ? status : undefined;
}

export function isMissing(error: unknown): boolean {
  return refusedStatus(error) === 404;
}

export function isConflict(error: unknown): boolean {
  return refusedStatus(error) === 409;
}

/** True when asking again later may help: the engine is away or silent. */
export function isEngineAway(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'docker.gone' || error.code === 'docker.not-responding');
}

function refused(error: unknown, status: number, what: string, details: Record<string, unknown>): AppError {
  const message = engineMessage(error);
  return new AppError(
    {
      code: 'docker.refused',
      message: `The Docker engine did not ${what}: ${message}`,
      remedy: remedyFor(status),
      details: { ...details, status, message },
    },
    { cause: error },
  );
}

/** What the engine itself said, without dockerode's prefix. */
function engineMessage(error: unknown): string {
  const json = property(error, 'json');
  const said = property(json, 'message');
  if (typeof said === 'string' && said.trim() !== '') return said.trim();
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim() || 'no reason given';
}

function remedyFor(status: number): string {
  if (status === 404) return 'It may have been removed meanwhile; look again and retry.';
  if (status === 409) return 'Something else uses or changes it; wait for that to end and retry.';
  if (status >= 500) return 'The engine reported a fault of its own; its log says more.';
  return 'Correct what the engine objects to and retry.';
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

export function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;
}
