import { AppError, toAppError } from '../../../shared/errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { DockerClient } from '../providers/docker/client.ts';
import { isEngineAway, isMissing } from '../providers/docker/client-errors.ts';
import type { LogPositions, ParsedLine } from '../providers/docker/log-parser.ts';
import { hasTty, readContainerLog } from '../providers/docker/logs.ts';
import type { ContainerInfo } from '../providers/provider.ts';
import { createWaker } from '../streams/waker.ts';

export interface ContainerLogDeps {
  readonly client: DockerClient;
  readonly clock: Clock;
  readonly onLine: (container: ContainerInfo, line: ParsedLine) => void;
  readonly onSkipped: (lines: number) => void;
  readonly afford: (bytes: number) => boolean;
  /** The engine will not give us this log (a driver that cannot be read, for one). */
  readonly onRefused: (container: ContainerInfo, error: AppError) => void;
}

export interface PastOptions {
  readonly tail: number;
  readonly since?: string;
  readonly signal: AbortSignal;
  readonly onLine: (line: ParsedLine) => void;
}

/** The log of one container across its restarts. */
export interface ContainerLog {
  readonly container: ContainerInfo;
  /** Reads what is there already, to its end. Call before `follow`, or not at all. */
  past(options: PastOptions): Promise<void>;
  /** Follows from where `past` stopped (without it: from the container's first line) until it is removed. */
  follow(signal: AbortSignal, since?: string): Promise<void>;
  /** What the engine now says of the container. */
  update(container: ContainerInfo): void;
  removed(): void;
}

export function createContainerLog(first: ContainerInfo, deps: ContainerLogDeps): ContainerLog {
  const { client, clock } = deps;
  const waker = createWaker();
  let container = first;
  let gone = false;
  let tty: boolean | undefined;
  let positions: LogPositions = {};
  /** Nothing was read and nothing of the past is wanted. */
  let onlyNew = false;
  let readUntil: string | null = null;

  const running = (): boolean =>
    container.state === 'running' || container.state === 'paused' || container.state === 'restarting';

  async function ttyOf(signal: AbortSignal): Promise<boolean> {
    tty ??= await hasTty(client, container.id, signal);
    return tty;
  }

  /** True when it makes no sense to try again. */
  function hopeless(error: unknown): boolean {
    if (isMissing(error)) return true;
    if (!(error instanceof AppError) || error.code !== 'docker.refused') return false;
    deps.onRefused(container, error);
    return true;
  }

  async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
    const either = new AbortController();
    const leave = (): void => either.abort(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    const waits = [waker.wait(either.signal), ...(Number.isFinite(ms) ? [clock.sleep(ms, either.signal)] : [])];
    await Promise.race(waits).finally(() => {
      signal.removeEventListener('abort', leave);
      either.abort(new DOMException('awake', 'AbortError'));
    });
  }

  return {
    get container() {
      return container;
    },
    async past({ tail, since, signal, onLine }) {
      readUntil = running() ? null : container.startedAt;
      if (tail === 0) {
        onlyNew = true;
        return;
      }
      try {
        positions = await readContainerLog(client, container.id, await ttyOf(signal), {
          signal,
          follow: false,
          tail,
          ...(since === undefined ? {} : { since }),
          onLine,
        });
      } catch (error) {
        signal.throwIfAborted();
        if (hopeless(error)) gone = true;
        else throw error;
      }
    },
    async follow(signal, since) {
      let pause = 250;
      while (!gone) {
        signal.throwIfAborted();
        // One that ended and was read to its end has nothing new until it starts again.
        if (!running() && (container.state === 'created' || container.startedAt === readUntil)) {
          await waitFor(Number.POSITIVE_INFINITY, signal);
          continue;
        }
        const life = container.startedAt;
        try {
          await readContainerLog(client, container.id, await ttyOf(signal), {
            signal,
            follow: true,
            resume: positions,
            ...(onlyNew ? { tail: 0 } : {}),
            ...(since === undefined ? {} : { since }),
            afford: deps.afford,
            onSkipped: deps.onSkipped,
            onLine: (line) => {
              pause = 250;
              deps.onLine(container, line);
            },
            onPositions: (next) => {
              positions = next;
              if (next.stdout !== undefined || next.stderr !== undefined) onlyNew = false;
            },
          });
          // Whatever it writes in its next life is new, even if it never wrote before.
          onlyNew = false;
          readUntil = life;
        } catch (error) {
          signal.throwIfAborted();
          if (hopeless(error)) return;
          if (!isEngineAway(error) && !(error instanceof AppError)) throw toAppError(error);
        }
        // The news that it stopped or started again is on its way; an engine that is away is asked again later.
        if (!gone && container.startedAt === life) await waitFor(pause, signal);
        pause = Math.min(pause * 2, 5000);
      }
    },
    update(next) {
      container = next;
      waker.wake();
    },
    removed() {
      gone = true;
      waker.wake();
    },
  };
}
