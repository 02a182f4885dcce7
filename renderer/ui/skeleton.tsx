import { type ReactNode, useEffect, useState } from 'react';
import styles from './skeleton.module.css';

/** True after `ms`, so that what loads at once never flashes a placeholder. */
export function useLate(ms = 150): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return late;
}

/** Grey lines in the place of text to come; invisible for the first 150 ms. */
export function Skeleton({ lines = 3 }: { readonly lines?: number }): ReactNode {
  const late = useLate();
  return (
    <div className={styles.lines} role="status" aria-label="Loading">
      {late
        ? Array.from({ length: lines }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: identical placeholders
            <span key={index} className={styles.line} style={{ width: `${62 - ((index * 17) % 34)}%` }} />
          ))
        : null}
    </div>
  );
}
