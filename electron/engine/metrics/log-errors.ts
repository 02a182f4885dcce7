import { errorMatcher } from '../health/telling-line.ts';
import type { Clock } from '../platform/clock.ts';
import type { DockerClient } from '../providers/docker/client.ts';
import { compareStamps } from '../providers/docker/log-stamp.ts';
import { hasTty, readContainerLog } from '../providers/docker/logs.ts';
import type { ContainerInfo } from '../providers/provider.ts';
import { type LinkedSignal, linkedSignal } from '../streams/linked-signal.ts';

/** How often a log that moves is read, and at most how rarely one that does not. */
const shortestMs = 30_000;
const longestMs = 240_000;
const apartMs = 150;
/** A single look is cut here: what is beyond it is taken to be like the rest. */
const maxLines = 500;
const maxBytes = 1024 * 1024;
const readMs = 5_000;
const readAtOnce = 4;

/** A running container, and what its service calls an error (null: the usual words). */
export interface LogSubject {
  readonly container: ContainerInfo;
  readonly key: string;
  readonly pattern: string | null;
}

interface Reading {
  readonly key: string;
  tty: boolean | undefined;
  stamp: string | null;
  readAt: number;
  dueAt: number;
  intervalMs: number;
  perMinute: number | null;
}

/**
 * Counts lines that look like errors. Looks into each log every 30 s, and less and less often while nothing is written:
 * following two hundred logs would cost as much when one of them floods as all that is measured otherwise.
 */
export interface LogErrors {
  /** Reads what is due. `pace` stretches the intervals. */
  round(client: DockerClient, subjects: readonly LogSubject[], pace: number, signal: AbortSignal): Promise<void>;
  /** Something happened to the service: its logs are due now. */
  hurry(key: string): void;
  /** Error lines a minute as of the last look, the containers of a service together; undefined before the second look. */
  perMinute(key: string): number | undefined;
}

export function createLogErrors(clock: Clock): LogErrors {
  const readings = new Map<string, Reading>();
  const matchers = new Map<string | null, (line: string) => boolean>();

  function matcherOf(pattern: string | null): (line: string) => boolean {
    let matcher = matchers.get(pattern);
    if (matcher === undefined) {
      try {
        matcher = errorMatcher(pattern);
      } catch {
        // A pattern that is none: the file's problems say so.
        matcher = errorMatcher(null);
      }
      if (matchers.size > 500) matchers.clear();
      matchers.set(pattern, matcher);
    }
    return matcher;
  }

  async function read(client: DockerClient, subject: LogSubject, reading: Reading, signal: AbortSignal) {
    const link = linkedSignal(signal, readMs);
    try {
      await readBounded(client, subject, reading, link);
    } finally {
      link.release();
    }
  }

  async function readBounded(
    client: DockerClient,
    { container, pattern }: LogSubject,
    reading: Reading,
    { signal: bounded, abort }: LinkedSignal,
  ): Promise<void> {
    let enough = false;
    reading.tty ??= await hasTty(client, container.id, bounded);
    const isError = matcherOf(pattern);
    const first = reading.perMinute === null && reading.stamp === null && reading.readAt === 0;
    let [lines, bytes, errors] = [0, 0, 0];
    let begin: string | null = null;
    let last = reading.stamp;
    await readContainerLog(client, container.id, reading.tty, {
      signal: bounded,
      follow: false,
      tail: first ? 1 : maxLines,
      ...(reading.stamp === null ? {} : { since: reading.stamp }),
      onLine({ stamp, text }) {
        bytes += text.length;
        if (bytes > maxBytes) {
          enough = true;
          abort(new DOMException('Enough was read.', 'AbortError'));
        }
        if (stamp === null || (reading.stamp !== null && compareStamps(stamp, reading.stamp) <= 0)) return;
        begin ??= stamp;
        if (last === null || compareStamps(stamp, last) > 0) last = stamp;
        lines += 1;
        if (isError(text)) errors += 1;
      },
    }).catch((error: unknown) => {
      if (!enough) throw error;
    });
    const now = clock.monotonic();
    const elapsed = now - reading.readAt;
    const cut = lines >= maxLines - 1 || enough;
    const covered = cut && begin !== null && last !== null ? Date.parse(last) - Date.parse(begin) : elapsed;
    // One look tells where the log ends; the second one what came after.
    if (!first) reading.perMinute = errors / (Math.max(1000, Math.min(elapsed, covered)) / 60_000);
    reading.stamp = last;
    reading.readAt = now;
    reading.intervalMs = lines > 0 || first ? shortestMs : Math.min(longestMs, reading.intervalMs * 2);
  }

  return {
    async round(client, subjects, pace, signal) {
      const present = new Set(subjects.map(({ container }) => container.id));
      for (const id of readings.keys()) if (!present.has(id)) readings.delete(id);
      const now = clock.monotonic();
      const due: [LogSubject, Reading][] = [];
      for (const [index, subject] of subjects.entries()) {
        const { container, key } = subject;
        let reading = readings.get(container.id);
        if (reading === undefined) {
          // Apart from each other, so that two hundred are not due at once for ever after.
          const dueAt = now + ((index * apartMs) % shortestMs);
          reading = { key, tty: undefined, stamp: null, readAt: 0, dueAt, intervalMs: shortestMs, perMinute: null };
          readings.set(container.id, reading);
        }
        if (reading.dueAt <= now) due.push([subject, reading]);
      }
      let next = 0;
      const worker = async (): Promise<void> => {
        for (let each = due[next]; each !== undefined && !signal.aborted; each = due[next]) {
          next += 1;
          const [subject, reading] = each;
          // A log that cannot be read (a driver that sends it elsewhere) is tried again, rarely.
          await read(client, subject, reading, signal).catch(() => {
            reading.intervalMs = longestMs;
            reading.perMinute = null;
          });
          reading.dueAt = clock.monotonic() + reading.intervalMs * pace;
        }
      };
      await Promise.all(Array.from({ length: readAtOnce }, worker));
    },
    hurry(key) {
      for (const reading of readings.values()) {
        if (reading.key !== key) continue;
        reading.intervalMs = shortestMs;
        reading.dueAt = Math.min(reading.dueAt, reading.readAt + shortestMs);
      }
    },
    perMinute(key) {
      let sum: number | undefined;
      for (const reading of readings.values()) {
        if (reading.key === key && reading.perMinute !== null) sum = (sum ?? 0) + reading.perMinute;
      }
      return sum;
    },
  };
}
