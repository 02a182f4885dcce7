import type { LogBatch, LogLine } from '../../../shared/contract/streams.ts';
import type { AppError } from '../../../shared/errors.ts';
import type { EngineApi } from '../api.ts';
import type { Clock } from '../platform/clock.ts';
import type { CurrentDocker, DockerClient } from '../providers/docker/client.ts';
import { projectContainers } from '../providers/docker/list.ts';
import type { ParsedLine } from '../providers/docker/log-parser.ts';
import { stampToIso } from '../providers/docker/log-stamp.ts';
import { watchContainers } from '../providers/docker/observe.ts';
import type { ContainerInfo } from '../providers/provider.ts';
import { type Batcher, createBatcher } from '../streams/batches.ts';
import { cancellable } from '../streams/cancellable.ts';
import type { Flows } from '../streams/flow.ts';
import { createBudget } from './budget.ts';
import { type ContainerLog, createContainerLog } from './container-log.ts';
import { readPast } from './past.ts';

/** The Compose project of an environment, and its services. Throws when there is no such environment. */
export type ProjectOf = (
  environmentId: string,
) => Promise<{ readonly projectName: string; readonly services: readonly string[] }>;

export interface LogsDeps {
  readonly current: CurrentDocker;
  readonly projectOf: ProjectOf;
  readonly flows: Flows;
  readonly clock: Clock;
}

type FollowInput = Parameters<EngineApi['logs']['follow']>[0];

const batchBytes = 128 * 1024;
/** What waits for a slow reader; beside it at most `window` batches are on their way. */
const bufferedBytes = 4 * 1024 * 1024;
/** About what a screen can show and a search can follow; more is counted, not shown. */
const linesPerSecond = 40_000;
const bytesPerSecond = 8 * 1024 * 1024;

/** The slice `logs` of the engine's surface. */
export function createLogs(deps: LogsDeps): Pick<EngineApi, 'logs'> {
  return {
    logs: {
      async follow(input, call) {
        const { projectName } = await deps.projectOf(input.environmentId);
        return cancellable(call.signal, (signal) => followLogs(deps, projectName, input, signal));
      },
    },
  };
}

async function* followLogs(
  deps: LogsDeps,
  projectName: string,
  input: FollowInput,
  outer: AbortSignal,
): AsyncGenerator<LogBatch, void, void> {
  const session = new AbortController();
  const forward = (): void => session.abort(outer.reason);
  outer.addEventListener('abort', forward, { once: true });
  const gate = deps.flows.open(input.flow);
  const batcher = createBatcher<LogLine>({
    maxMs: 16,
    maxBytes: batchBytes,
    maxBufferedBytes: bufferedBytes,
    // Two bytes per character and the fields around the text.
    sizeOf: (line) => line.text.length * 2 + 160,
    clock: deps.clock,
  });
  const work = collect(deps, projectName, input, batcher, session.signal);
  work.then(
    () => batcher.end(),
    (error: unknown) => batcher.fail(error),
  );
  try {
    for await (const { items, dropped, ended } of batcher.batches(gate, outer)) yield { lines: items, dropped, ended };
  } finally {
    outer.removeEventListener('abort', forward);
    session.abort(new DOMException('The reader left.', 'AbortError'));
    gate.close();
  }
}

/** Feeds the batcher until the end of what is wanted, or the signal's. */
async function collect(
  deps: LogsDeps,
  projectName: string,
  input: FollowInput,
  batcher: Batcher<LogLine>,
  signal: AbortSignal,
): Promise<void> {
  const numbers = createNumbers();
  for (;;) {
    const client = deps.current();
    const inUse = new AbortController();
    const forward = (): void => inUse.abort(signal.reason);
    signal.addEventListener('abort', forward, { once: true });
    const watching = noteSwitch(deps, client, inUse).catch(() => undefined);
    try {
      await collectFrom(client, deps, projectName, input, batcher, numbers, inUse.signal);
      return;
    } catch (error) {
      if (inUse.signal.reason !== switched) throw error;
    } finally {
      signal.removeEventListener('abort', forward);
      inUse.abort(new DOMException('Done.', 'AbortError'));
      await watching;
    }
  }
}

/** Numbers lines within one stream, those that are given up included. */
interface Numbers {
  next(count: number): number;
}

