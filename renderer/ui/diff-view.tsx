import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './diff-view.module.css';
import { ScrollRegion } from './scroll-region.tsx';

/** Lines of a unified diff. Added and removed ones keep their sign, so that colour is not what tells them apart. */
export function DiffView(props: { readonly label: string; readonly diff: string }): ReactNode {
  const lines = props.diff.replace(/\n$/, '').split('\n');
  return (
    <ScrollRegion label={props.label} className={styles.diff}>
      {lines.map((line, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no other name
          key={index}
          className={cx(
            'mono-11',
            line.startsWith('+') && styles.added,
            line.startsWith('-') && styles.removed,
            line.startsWith('@@') && styles.place,
          )}
        >
          {line === '' ? ' ' : line}
        </div>
      ))}
    </ScrollRegion>
  );
}
