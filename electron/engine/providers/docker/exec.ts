import type { Duplex } from 'node:stream';
import { AppError } from '../../../../shared/errors.ts';
import type { CallOptions, DockerClient, ExecRequest, ExecResult } from './client.ts';
import { seconds } from './client-errors.ts';
import { createFrameDecoder, type OutputStream } from './demux.ts';
import { createLineSplitter } from './lines.ts';

const defaultExecTimeoutMs = 60_000;
const defaultMaxBytes = 1024 * 1024;

/**
 * Runs a command in a container to its end. The command itself cannot be killed through the API: after an abort or the
 * deadline it may go on in the container, so make it safe to be left alone.
 */
export async function runExec(
  client: DockerClient,
  containerId: string,
  request: ExecRequest,
  { signal, timeoutMs = defaultExecTimeoutMs }: CallOptions,
): Promise<ExecResult> {
  signal.throwIfAborted();
  const name = request.command[0] ?? '';
  const what = `run ${name} in container ${containerId.slice(0, 12)}`;
  const controller = new AbortController();
  const forward = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', forward, { once: true });
  const timer = Number.isFinite(timeoutMs)
    ? setTimeout(() => controller.abort(tooLong(name, containerId, timeoutMs)), timeoutMs)
    : undefined;
  try {
    return await execute(client, containerId, request, what, controller.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', forward);
  }
}

async function execute(
  client: DockerClient,
  containerId: string,
  request: ExecRequest,
  what: string,
  signal: AbortSignal,
): Promise<ExecResult> {
  const withInput = request.stdin !== undefined;
  const exec = await client.call(what, { signal }, (docker, abortSignal) =>
    docker.getContainer(containerId).exec({
      Cmd: [...request.command],
      AttachStdin: withInput,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
      ...(request.user === undefined ? {} : { User: request.user }),
      ...(request.workingDir === undefined ? {} : { WorkingDir: request.workingDir }),
      ...(request.environment === undefined
        ? {}
        : {
            Env: Object.entries(request.environment).map(([key, value]) => (value === null ? key : `${key}=${value}`)),
          }),
      ...(request.privileged === true ? { Privileged: true } : {}),
      abortSignal,
    }),
  );
  const socket = await client.call(what, { signal }, (_docker, abortSignal) =>
    exec.start({ hijack: true, stdin: true, Tty: false, abortSignal }),
  );
  const output = collectOutput(request);
  try {
    await pump(socket, request.stdin, (chunk) => output.push(chunk), signal);
  } catch (error) {
    throw client.translate(error, what, signal);
  } finally {
    socket.destroy();
  }
  return { exitCode: await exitCodeOf(client, exec, what, signal), ...output.end() };
}

/** Feeds the input and reads the output until the engine closes the connection. A hijacked socket ignores signals. */
function pump(
  socket: Duplex,
  input: string | Uint8Array | undefined,
  onChunk: (chunk: Buffer) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (error?: unknown): void => {
      signal.removeEventListener('abort', onAbort);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onAbort = (): void => {
      finish(signal.reason);
      socket.destroy();
    };
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    let ended = false;
    socket.on('data', (chunk: Buffer) => {
      try {
        onChunk(chunk);
      } catch (error) {
        finish(error);
        socket.destroy();
      }
    });
    socket.on('end', () => {
      ended = true;
      finish();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The command ended without reading all of its input; its output still comes.
      if (error.code !== 'EPIPE') finish(error);
    });
    socket.on('close', () => {
      if (!ended) finish(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
    });
    if (input === undefined) return;
    socket.end(input);
  });
}

function collectOutput(request: ExecRequest): {
  push(chunk: Buffer): void;
  end(): { stdout: string; stderr: string };
} {
  const limit = request.maxBytes ?? defaultMaxBytes;
  const kept: Record<OutputStream, Buffer[]> = { stdout: [], stderr: [] };
  const sizes: Record<OutputStream, number> = { stdout: 0, stderr: 0 };
  const lines = request.onLine === undefined ? undefined : createLineSplitter(request.onLine);
  const decoder = createFrameDecoder((stream, piece) => {
    if (stream === 'stdout') lines?.push(piece);
    const room = limit - sizes[stream];
    if (room <= 0 || piece.length === 0) return;
    const part = Buffer.from(piece.subarray(0, room));
    kept[stream].push(part);
    sizes[stream] += part.length;
  });
  return {
    push: (chunk) => decoder.push(chunk),
    end() {
      lines?.flush();
      return {
        stdout: Buffer.concat(kept.stdout).toString('utf8'),
        stderr: Buffer.concat(kept.stderr).toString('utf8'),
      };
    },
  };
}

interface Inspectable {
  inspect(options: { abortSignal?: AbortSignal }): Promise<{ Running: boolean; ExitCode: number | null }>;
}

/** The engine may close the output a moment before it has noted the end. */
export async function exitCodeOf(
  client: DockerClient,
  exec: Inspectable,
  what: string,
  signal: AbortSignal,
): Promise<number> {
  for (let pause = 5; ; pause = Math.min(pause * 2, 500)) {
    const found = await client.call(what, { signal }, (_docker, abortSignal) => exec.inspect({ abortSignal }));
    if (!found.Running && found.ExitCode !== null) return found.ExitCode;
    await delay(pause, signal);
  }
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

function tooLong(name: string, containerId: string, timeoutMs: number): AppError {
  return new AppError({
    code: 'operation.timeout',
    message: `${name} in container ${containerId.slice(0, 12)} did not end within ${seconds(timeoutMs)}.`,
    remedy: 'Try again; if it hangs again, run it by hand in the container.',
    details: { containerId, timeoutMs },
  });
}
