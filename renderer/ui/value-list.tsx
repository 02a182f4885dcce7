import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useCallback, useMemo, useRef } from 'react';
import type { ExplainedValue } from '../../shared/contract/compose-projects.ts';
import { cx } from './cx.ts';
import { isFilePlace, PlaceButton, shortPlace } from './place-button.tsx';
import styles from './value-list.module.css';
import { filterWords, matches, variableWords } from './value-words.ts';

/** Estimated before a row is measured, px. */
const rowHeight = 46;

/** Values of a resolved configuration, each with its place and its variables. Only those in sight are in the page. */
export function ValueList(props: {
  readonly label: string;
  readonly values: readonly ExplainedValue[];
  /** What must be in a value for it to be shown; several words must all be. */
  readonly filter: string;
  readonly folder: string | null;
  readonly home: string | null;
  /** Says of which service each value is. */
  readonly showService: boolean;
  readonly className?: string | undefined;
}): ReactNode {
  const { values, filter, folder } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => {
    const words = filterWords(filter);
    return words.length === 0 ? values : values.filter((value) => matches(value, words, folder));
  }, [values, filter, folder]);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: useCallback(() => rowHeight, []),
    overscan: 8,
    getItemKey: useCallback(
      (index: number) => {
        const value = shown[index];
        return value === undefined ? index : `${value.service} ${value.path}`;
      },
      [shown],
    ),
  });
  if (shown.length === 0) {
    return <p className={styles.none}>{values.length === 0 ? 'No values.' : `No value matches “${filter}”.`}</p>;
  }
  const name = { role: 'group', 'aria-label': props.label };
  return (
    <div
      {...name}
      ref={scroller}
      className={cx(styles.scroller, 'scroll', props.className)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      data-focus="inside"
    >
      <div className={styles.rows} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const value = shown[item.index];
          return value === undefined ? null : (
            <div
              key={item.key}
              data-index={item.index}
              ref={virtual.measureElement}
              className={styles.at}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <ValueRow value={value} folder={folder} home={props.home} showService={props.showService} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function ValueRow(props: {
  readonly value: ExplainedValue;
  readonly folder: string | null;
  readonly home: string | null;
  readonly showService: boolean;
}): ReactNode {
  const { value, folder, home } = props;
  const short = (place: string): string => shortPlace(place, folder, home);
  return (
    <div className={styles.row}>
      <div className={styles.head}>
        <span className={cx(styles.path, 'trunc')} title={value.path}>
          {props.showService && value.service !== null ? <span className={styles.service}>{value.service}</span> : null}
          {value.path}
        </span>
        {value.position === null ? null : isFilePlace(value.position) ? (
          <PlaceButton place={value.position} className={styles.place}>
            {short(value.position)}
          </PlaceButton>
        ) : (
          <span className={cx(styles.place, 't3 small')}>{short(value.position)}</span>
        )}
      </div>
      <div className={cx(styles.value, 'mono sel')}>
        {value.value === '' ? <span className="t3">empty</span> : value.value}
      </div>
      {value.variables.length === 0 ? null : (
        <div className={styles.origin}>
          <span className={cx(styles.written, 'mono-11 trunc')} title={value.written ?? undefined}>
            {value.written}
          </span>
          {value.variables.map((use) => (
            <span key={use.name} className={styles.use}>
              <span className="mono-11">{use.name}</span> {variableWords(use)}
              {use.position === null ? null : (
                <>
                  {' '}
                  <PlaceButton place={use.position}>{short(use.position)}</PlaceButton>
                </>
              )}
            </span>
          ))}
        </div>
      )}
    </div>
  );
}
