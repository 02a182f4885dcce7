import type { Readable } from 'node:stream';
import { AppError } from '../../../../shared/errors.ts';
import type { DockerClient } from './client.ts';

/** A silent engine is given up after this long; registries and build steps can be slow. */
const silenceMs = 300_000;
const longestLine = 1024 * 1024;

/**
 * Reads a stream of JSON lines to its end. Lines that are no JSON are passed over. Rejects with the signal's reason on
 * abort, `docker.not-responding` after five silent minutes, and the engine's own stream errors translated.
 */
export async function readJsonLines(
  client: DockerClient,
  stream: NodeJS.ReadableStream,
  what: string,
  onLine: (line: Record<string, unknown>) => void,
  signal: AbortSignal,
  quietMs = silenceMs,
): Promise<void> {
  const readable = stream as Readable;
  let rest = '';
  let failure: unknown;
  let timer: NodeJS.Timeout | undefined;
  const give = (error: unknown): void => {
    failure ??= error;
    readable.destroy();
  };
  const wind = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => give(silent(what, quietMs)), quietMs);
  };
  const onAbort = (): void => give(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) give(signal.reason);
    wind();
    readable.setEncoding('utf8');
    for await (const chunk of readable) {
      wind();
      rest += String(chunk);
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longestLine) rest = '';
      for (const line of lines) take(line, onLine);
    }
    take(rest, onLine);
    if (failure !== undefined) throw failure;
  } catch (error) {
    throw failure ?? client.translate(error, what, signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

function take(line: string, onLine: (line: Record<string, unknown>) => void): void {
  if (line.trim() === '') return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return;
  }
  if (typeof parsed === 'object' && parsed !== null) onLine(parsed as Record<string, unknown>);
}

function silent(what: string, ms: number): AppError {
  return new AppError({
    code: 'docker.not-responding',
    message: `The Docker engine said nothing for ${Math.round(ms / 1000)} s while it was to ${what}.`,
    remedy: 'Check the network and the engine, then try again.',
  });
}
