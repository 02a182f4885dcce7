import type { ReactNode } from 'react';
import styles from './kbd.module.css';
import { keyWords } from './keys.ts';

/** A shortcut such as `mod+k` or `g s`, one cap per key. */
export function Keys({ keys }: { readonly keys: string }): ReactNode {
  return (
    <span className={styles.keys}>
      {keyWords(keys).map((word) => (
        <kbd key={word} className={styles.kbd}>
          {word}
        </kbd>
      ))}
    </span>
  );
}

export function Kbd({ children }: { readonly children: ReactNode }): ReactNode {
  return <kbd className={styles.kbd}>{children}</kbd>;
}
