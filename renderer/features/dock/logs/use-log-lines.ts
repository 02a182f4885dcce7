import { useDeferredValue, useMemo } from 'react';
import type { LogFeed } from './log-feed.ts';
import { createMatcher, type Range } from './log-search.ts';
import { createLogView, type LogFilter, type LogView } from './log-view.ts';

export interface LogOptions {
  readonly stream: 'all' | 'stdout' | 'stderr';
  readonly timestamps: boolean;
  readonly wrap: boolean;
  /** Hide lines that do not match the search. */
  readonly onlyMatches: boolean;
  readonly query: string;
}

export const defaultLogOptions: LogOptions = {
  stream: 'all',
  timestamps: true,
  wrap: false,
  onlyMatches: false,
  query: '',
};

export interface LogLines {
  /** The lines to show. */
  readonly view: LogView;
  /** Those of them that match the search; null without one. */
  readonly matches: LogView | null;
  readonly find: (text: string) => readonly Range[];
}

const noRanges = (): readonly Range[] => [];

/** The lines of a feed as the options want them, kept up to `version`. */
export function useLogLines(feed: LogFeed, version: number, options: LogOptions): LogLines {
  // Typing stays quick while a long log is searched.
  const query = useDeferredValue(options.query);
  const { stream, onlyMatches } = options;
  const lines = useMemo((): LogLines => {
    const find = createMatcher(query);
    const inStream: LogFilter | null = stream === 'all' ? null : (entry) => entry.stream === stream;
    const matching: LogFilter | null =
      find === null ? null : (entry) => (inStream === null || inStream(entry)) && find(entry.text).length > 0;
    const matches = matching === null ? null : createLogView(feed.ring, matching);
    const view = onlyMatches && matches !== null ? matches : createLogView(feed.ring, inStream);
    return { view, matches, find: find ?? noRanges };
  }, [feed, query, stream, onlyMatches]);
  // Views read from the ring and are brought up to date before anybody reads them in this render.
  useMemo(() => {
    void version;
    lines.view.update();
    if (lines.matches !== lines.view) lines.matches?.update();
  }, [lines, version]);
  return lines;
}
