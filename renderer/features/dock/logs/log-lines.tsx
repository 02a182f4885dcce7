import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDownToLine, Play } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import { Button } from '../../../ui/button.tsx';
import { copyText } from '../../../ui/copy-button.tsx';
import { cx } from '../../../ui/cx.ts';
import type { LogFeed, LogFeedState } from './log-feed.ts';
import { LogRow } from './log-row.tsx';
import styles from './logs.module.css';
import type { LogLines as Lines, LogOptions } from './use-log-lines.ts';

const rowHeight = 18;
/** Closer to the end than this counts as at the end, px. */
const near = 8;

/** The scrolling lines: only those in sight are in the page. */
export function LogLines(props: {
  readonly feed: LogFeed;
  readonly state: LogFeedState;
  readonly lines: Lines;
  readonly options: LogOptions;
  readonly showService: boolean;
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
  /** Id of the match the search stands on. */
  readonly current: number | null;
  readonly allText: () => string;
  readonly onSearch: () => void;
}): ReactNode {
  const { feed, state, lines, options, follow, onFollow, current } = props;
  const { view } = lines;
  const scroller = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const lastGone = useRef(view.gone);

  const virtual = useVirtualizer({
    count: view.length,
    getScrollElement: () => scroller.current,
    estimateSize: useCallback(() => rowHeight, []),
    overscan: 12,
    // Measured heights belong to lines, not to positions; without wrapping all are equal and positions are cheaper.
    getItemKey: useCallback(
      (index: number) => (options.wrap ? (view.at(index)?.id ?? index) : index),
      [view, options.wrap],
    ),
  });

  // With wrapping, lines get their height only once they are measured: that moves the end too.
  const total = virtual.getTotalSize();
  // biome-ignore lint/correctness/useExhaustiveDependencies: every new version moves the end, or the lines above
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const gone = view.gone - lastGone.current;
    lastGone.current = view.gone;
    if (follow) element.scrollTop = element.scrollHeight;
    else if (gone > 0) element.scrollTop -= gone * rowHeight;
    lastTop.current = element.scrollTop;
  }, [view, state.version, follow, options.wrap, total]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new match moves the lines, not their arrival
  useEffect(() => {
    if (current === null) return;
    const index = view.indexOf(current);
    if (index >= 0) virtual.scrollToIndex(index, { align: 'center' });
  }, [current]);

  const onScroll = (): void => {
    const element = scroller.current;
    if (element === null) return;
    const atEnd = element.scrollHeight - element.clientHeight - element.scrollTop < near;
    if (atEnd) {
      if (!follow) onFollow(true);
    } else if (element.scrollTop < lastTop.current - 1 && follow) onFollow(false);
    lastTop.current = element.scrollTop;
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const mod = event.ctrlKey || event.metaKey;
    if (event.key === '/' || (mod && event.key === 'f')) {
      event.preventDefault();
      props.onSearch();
    } else if (event.key === 'End') onFollow(true);
    else if (event.key === 'Home') onFollow(false);
    else if (mod && event.key === 'a') {
      event.preventDefault();
      // What is out of sight is not in the page: "all" is copied from the lines themselves.
      void copyText(props.allText()).catch(() => undefined);
    }
  };

  const name = { role: 'group', 'aria-label': 'Log lines' };
  return (
    <div className={cx(styles.logs, options.wrap && styles.wrapped)}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it has a role, by the name above */}
      <div
        {...name}
        ref={scroller}
        className={styles.scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        data-focus="inside"
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        <div className={styles.lines} style={{ height: total }}>
          {virtual.getVirtualItems().map((item) => {
            const entry = view.at(item.index);
            return entry === undefined ? null : (
              <div
                key={item.index}
                data-index={item.index}
                ref={options.wrap ? virtual.measureElement : undefined}
                className={styles.at}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <LogRow
                  entry={entry}
                  timestamps={options.timestamps}
                  showService={props.showService}
                  ranges={lines.find(entry.text)}
                  current={entry.id === current}
                />
              </div>
            );
          })}
        </div>
      </div>
      <div className={styles.pills}>
        {state.paused ? (
          <Button size="small" className={styles.pill} icon={Play} onClick={() => feed.pause(false)}>
            {state.held === 0 ? 'Resume' : `Resume, ${state.held.toLocaleString('en')} lines waiting`}
          </Button>
        ) : !follow && view.length > 0 ? (
          <Button size="small" className={styles.pill} icon={ArrowDownToLine} onClick={() => onFollow(true)}>
            Jump to latest
          </Button>
        ) : null}
      </div>
    </div>
  );
}
