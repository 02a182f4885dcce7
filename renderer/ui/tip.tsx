import { Tooltip } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { Keys } from './kbd.tsx';
import styles from './tip.module.css';

/** A tooltip for its one child. The child must have a name of its own; the tooltip only repeats or completes it. */
export function Tip(props: {
  readonly text: ReactNode;
  readonly keys?: string;
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
  readonly children: ReactElement;
}): ReactNode {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{props.children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className={styles.tip} side={props.side ?? 'bottom'} sideOffset={6} collisionPadding={8}>
          {props.text}
          {props.keys === undefined ? null : <Keys keys={props.keys} />}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

export function TipProvider({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <Tooltip.Provider delayDuration={500} skipDelayDuration={200} disableHoverableContent>
      {children}
    </Tooltip.Provider>
  );
}
