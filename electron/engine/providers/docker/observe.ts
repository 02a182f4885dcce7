import type { Clock } from '../../platform/clock.ts';
import { cancellable } from '../../streams/cancellable.ts';
import { sleepOrWake } from '../../streams/sleep-or-wake.ts';
import { createWaker } from '../../streams/waker.ts';
import type { ContainerEvent, ContainerInfo, ReportedEvent } from '../provider.ts';
import type { DockerClient } from './client.ts';
import { openEvents } from './events.ts';
import { inspectContainer } from './inspect.ts';
import { fingerprintOf, inspectAll, listContainers } from './list.ts';

export interface WatchOptions {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Only containers of this Compose project. */
  readonly projectName?: string;
  /** Hears every report at once and unmerged, before the container is described. Must be quick and not throw. */
  readonly onReported?: (event: ReportedEvent) => void;
  /** ISO 8601. Reports first what the engine still knows of the time since then, before the snapshot. */
  readonly since?: string | undefined;
  /** How often the list is compared with what we believe, ms. Default 30 s. */
  readonly reconcileMs?: number;
  /** A container is described at most once in this time, ms. Default 100. */
  readonly quietMs?: number;
}

interface Dirty {
  readonly action: string;
  readonly at: string;
}

/**
 * Every container of every Compose project on an engine, for as long as `signal` lets it: a snapshot, then changes as
 * the engine reports them; `lost` when the engine goes away, and a new snapshot when it is back. Memory is bounded by
 * the number of containers, however slowly it is read: changes of one container merge until they are read.
 */
export function watchContainers(
  client: DockerClient,
  options: WatchOptions,
): AsyncGenerator<ContainerEvent, void, void> {
  return cancellable(options.signal, (signal) => watchForEver(client, { ...options, signal }));
}

async function* watchForEver(client: DockerClient, options: WatchOptions): AsyncGenerator<ContainerEvent, void, void> {
  const { signal, clock } = options;
  let lost = false;
  let { since } = options;
  const onReported = (event: ReportedEvent): void => {
    since = event.at;
    options.onReported?.(event);
  };
  for (let pause = 250; ; pause = Math.min(pause * 2, 2000)) {
    const connection = new AbortController();
    const forward = (): void => connection.abort(signal.reason);
    signal.addEventListener('abort', forward, { once: true });
    try {
      for await (const event of watchOnce(client, { ...options, onReported, since, signal: connection.signal })) {
        lost = false;
        pause = 125;
        yield event;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!lost) yield { kind: 'lost', error, since: clock.now().toISOString() };
      lost = true;
    } finally {
      signal.removeEventListener('abort', forward);
      connection.abort(new DOMException('This connection is done.', 'AbortError'));
    }
    await clock.sleep(pause, signal);
  }
}

/** One life of the connection: ends by throwing. */
async function* watchOnce(client: DockerClient, options: WatchOptions): AsyncGenerator<ContainerEvent, void, void> {
  const { signal, clock, reconcileMs = 30_000, quietMs = 100 } = options;
  const waker = createWaker();
  const known = new Map<string, ContainerInfo>();
  const dirty = new Map<string, Dirty>();
  const gone = new Map<string, { projectName: string; at: string }>();
  const lastLook = new Map<string, number>();
  let failure: { readonly error: unknown } | undefined;

  const mark = (id: string, next: Dirty): void => {
    const before = dirty.get(id);
    const merged = before !== undefined && weight(before.action) > weight(next.action) ? before.action : next.action;
    dirty.set(id, { action: merged, at: next.at });
  };
  // Events first, list second: what happens in between is looked at again, nothing is missed.
  await openEvents(
    client,
    options,
    (event, past) => {
      options.onReported?.(past ? { ...event, past } : event);
      // What came of the past is in the list. The signal alone changes nothing; what comes of it is reported too.
      if (past || event.action === 'kill') return;
      if (event.action === 'destroy') {
        dirty.delete(event.containerId);
        gone.set(event.containerId, event);
      } else {
        mark(event.containerId, event);
      }
      waker.wake();
    },
    (error) => {
      failure = { error: error ?? client.translate(hangUp(), 'report events', signal) };
      waker.wake();
    },
  );

  const listed = await listContainers(client, signal, options.projectName);
  for (const container of await inspectAll(
    client,
    listed.map(({ id }) => id),
    signal,
  )) {
    known.set(container.id, container);
  }
  yield { kind: 'snapshot', containers: [...known.values()] };

  let nextReconcile = clock.monotonic() + reconcileMs;
  for (;;) {
    if (failure !== undefined) throw failure.error;
    for (const [id, { projectName, at }] of gone) {
      gone.delete(id);
      lastLook.delete(id);
      if (known.delete(id)) yield { kind: 'removed', id, projectName, at };
    }
    const now = clock.monotonic();
    const due = [...dirty]
      .filter(([id]) => (lastLook.get(id) ?? Number.NEGATIVE_INFINITY) + quietMs <= now)
      .slice(0, 8);
    for (const [id] of due) dirty.delete(id);
    const looked = await Promise.all(
      due.map(async ([id, why]) => {
        lastLook.set(id, now);
        return { id, why, info: await inspectContainer(client, id, signal) };
      }),
    );
    for (const { id, why, info } of looked) {
      const before = known.get(id);
      if (info === undefined) {
        if (before === undefined) lastLook.delete(id);
        else gone.set(id, { projectName: before.projectName, at: why.at });
        continue;
      }
      if (gone.has(id)) continue;
      known.set(id, info);
      if (weight(why.action) > 0 || before === undefined || !same(before, info)) {
        yield { kind: 'changed', container: info, action: why.action, at: why.at };
      }
    }
    if (looked.length > 0 || gone.size > 0 || failure !== undefined) continue;

    if (clock.monotonic() >= nextReconcile) {
      await reconcile();
      nextReconcile = clock.monotonic() + reconcileMs;
      continue;
    }
    // A container that waits out its quiet time is looked at when that is over.
    const wake = Math.min(nextReconcile, ...[...dirty.keys()].map((id) => (lastLook.get(id) ?? 0) + quietMs));
    await sleepOrWake(wake - clock.monotonic(), clock, waker, signal);
  }

  async function reconcile(): Promise<void> {
    const at = clock.now().toISOString();
    const present = await listContainers(client, signal, options.projectName);
    const ids = new Set(present.map(({ id }) => id));
    for (const { id, fingerprint } of present) {
      const container = known.get(id);
      if (container === undefined || fingerprintOf(container) !== fingerprint) mark(id, { action: 'reconcile', at });
    }
    for (const [id, { projectName }] of known) if (!ids.has(id)) gone.set(id, { projectName, at });
  }
}

/** Merged events keep the name of the one that tells most. */
function weight(action: string): number {
  return action === 'oom' ? 2 : action === 'die' ? 1 : 0;
}

function same(a: ContainerInfo, b: ContainerInfo): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function hangUp(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}
