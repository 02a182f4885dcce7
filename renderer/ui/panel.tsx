import { X } from 'lucide-react';
import type { ReactNode } from 'react';
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
  readonly className?: string | undefined;
  readonly bodyClassName?: string | undefined;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <aside
      className={cx(styles.panel, props.className)}
      aria-label={props.label}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented || props.onClose === undefined) return;
        event.stopPropagation();
        props.onClose();
      }}
    >
      <div className={styles.head}>
        <h3 className={cx(styles.title, 'row', 'grow')}>{props.title}</h3>
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
