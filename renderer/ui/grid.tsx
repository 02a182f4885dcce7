import {
  type CSSProperties,
  createContext,
  type KeyboardEvent,
  type ReactNode,
  use,
  useMemo,
  useRef,
  useState,
} from 'react';
import { cx } from './cx.ts';
import styles from './grid.module.css';

interface Roving {
  readonly active: string | null;
  readonly activate: (key: string) => void;
}
const RovingContext = createContext<Roving>({ active: null, activate: () => {} });

/**
 * A dense table whose rows are worked with the keyboard: one tab stop, arrows, Home and End between rows, Enter opens.
 * Columns are a CSS grid template (or a class that sets one, for container queries).
 */
export function Grid(props: {
  readonly label: string;
  readonly columns?: string;
  readonly className?: string | undefined;
  /** The row that gets the tab stop before any row had focus. */
  readonly first?: string | null;
  /** For long lists of which only a part is in the page. */
  readonly windowed?: {
    /** Of the whole list. */
    readonly rows: number;
    /** The row that has, or had, the focus: it must stay in the page. */
    readonly onActive: (key: string) => void;
    /** Home and End: put the first or last row into the page and focus it. */
    readonly onEdge: (edge: 'first' | 'last') => void;
  };
  readonly children: ReactNode;
}): ReactNode {
  const [active, setActive] = useState<string | null>(null);
  const onActive = props.windowed?.onActive;
  const roving = useMemo(
    () => ({
      active: active ?? props.first ?? null,
      activate: (key: string) => {
        setActive(key);
        onActive?.(key);
      },
    }),
    [active, props.first, onActive],
  );
  const root = useRef<HTMLDivElement>(null);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (!(event.target instanceof HTMLElement) || event.altKey || event.ctrlKey || event.metaKey) return;
    const rows = [...(root.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
    const at = rows.findIndex((row) => row.contains(event.target as Node));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (event.key === 'Escape' && event.target !== rows[at]) {
      rows[at]?.focus();
      return;
    }
    if (to === undefined || at < 0) return;
    event.preventDefault();
    if (props.windowed !== undefined && (event.key === 'Home' || event.key === 'End')) {
      props.windowed.onEdge(event.key === 'Home' ? 'first' : 'last');
      return;
    }
    rows[Math.min(rows.length - 1, Math.max(0, to))]?.focus();
  };

  return (
    <RovingContext value={roving}>
      {/* biome-ignore lint/a11y/useSemanticElements: rows are focusable and laid out by CSS grid, which a table element is not */}
      <div
        ref={root}
        role="grid"
        aria-label={props.label}
        className={cx(styles.grid, props.className)}
        style={gridStyle(props.columns, props.windowed?.rows)}
        {...(props.windowed === undefined ? {} : { 'aria-rowcount': props.windowed.rows + 1 })}
        onKeyDown={onKeyDown}
      >
        {props.children}
      </div>
    </RovingContext>
  );
}

/** Every row of a windowed list has its track, filled or not, so that the scroll bar and the rows stay where they are. */
function gridStyle(columns: string | undefined, rows: number | undefined): CSSProperties {
  return {
    ...(columns === undefined ? {} : { gridTemplateColumns: columns }),
    ...(rows === undefined ? {} : { gridTemplateRows: `30px repeat(${rows}, var(--row-height))` }),
  };
}

export function GridHead({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of Grid
    // biome-ignore lint/a11y/useFocusableInteractive: a heading row takes no focus
    <div role="row" className={cx(styles.row, styles.head)}>
      {children}
    </div>
  );
}

export function GridHeading(props: {
  readonly className?: string | undefined;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of Grid
    // biome-ignore lint/a11y/useFocusableInteractive: a heading takes no focus
    <div role="columnheader" className={props.className}>
      {props.children}
    </div>
  );
}

export function GridRow(props: {
  readonly id: string;
  readonly selected?: boolean;
  readonly stale?: boolean;
  readonly className?: string | undefined;
  /** Its place in a windowed list, from 0. */
  readonly index?: number | undefined;
  /** Click or Enter. */
  readonly onOpen?: () => void;
  /** Keys other than those of the grid itself. */
  readonly onKey?: (event: KeyboardEvent<HTMLDivElement>) => void;
  readonly children: ReactNode;
}): ReactNode {
  const roving = use(RovingContext);
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of Grid
    <div
      role="row"
      data-row={props.id}
      tabIndex={roving.active === props.id ? 0 : -1}
      {...(props.selected === undefined ? {} : { 'aria-selected': props.selected })}
      className={cx(
        styles.row,
        styles.item,
        props.selected === true && styles.selected,
        props.stale === true && styles.stale,
        props.className,
      )}
      {...(props.index === undefined ? {} : { 'aria-rowindex': props.index + 2, style: { gridRow: props.index + 2 } })}
      onFocus={() => roving.activate(props.id)}
      onClick={(event) => {
        // A menu that belongs to the row floats elsewhere in the page, but its clicks come through here.
        if (!(event.target instanceof Element) || !event.currentTarget.contains(event.target)) return;
        if (event.target.closest('button, a, input') !== null) return;
        props.onOpen?.();
      }}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget) return;
        if (event.key === 'Enter' && props.onOpen !== undefined) {
          event.preventDefault();
          props.onOpen();
          return;
        }
        props.onKey?.(event);
      }}
    >
      {props.children}
    </div>
  );
}

export function GridCell(props: {
  readonly className?: string | undefined;
  readonly title?: string | undefined;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of Grid
    // biome-ignore lint/a11y/useFocusableInteractive: the row takes the focus
    <div role="gridcell" className={props.className} title={props.title}>
      {props.children}
    </div>
  );
}

/** A name and one quiet line under it. */
export function TwoLines(props: {
  readonly name: ReactNode;
  readonly sub: ReactNode;
  readonly mono?: boolean;
  readonly title?: string | undefined;
}): ReactNode {
  return (
    <span className={styles.two} title={props.title}>
      <span className="strong">{props.name}</span>
      <span className={cx(styles.sub, props.mono === true && 'mono-11')}>{props.sub}</span>
    </span>
  );
}

/** Buttons at the right end of a row. */
export function RowActions({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of Grid
    // biome-ignore lint/a11y/useFocusableInteractive: its buttons take the focus
    <div role="gridcell" className={styles.actions}>
      {children}
    </div>
  );
}
