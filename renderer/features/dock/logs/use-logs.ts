import { useCallback, useEffect, useMemo, useState } from 'react';
import type { LogFeed, LogFeedState } from './log-feed.ts';
import { lineText } from './log-row.tsx';
import { useLogFeed, useLogFeedState } from './use-log-feed.ts';
import { defaultLogOptions, type LogLines, type LogOptions, useLogLines } from './use-log-lines.ts';

/** Everything a log view and its tools share. */
export interface Logs {
  readonly feed: LogFeed;
  readonly state: LogFeedState;
  readonly options: LogOptions;
  readonly setOptions: (change: Partial<LogOptions>) => void;
  readonly lines: LogLines;
  readonly follow: boolean;
  readonly setFollow: (follow: boolean) => void;
  readonly showService: boolean;
  /** Id of the matching line the search stands on. */
  readonly current: number | null;
  /** Goes to the next (1) or previous (-1) matching line, around the ends. */
  readonly step: (by: 1 | -1) => void;
  readonly allText: () => string;
}

const emptyFeed: Pick<LogFeed, 'ring'> = {
  ring: { firstId: 0, nextId: 0, units: 0, get: () => undefined, push: () => {}, clear: () => {} },
};

/** Null until the stream of lines is open. */
export function useLogs(
  environmentId: string | null,
  services: readonly string[] | null,
  defaults: Partial<LogOptions> = {},
): Logs | null {
  const feed = useLogFeed(environmentId, services);
  const state = useLogFeedState(feed);
  const [options, change] = useState<LogOptions>({ ...defaultLogOptions, ...defaults });
  const [follow, setFollow] = useState(true);
  const [current, setCurrent] = useState<number | null>(null);
  const lines = useLogLines((feed ?? emptyFeed) as LogFeed, state.version, options);
  const showService = services === null || services.length > 1;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another search or feed starts from the end again
  useEffect(() => setCurrent(null), [feed, options.query]);

  const setOptions = useCallback((next: Partial<LogOptions>) => change((old) => ({ ...old, ...next })), []);
  const step = useCallback(
    (by: 1 | -1) => {
      const { matches } = lines;
      if (matches === null || matches.length === 0) return;
      const at = current === null ? (by === 1 ? 0 : matches.length) : matches.indexOf(current);
      // Without a place yet, "previous" starts at the newest match: that is where people look.
      const next = current === null ? (by === 1 ? 0 : matches.length - 1) : at + by;
      const entry = matches.at((next + matches.length) % matches.length);
      if (entry === undefined) return;
      setFollow(false);
      setCurrent(entry.id);
    },
    [lines, current],
  );
  const { timestamps } = options;
  const allText = useCallback(() => {
    const texts: string[] = [];
    for (let index = 0; index < lines.view.length; index += 1) {
      const entry = lines.view.at(index);
      if (entry !== undefined) texts.push(lineText(entry, { timestamps, service: showService }));
    }
    return texts.join('\n');
  }, [lines, timestamps, showService]);

  return useMemo(
    () =>
      feed === null
        ? null
        : { feed, state, options, setOptions, lines, follow, setFollow, showService, current, step, allText },
    [feed, state, options, setOptions, lines, follow, showService, current, step, allText],
  );
}
