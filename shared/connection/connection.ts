import { createEngineClient, disconnected, type EngineClient } from '../client.ts';
import type { Hello } from '../contract/system.ts';
import { AppError, type ErrorCode } from '../errors.ts';
import type { Channel, Dial } from './channel.ts';

/** A working connection: it has answered `hello`. */
export interface Session {
  readonly client: EngineClient;
  readonly hello: Hello;
  /** Aborted when the connection is gone. */
  readonly ended: AbortSignal;
}

export interface ConnectionEvents {
  onSession(session: Session): void;
  onLost(): void;
  /** Somebody answered, and says why there is no engine. It is asked again. */
  onRefused(reason: AppError): void;
  /** The wire is open but nobody answers (true), or answers again (false). */
  onSilent(silent: boolean): void;
}

export interface ConnectionTimes {
  /** How long a freshly opened wire has to answer `hello`, ms. */
  readonly helloMs: number;
  /** How long to wait for a wire at all, ms. */
  readonly dialMs: number;
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
  /** Between two heartbeats, and how long one may take, ms. */
  readonly heartbeatMs: number;
  readonly heartbeatDeadlineMs: number;
}

export const connectionTimes: ConnectionTimes = {
  helloMs: 500,
  dialMs: 5_000,
  firstRetryMs: 50,
  lastRetryMs: 2_000,
  heartbeatMs: 2_000,
  heartbeatDeadlineMs: 2_500,
};

/**
 * Dials until there is a connection, and again whenever it is lost, until the signal ends it.
 *
 * A wire can be handed out to an engine that is just dying, and calls on it would never settle. So each new wire must
 * answer `hello` within half a second before anybody gets to use it.
 */
export async function keepConnected(
  dial: Dial,
  events: ConnectionEvents,
  signal: AbortSignal,
  times: ConnectionTimes = connectionTimes,
): Promise<void> {
  let retryMs = times.firstRetryMs;
  while (!signal.aborted) {
    const session = await tryOnce(dial, signal, times);
    if (session === null || session instanceof AppError) {
      if (session !== null && !signal.aborted) events.onRefused(session);
      await pause(retryMs, signal);
      retryMs = Math.min(times.lastRetryMs, retryMs * 2);
      continue;
    }
    retryMs = times.firstRetryMs;
    events.onSession(session);
    await heartbeat(session, events, times);
    session.close();
    if (!signal.aborted) events.onLost();
  }
}

interface OpenSession extends Session {
  close(): void;
}

/** Codes that our own end of the wire makes; everything else is an answer. */
const ownTrouble: ReadonlySet<ErrorCode> = new Set(['engine.disconnected', 'operation.timeout', 'operation.cancelled']);

async function tryOnce(
  dial: Dial,
  signal: AbortSignal,
  times: ConnectionTimes,
): Promise<OpenSession | AppError | null> {
  let channel: Channel | null = null;
  const ended = new AbortController();
  try {
    channel = await dial(AbortSignal.any([signal, AbortSignal.timeout(times.dialMs)]));
    const wire = channel;
    const end = (): void => ended.abort(disconnected());
    wire.onClose(end);
    signal.addEventListener('abort', end, { once: true });
    const client = createEngineClient({ link: wire.link, closed: ended.signal });
    const hello = await client.system.hello(undefined, { context: { deadlineMs: times.helloMs } });
    return { client, hello, ended: ended.signal, close: () => wire.close() };
  } catch (error) {
    ended.abort(disconnected());
    channel?.close();
    return error instanceof AppError && !ownTrouble.has(error.code) ? error : null;
  }
}

/** Asks for a sign of life until the session ends. */
async function heartbeat(session: Session, events: ConnectionEvents, times: ConnectionTimes): Promise<void> {
  let silent = false;
  while (!session.ended.aborted) {
    await pause(times.heartbeatMs, session.ended);
    if (session.ended.aborted) return;
    const alive = await session.client.system
      .hello(undefined, { context: { deadlineMs: times.heartbeatDeadlineMs } })
      .then(
        () => true,
        () => false,
      );
    if (alive === silent && !session.ended.aborted) {
      silent = !alive;
      events.onSilent(silent);
    }
  }
}

/** Waits; an aborted signal ends the wait early, without an error. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
