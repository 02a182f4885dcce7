import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { DockerClient } from './client.ts';
import { createLogParser, type LogParserOptions, type LogPositions } from './log-parser.ts';
import { compareStamps, toSince } from './log-stamp.ts';

export interface ReadLogOptions extends Omit<LogParserOptions, 'tty'> {
  readonly signal: AbortSignal;
  readonly follow: boolean;
  /** Lines of the past. Undefined: all of them. Ignored when resuming. */
  readonly tail?: number;
  /** ISO 8601; older lines are left out. Ignored when resuming. */
  readonly since?: string;
}

/**
 * Reads a container's log until it ends: at once without `follow`, else when the container stops. Returns where it
 * stopped, to resume there without losing or repeating a line. Throws as DockerClient does; positions then are what
 * `onPositions` last got.
 */
export async function readContainerLog(
  client: DockerClient,
  containerId: string,
  tty: boolean,
  options: ReadLogOptions & { readonly onPositions?: (positions: LogPositions) => void },
): Promise<LogPositions> {
  const what = `send the log of container ${containerId.slice(0, 12)}`;
  const stream = await client.call(what, { signal: options.signal }, (docker, abortSignal) =>
    openLog(docker.modem as Modem, containerId, parametersOf(options), abortSignal),
  );
  const parser = createLogParser({ ...options, tty });
  try {
    await new Promise<void>((resolve, reject) => {
      let ended = false;
      stream.on('data', (chunk: Buffer) => {
        try {
          parser.push(chunk);
        } catch (error) {
          reject(error);
          stream.destroy();
        }
      });
      stream.on('end', () => {
        ended = true;
        resolve();
      });
      stream.on('error', reject);
      stream.on('close', () => {
        if (!ended) reject(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
      });
    });
    parser.end();
    return parser.positions;
  } catch (error) {
    throw client.translate(error, what, options.signal);
  } finally {
    options.onPositions?.(parser.positions);
    stream.destroy();
  }
}

/** Whether a container has a terminal: its log then has no frames. Undefined when it is gone. */
export async function hasTty(client: DockerClient, containerId: string, signal: AbortSignal): Promise<boolean> {
  const json: unknown = await client.call(
    `describe container ${containerId.slice(0, 12)}`,
    { signal },
    (docker, abortSignal) => docker.getContainer(containerId).inspect({ abortSignal }),
  );
  const parsed = z.object({ Config: z.object({ Tty: z.boolean().catch(false) }) }).safeParse(json);
  return parsed.success && parsed.data.Config.Tty;
}

function parametersOf(options: ReadLogOptions): Record<string, string> {
  const fixed = { stdout: '1', stderr: '1', timestamps: '1', follow: options.follow ? '1' : '0' };
  const stamps = [options.resume?.stdout?.stamp, options.resume?.stderr?.stamp].filter((stamp) => stamp !== undefined);
  const earliest = stamps.sort(compareStamps)[0];
  if (earliest !== undefined) return { ...fixed, since: toSince(earliest) };
  return {
    ...fixed,
    tail: options.tail === undefined ? 'all' : String(options.tail),
    ...(options.since === undefined ? {} : { since: toSince(options.since) }),
  };
}

interface Modem {
  dial(options: object, callback: (error: unknown, stream: Readable) => void): void;
}

/** dockerode reads a log that is not followed into one buffer; this always streams. */
function openLog(
  modem: Modem,
  containerId: string,
  parameters: Record<string, string>,
  abortSignal: AbortSignal,
): Promise<Readable> {
  const request = {
    path: `/containers/${encodeURIComponent(containerId)}/logs?`,
    method: 'GET',
    isStream: true,
    abortSignal,
    statusCodes: { 200: true, 101: true, 404: 'no such container', 409: 'being removed', 500: 'server error' },
    options: parameters,
  };
  return new Promise((resolve, reject) => {
    modem.dial(request, (error, stream) => {
      if (error) reject(error);
      else resolve(stream);
    });
  });
}
