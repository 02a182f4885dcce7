import type { ClientLink } from '@orpc/client';
import { createORPCClient, ORPCError } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { errorShapeSchema } from './contract/common.ts';
import type { Contract } from './contract/index.ts';
import { AppError } from './errors.ts';

/** Given with a single call as `{ context: { deadlineMs } }`. */
export interface CallContext extends Record<PropertyKey, unknown> {
  /** How long to wait for the answer (for a stream: for its start), ms. Null waits for as long as it takes. */
  readonly deadlineMs?: number | null;
}

/** The contract as functions: `client.stacks.preview({ folder })`. Every rejection is an {@link AppError}. */
export type EngineClient = ContractRouterClient<Contract, CallContext>;

export interface ClientOptions {
  readonly link: ClientLink<CallContext>;
  /** Aborted when the connection is lost for good: every call then fails at once with `engine.disconnected`. */
  readonly closed?: AbortSignal;
  /** Default deadline, ms. */
  readonly deadlineMs?: number;
}

/** Long enough for a slow disk, short enough that a dead engine does not look like a slow one. */
export const defaultDeadlineMs = 30_000;

/** These wait for a person, not for the engine. */
const untimed: ReadonlySet<string> = new Set(['desktop.pickFolder']);

/** A client over any link; used by the window, the browser, the CLI and the tests alike. */
export function createEngineClient(options: ClientOptions): EngineClient {
  const link: ClientLink<CallContext> = {
    async call(path, input, call) {
      const name = path.join('.');
      /** Ends our waiting, whatever the reason. */
      const ended = new AbortController();
      /** Tells the engine to stop; only while there is a connection to tell it over. */
      const given = new AbortController();
      const onClosed = (): void => ended.abort(disconnected(options.closed?.reason));
      const giveUp = (reason: AppError): void => {
        ended.abort(reason);
        given.abort(reason);
      };
      const onCaller = (): void => giveUp(asCancelled(call.signal?.reason));
      if (call.signal?.aborted === true) throw asCancelled(call.signal.reason);
      if (options.closed?.aborted === true) throw disconnected(options.closed.reason);
      call.signal?.addEventListener('abort', onCaller, { once: true });
      options.closed?.addEventListener('abort', onClosed, { once: true });
      const release = (): void => {
        call.signal?.removeEventListener('abort', onCaller);
        options.closed?.removeEventListener('abort', onClosed);
      };
      const { deadlineMs: asked } = call.context;
      const deadlineMs =
        asked === undefined ? (untimed.has(name) ? null : (options.deadlineMs ?? defaultDeadlineMs)) : asked;
      const timer = deadlineMs === null ? undefined : setTimeout(() => giveUp(late(name, deadlineMs)), deadlineMs);
      try {
        const output = await settleBy(options.link.call(path, input, { ...call, signal: given.signal }), ended.signal);
        if (isStream(output)) return mapStream(output, ended.signal, release);
        release();
        return output;
      } catch (error) {
        release();
        throw fromWire(error, ended.signal);
      } finally {
        clearTimeout(timer);
      }
    },
  };
  return createORPCClient<EngineClient>(link);
}

/** Turns whatever a link throws into the error the engine meant. */
export function fromWire(error: unknown, ended?: AbortSignal): AppError {
  if (error instanceof AppError) return error;
  if (ended?.aborted === true && ended.reason instanceof AppError) return ended.reason;
  if (error instanceof ORPCError) {
    const shape = errorShapeSchema.safeParse(error.data);
    if (shape.success) {
      const { details, ...rest } = shape.data;
      return new AppError(details === undefined ? rest : { ...rest, details }, { cause: error });
    }
    return new AppError(
      {
        code: 'internal',
        message: `The engine answered with ${error.code}.`,
        remedy: 'Try again. If it comes back, the window and the engine may be of different versions: start again.',
        details: { status: error.status },
      },
      { cause: error },
    );
  }
  // What is left is the link's own: a queue that was closed under a waiting call, a port or socket that is gone.
  return disconnected(error);
}

export function disconnected(cause?: unknown): AppError {
  return new AppError(
    {
      code: 'engine.disconnected',
      message: 'The connection to the engine was lost.',
      remedy: 'Nothing to do: it is being restored. Work under way goes on or is taken up again.',
    },
    cause === undefined ? undefined : { cause },
  );
}

function asCancelled(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  return new AppError(
    {
      code: 'operation.cancelled',
      message: 'The request was cancelled.',
      remedy: 'Start it again when you want to.',
    },
    { cause },
  );
}

function late(name: string, deadlineMs: number): AppError {
  return new AppError({
    code: 'operation.timeout',
    message: `The engine did not answer ${name} within ${deadlineMs / 1000} s.`,
    remedy: 'Try again. If it comes back, restart Golden Hour.',
    details: { procedure: name, deadlineMs },
  });
}

/** The link's promise, or the signal's reason if that comes first: a link may never settle on a dead connection. */
function settleBy<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function isStream(value: unknown): value is AsyncGenerator<unknown, unknown, void> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;
}

function mapStream(
  source: AsyncGenerator<unknown, unknown, void>,
  ended: AbortSignal,
  release: () => void,
): AsyncIteratorObject<unknown, unknown, void> {
  return {
    async next() {
      try {
        const item = await settleBy(source.next(), ended);
        if (item.done === true) release();
        return item;
      } catch (error) {
        release();
        throw fromWire(error, ended);
      }
    },
    async return(value?: unknown) {
      release();
      try {
        await source.return(value);
      } catch {
        // The reader is done with it; a connection that is already gone has nothing left to close.
      }
      return { done: true as const, value };
    },
    async throw(error: unknown) {
      release();
      await source.return(undefined).catch(() => undefined);
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
