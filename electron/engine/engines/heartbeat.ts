import type { Readable } from 'node:stream';
import type { Clock } from '../platform/clock.ts';
import type { DockerClient } from '../providers/docker/client.ts';
import { createWaker } from '../streams/waker.ts';

/** One ping may take this long, ms. With the pause before it a silent engine is known after little more than 4 s. */
const pingTimeoutMs = 3000;
const alivePauseMs = 1200;
const troublePauseMs = 500;

export interface HeartbeatOptions {
  readonly client: DockerClient;
  readonly clock: Clock;
  readonly onAlive: () => Promise<void> | void;
  readonly onTrouble: (error: unknown) => Promise<void> | void;
}

export interface Heartbeat {
  /** Pings now rather than after the pause. */
  checkNow(): void;
  close(): void;
}

/**
 * Pings an engine for ever. Holds one idle connection besides, whose end tells at once that the engine is gone.
 */
export function startHeartbeat({ client, clock, onAlive, onTrouble }: HeartbeatOptions): Heartbeat {
  const stop = new AbortController();
  const { signal } = stop;
  const waker = createWaker();
  let lifeline: Readable | undefined;

  async function holdLifeline(): Promise<void> {
    if (lifeline !== undefined) return;
    // The daemon's own events: next to none, and the engine answers before the first.
    const stream = (await client.call(
      'keep a connection',
      { signal, timeoutMs: pingTimeoutMs },
      (docker, abortSignal) => docker.getEvents({ filters: JSON.stringify({ type: ['daemon'] }), abortSignal }),
    )) as Readable;
    lifeline = stream;
    stream.resume();
    stream.on('error', () => undefined);
    stream.on('close', () => {
      lifeline = undefined;
      waker.wake();
    });
  }

  async function beat(): Promise<number> {
    try {
      await client.call('answer', { signal, timeoutMs: pingTimeoutMs }, (docker, abortSignal) =>
        (docker.ping as (options: { abortSignal: AbortSignal }) => Promise<unknown>)({ abortSignal }),
      );
    } catch (error) {
      if (signal.aborted) return 0;
      await onTrouble(error);
      return troublePauseMs;
    }
    await onAlive();
    await holdLifeline().catch(() => undefined);
    return alivePauseMs;
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      // What a listener throws must not end the watch over the engine.
      const pause = await beat().catch(() => troublePauseMs);
      const either = new AbortController();
      const leave = (): void => either.abort(signal.reason);
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) return;
      await Promise.race([clock.sleep(pause, either.signal), waker.wait(either.signal)]).catch(() => undefined);
      signal.removeEventListener('abort', leave);
      either.abort(new DOMException('awake', 'AbortError'));
    }
  }

  void run();
  return {
    checkNow: () => waker.wake(),
    close() {
      stop.abort(new DOMException('The heartbeat was stopped.', 'AbortError'));
      lifeline?.destroy();
    },
  };
}
