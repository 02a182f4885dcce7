import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';
import { cx } from './cx.ts';
import styles from './floating.module.css';
import { useReturnFocus } from './return-focus.ts';
import { ScrollRegion } from './scroll-region.tsx';

// Not its first button, whose tooltip would open with it.
const focusContent = (content: HTMLElement): void => content.focus();

/** Only for what must be answered before anything else can go on; an inline panel is better nearly always. */
export function Dialog(props: {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly foot?: ReactNode;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}): ReactNode {
  const focus = useReturnFocus(focusContent);
  return (
    <Radix.Root open={props.open} onOpenChange={(open) => (open ? undefined : props.onClose())}>
      <Radix.Portal>
        <Radix.Overlay className={styles.scrim} />
        <Radix.Content
          className={cx(styles.pop, styles.dialog, props.className)}
          aria-describedby={undefined}
          {...focus}
        >
          <div className={styles.dialogHead}>
            <Radix.Title className={cx(styles.dialogTitle, 'grow')}>{props.title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton label="Close" icon={X} />
            </Radix.Close>
          </div>
          <ScrollRegion label={props.title} className={styles.dialogBody}>
            {props.children}
          </ScrollRegion>
          {props.foot === undefined ? null : <div className={styles.dialogFoot}>{props.foot}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
