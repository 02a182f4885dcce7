import { X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { IconButton } from './button.tsx';
import { cx } from './cx.ts';
import styles from './panel.module.css';
import { ScrollRegion } from './scroll-region.tsx';

/** A panel at the right of a list: a title, what it is about, and what can be done. Escape closes it. */
export function Panel(props: {
  readonly label: string;
  readonly title: ReactNode;
  readonly onClose?: () => void;
  /** Between title and close button. */
  readonly actions?: ReactNode;
  /** Under the title, above the scrolling body: tabs for example. */
  readonly top?: ReactNode;
  readonly foot?: ReactNode;
  /** Moves the focus in when it opens, and back when it closes: for panels that ask for a decision. */
  readonly takeFocus?: boolean;
  readonly className?: string | undefined;
  readonly bodyClassName?: string | undefined;
  readonly children: ReactNode;
}): ReactNode {
  const root = useRef<HTMLElement>(null);
  useEffect(() => {
    if (props.takeFocus !== true) return;
    const before = document.activeElement;
    // A menu that opened this panel hands the focus back to its button first; ours comes after it.
    const timer = setTimeout(() => root.current?.focus());
    return () => {
      clearTimeout(timer);
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [props.takeFocus]);
  return (
    <aside
      ref={root}
      tabIndex={-1}
      className={cx(styles.panel, props.className)}
      aria-label={props.label}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented || props.onClose === undefined) return;
        event.stopPropagation();
        props.onClose();
      }}
    >
      <div className={styles.head}>
        <h2 className={cx(styles.title, 'row', 'grow')}>{props.title}</h2>
        {props.actions}
        {props.onClose === undefined ? null : (
          <IconButton label="Close" icon={X} keys="escape" onClick={props.onClose} />
        )}
      </div>
      {props.top}
      <ScrollRegion label={props.label} className={cx(styles.body, props.bodyClassName)}>
        {props.children}
      </ScrollRegion>
      {props.foot === undefined ? null : <div className={styles.foot}>{props.foot}</div>}
    </aside>
  );
}
