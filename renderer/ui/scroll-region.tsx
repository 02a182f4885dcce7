import type { ReactNode } from 'react';
import { cx } from './cx.ts';

/** A part that scrolls by itself and is named; the keyboard can reach and scroll it. */
export function ScrollRegion(props: {
  readonly label: string;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}): ReactNode {
  const name = { role: 'group', 'aria-label': props.label };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div {...name} className={cx('scroll', props.className)} tabIndex={0} data-focus="inside">
      {props.children}
    </div>
  );
}
