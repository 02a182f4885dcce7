import type { LogLine } from '../../../../shared/contract/streams.ts';

interface Seen {
  readonly at: string;
  readonly texts: Set<string>;
}

export interface LogDedupe {
  /** Time of the newest line so far: where to take a broken stream up again. */
  readonly latest: string | null;
  /** The lines of a batch that were not seen before the last `resume`. */
  fresh(lines: readonly LogLine[]): LogLine[];
  /** A new stream begins, from `latest` on: it repeats what was already seen at that time. */
  resume(): void;
}

/**
 * Takes out lines that were already seen when a stream is taken up again from a point in time. Needs the lines of one
 * container in order of time; lines without a time pass.
 */
export function createDedupe(): LogDedupe {
  const newest = new Map<string, Seen>();
  let before = new Map<string, Seen>();
  let latest: string | null = null;

  const known = (line: LogLine, at: string): boolean => {
    const seen = before.get(line.container);
    if (seen === undefined) return false;
    if (at > seen.at) {
      before.delete(line.container);
      return false;
    }
    return at < seen.at || seen.texts.has(line.text);
  };

  return {
    get latest() {
      return latest;
    },
    fresh(lines) {
      return lines.filter((line) => {
        if (line.at === null) return true;
        if (known(line, line.at)) return false;
        const last = newest.get(line.container);
        if (last === undefined || line.at > last.at)
          newest.set(line.container, { at: line.at, texts: new Set([line.text]) });
        else if (last.at === line.at && last.texts.size < 1000) last.texts.add(line.text);
        if (latest === null || line.at > latest) latest = line.at;
        return true;
      });
    },
    resume() {
      before = new Map(
        [...newest].map(([container, seen]) => [container, { at: seen.at, texts: new Set(seen.texts) }]),
      );
    },
  };
}
