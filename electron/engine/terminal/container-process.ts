import type { Duplex } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { toAppError } from '../../../shared/errors.ts';
import type { DockerClient } from '../providers/docker/client.ts';
import { createFrameDecoder } from '../providers/docker/demux.ts';
import { exitCodeOf } from '../providers/docker/exec.ts';
import { endSession, programsOf, sessionVariable } from './container-shell.ts';
import type { OutputKind } from './replay-buffer.ts';
import type { ProcessEvents, SessionProcess } from './session-process.ts';

export interface ContainerProcessOptions {
  readonly containerId: string;
  readonly sessionId: string;
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly signal: AbortSignal;
}

/** Keys that would detach: the engine's own default holds back every Ctrl-P until the next key. */
const detachKeys = 'ctrl-^,ctrl-@,ctrl-^,ctrl-@';

/** A command in a container. Resolves once it runs; the signal covers the opening only. */
export async function startContainerProcess(
  client: DockerClient,
  options: ContainerProcessOptions,
  events: ProcessEvents,
): Promise<SessionProcess> {
  const { containerId, sessionId, tty, signal } = options;
  const what = `run ${options.command[0] ?? ''} in container ${containerId.slice(0, 12)}`;
  const environment = [`${sessionVariable}=${sessionId}`];
  if (tty) environment.push('TERM=xterm-256color', 'COLORTERM=truecolor');
  const exec = await client.call(what, { signal }, (docker, abortSignal) =>
    docker.getContainer(containerId).exec({
      Cmd: [...options.command],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: tty,
      Env: environment,
      DetachKeys: detachKeys,
      abortSignal,
    }),
  );
  // The caller's signal covers the opening only: the session outlives the call that opened it.
  const life = new AbortController();
  const giveUp = (): void => life.abort(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  const socket = await client
    .call(what, { signal: life.signal }, (_docker, abortSignal) =>
      exec.start({ hijack: true, stdin: true, Tty: tty, abortSignal }),
    )
    .finally(() => signal.removeEventListener('abort', giveUp));
  const session: SessionProcess = {
    write: (data, writeSignal) => write(socket, data, writeSignal),
    endInput() {
      // A terminal has no end of input but the character for it.
      if (tty) socket.write('\u0004');
      else socket.end();
    },
    resize: (columns, rows, resizeSignal) =>
      client.call(`resize the terminal of ${what.slice(4)}`, { signal: resizeSignal }, (_docker, abortSignal) =>
        exec.resize({ h: rows, w: columns, abortSignal } as { h: number; w: number }),
      ),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    programs: (programsSignal) => programsOf(client, containerId, sessionId, programsSignal),
    end: (endSignal) => endSession(client, containerId, sessionId, endSignal).catch(() => undefined),
    destroy() {
      life.abort(new DOMException('The session was closed.', 'AbortError'));
      socket.destroy();
    },
  };
  listen(socket, tty, events.onOutput, () => {
    const known = exitCodeOf(client, exec, what, AbortSignal.any([life.signal, AbortSignal.timeout(30_000)]));
    known.then(
      (code) => events.onExit(code),
      () => events.onExit(null),
    );
  });
  if (tty) await firstSize(session, options);
  return session;
}

function listen(
  socket: Duplex,
  tty: boolean,
  onOutput: (kind: OutputKind, text: string) => void,
  onEnd: () => void,
): void {
  const decoders = { data: new StringDecoder('utf8'), errors: new StringDecoder('utf8') };
  const frames = createFrameDecoder((stream, piece) => {
    const kind = stream === 'stdout' ? 'data' : 'errors';
    onOutput(kind, decoders[kind].write(piece));
  });
  let ended = false;
  socket.on('data', (chunk: Buffer) => {
    if (tty) onOutput('data', decoders.data.write(chunk));
    else {
      try {
        frames.push(chunk);
      } catch {
        socket.destroy();
      }
    }
  });
  // 'close' follows in any case.
  socket.on('error', () => undefined);
  socket.on('end', () => socket.destroy());
  socket.on('close', () => {
    if (ended) return;
    ended = true;
    onOutput('data', decoders.data.end());
    onOutput('errors', decoders.errors.end());
    onEnd();
  });
}

/** The engine refuses a size until the command really runs, a moment after it said it had started it. */
async function firstSize(session: SessionProcess, { columns, rows, signal }: ContainerProcessOptions): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    try {
      await session.resize(columns, rows, signal);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (toAppError(error).code !== 'docker.refused') throw error;
      await new Promise((resolve) => setTimeout(resolve, 10 * (attempt + 1)));
    }
  }
}

function write(socket: Duplex, data: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    if (socket.destroyed || socket.writableEnded) {
      resolve();
      return;
    }
    const finish = (): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('close', finish);
      resolve();
    };
    const onAbort = (): void => {
      socket.off('close', finish);
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('close', finish);
    // A session that ended meanwhile took what it wanted.
    socket.write(data, finish);
  });
}
