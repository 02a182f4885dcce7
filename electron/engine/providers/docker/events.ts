import type { Readable } from 'node:stream';
import { z } from 'zod';
import { composeLabels, type ReportedEvent } from '../provider.ts';
import type { DockerClient } from './client.ts';
import { createLineSplitter } from './lines.ts';

/** Everything that changes what ContainerInfo says. Commands run in containers and the like are left out at the source. */
const actions = [
  'create',
  'start',
  'restart',
  'die',
  'stop',
  'kill',
  'oom',
  'pause',
  'unpause',
  'rename',
  'update',
  'destroy',
  'health_status',
];

const eventSchema = z.object({
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()).nullish() }),
  time: z.number().nullish(),
  timeNano: z.number().nullish(),
});

export interface EventOptions {
  readonly signal: AbortSignal;
  readonly projectName?: string;
  /** ISO 8601. First what the engine still knows since then: it keeps its last 256 events, of any kind, in memory. */
  readonly since?: string | undefined;
}

/**
 * Opens the engine's event stream for containers of Compose projects. Resolves once the engine accepted, so that what
 * happens after that is not missed. `past`: it happened before. `onEnd` is called once, with the reason in our words;
 * undefined for a clean close.
 */
export async function openEvents(
  client: DockerClient,
  { signal, projectName, since }: EventOptions,
  onEvent: (event: ReportedEvent, past: boolean) => void,
  onEnd: (error: unknown) => void,
): Promise<void> {
  const label = projectName === undefined ? composeLabels.project : `${composeLabels.project}=${projectName}`;
  const filters = JSON.stringify({ type: ['container'], label: [label], event: actions });
  const stream = (await client.call('report events', { signal }, (docker, abortSignal) =>
    docker.getEvents({ filters, abortSignal, ...(since === undefined ? {} : { since: Date.parse(since) / 1000 }) }),
  )) as Readable & { readonly headers?: Readonly<Record<string, string | undefined>> };
  // By the engine's own clock, which need not be ours.
  const opened = since === undefined ? Number.NaN : Date.parse(stream.headers?.['date'] ?? '');
  let ended = false;
  const end = (error: unknown): void => {
    if (ended) return;
    ended = true;
    onEnd(error);
  };
  const lines = createLineSplitter((line) => {
    const event = parseEvent(line);
    if (event !== undefined) onEvent(event, Date.parse(event.at) < opened);
  }, 1024 * 1024);
  stream.on('data', (chunk: Buffer) => lines.push(chunk));
  stream.on('error', (error) => end(client.translate(error, 'report events', signal)));
  stream.on('close', () => end(undefined));
}

/** Undefined for what we cannot read: the next reconciliation finds what it meant. */
export function parseEvent(line: string): ReportedEvent | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  const parsed = eventSchema.safeParse(json);
  if (!parsed.success) return undefined;
  const { Action, Actor, time, timeNano } = parsed.data;
  const ms = typeof timeNano === 'number' ? timeNano / 1e6 : (time ?? 0) * 1000;
  const attributes = Actor.Attributes ?? {};
  const [action = '', status] = Action.split(': ');
  const exitCode = Number.parseInt(attributes['exitCode'] ?? '', 10);
  return {
    containerId: Actor.ID,
    projectName: attributes[composeLabels.project] ?? '',
    // A single command (`docker compose run`) is not the service, however it ends.
    service: attributes[composeLabels.oneoff] === 'True' ? '' : (attributes[composeLabels.service] ?? ''),
    action,
    status: status ?? null,
    exitCode: Number.isNaN(exitCode) ? null : exitCode,
    signal: attributes['signal'] ?? null,
    at: new Date(ms).toISOString(),
  };
}
