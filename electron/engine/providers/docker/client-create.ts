import { setMaxListeners } from 'node:events';
import type { CallOptions, DockerClient } from './client.ts';
import { type ErrorContext, notResponding, translateDockerError } from './client-errors.ts';
import { type DockerEndpoint, endpointText } from './endpoint.ts';
import { runExec } from './exec.ts';
import { dial } from './modem.ts';

export interface DockerClientOptions {
  readonly engineId: string;
  readonly endpoint: DockerEndpoint;
  /** For `ssh`. Default: none of the process's variables. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export const defaultTimeoutMs = 10_000;

export function createDockerClient(options: DockerClientOptions): DockerClient {
  const { docker, close } = dial(options.endpoint, options.environment ?? {});
  const endpoint = endpointText(options.endpoint);
  const contextOf = (what: string): ErrorContext => ({ what, engineId: options.engineId, endpoint });

  const client: DockerClient = {
    engineId: options.engineId,
    endpoint,
    call: (what, call, run) => deadlined(contextOf(what), call, (signal) => run(docker, signal)),
    translate: (error, what, signal) => translateDockerError(error, contextOf(what), signal),
    exec: (containerId, request, call) => runExec(client, containerId, request, call),
    close,
  };
  return client;
}

/** Runs `start` under a deadline and translates what it throws. Settles at once on abort, even if `start` never does. */
async function deadlined<T>(
  context: ErrorContext,
  { signal, timeoutMs = defaultTimeoutMs }: CallOptions,
  start: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  // One operation may have as many calls under way as a stack has containers; that is no leak, and no warning to a user.
  setMaxListeners(0, signal);
  const controller = new AbortController();
  const forward = (): void => controller.abort(signal.reason);
  const unlink = (): void => signal.removeEventListener('abort', forward);
  signal.addEventListener('abort', forward, { once: true });
  const timer = Number.isFinite(timeoutMs)
    ? setTimeout(() => afterPending(() => controller.abort(notResponding(context, timeoutMs))), timeoutMs)
    : undefined;
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(controller.signal.reason);
    controller.signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    const started = start(controller.signal);
    started.then(discardIfLate(controller.signal), () => undefined);
    const result = await Promise.race([started, aborted]);
    // A stream lives on under the caller's signal; anything else is done with it.
    if (isStream(result)) result.once('close', unlink);
    else unlink();
    return result;
  } catch (error) {
    unlink();
    throw translateDockerError(error, context, controller.signal);
  } finally {
    clearTimeout(timer);
    controller.signal.removeEventListener('abort', onAbort);
  }
}

/**
 * Lets what has arrived be read first: when our own process was busy, the timer fires before an answer that lies waiting.
 */
function afterPending(run: () => void): void {
  setImmediate(() => setImmediate(run));
}

interface StreamLike {
  once(event: 'close', listener: () => void): unknown;
  destroy(): unknown;
}

function isStream(value: unknown): value is StreamLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'destroy' in value &&
    typeof value.destroy === 'function' &&
    'once' in value &&
    typeof value.once === 'function'
  );
}

/** A stream that arrives after everybody left would hold its connection for ever. */
function discardIfLate(signal: AbortSignal): (value: unknown) => void {
  return (value) => {
    if (signal.aborted && isStream(value)) value.destroy();
  };
}