function createNumbers(): Numbers {
  let last = 0;
  return {
    next(count) {
      last += count;
      return last;
    },
  };
}

const switched = new DOMException('Another engine is in use.', 'AbortError');
const switchPollMs = 1000;

/** The user may choose another engine while somebody reads: the reader then goes on there. */
async function noteSwitch({ current, clock }: LogsDeps, client: DockerClient, inUse: AbortController): Promise<void> {
  for (;;) {
    await clock.sleep(switchPollMs, inUse.signal);
    let now: DockerClient | undefined;
    try {
      now = current();
    } catch {
      // Away for the moment: the one we have is waited for.
    }
    if (now !== undefined && now !== client) inUse.abort(switched);
  }
}

async function collectFrom(
  client: DockerClient,
  deps: LogsDeps,
  projectName: string,
  input: FollowInput,
  batcher: Batcher<LogLine>,
  numbers: Numbers,
  signal: AbortSignal,
): Promise<void> {
  const wanted = input.services === undefined ? undefined : new Set(input.services);
  const logs = new Map<string, ContainerLog>();
  const budget = createBudget({ clock: deps.clock, linesPerSecond, bytesPerSecond });

  const push = (container: ContainerInfo, { stream, stamp, text }: ParsedLine): void => {
    const at = stamp === null ? null : stampToIso(stamp);
    batcher.push({ seq: numbers.next(1), service: container.service, container: container.name, at, stream, text });
  };
  const skipped = (lines: number): void => {
    numbers.next(lines);
    batcher.countDropped(lines);
  };
  const open = (container: ContainerInfo): ContainerLog => {
    const log = createContainerLog(container, {
      client,
      clock: deps.clock,
      onLine: push,
      onSkipped: skipped,
      afford: budget.afford,
      onRefused: (refusing, error) => push(refusing, refusal(error)),
    });
    logs.set(container.id, log);
    return log;
  };
  const isWanted = (container: ContainerInfo): boolean => wanted?.has(container.service) ?? true;

  async function past(containers: readonly ContainerInfo[]): Promise<void> {
    const lines = await readPast(containers.map(open), input, signal);
    for (const { container, line } of lines.kept) {
      await batcher.room(signal);
      push(container, line);
    }
    skipped(lines.dropped);
  }

  if (!input.follow) {
    await past((await projectContainers(client, projectName, signal)).filter(isWanted));
    return;
  }
  const following = new Set<Promise<void>>();
  let failed: { readonly error: unknown } | undefined;
  const stop = new AbortController();
  const forward = (): void => stop.abort(signal.reason);
  signal.addEventListener('abort', forward, { once: true });
  const follow = (log: ContainerLog): void => {
    const run = log
      .follow(stop.signal, input.since)
      .catch((error: unknown) => {
        if (stop.signal.aborted) return;
        failed ??= { error };
        stop.abort(error);
      })
      .finally(() => following.delete(run));
    following.add(run);
  };

  let first = true;
  const see = async (containers: readonly ContainerInfo[]): Promise<void> => {
    const fresh = containers.filter((container) => isWanted(container) && !logs.has(container.id));
    for (const container of containers) logs.get(container.id)?.update(container);
    // What was there before the reader came has a past; what appears later is new from its first line on.
    if (first) await past(fresh);
    else for (const container of fresh) open(container);
    for (const { id } of fresh) {
      const log = logs.get(id);
      if (log !== undefined) follow(log);
    }
    first = false;
  };
  const forget = (id: string): void => {
    logs.get(id)?.removed();
    logs.delete(id);
  };

  try {
    for await (const event of watchContainers(client, { signal: stop.signal, clock: deps.clock, projectName })) {
      if (event.kind === 'snapshot') {
        const present = new Set(event.containers.map(({ id }) => id));
        for (const id of [...logs.keys()]) if (!present.has(id)) forget(id);
        await see(event.containers);
      } else if (event.kind === 'changed') await see([event.container]);
      else if (event.kind === 'removed') forget(event.id);
    }
  } catch (error) {
    throw failed === undefined ? error : failed.error;
  } finally {
    signal.removeEventListener('abort', forward);
    stop.abort(new DOMException('The reader left.', 'AbortError'));
  }
}

function refusal(error: AppError): ParsedLine {
  return { stream: 'stderr', stamp: null, text: `[${error.message}]` };
}
