import { type ReactNode, useId } from 'react';
import styles from './mark.module.css';

/** The product's mark: a low sun on the horizon. */
export function Mark({ size = 24 }: { readonly size?: number }): ReactNode {
  const id = useId();
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden>
      <defs>
        <linearGradient id={id} x1="0" y1="0" x2="1" y2="1">
          <stop className={styles.amber} offset="0" />
          <stop className={styles.rose} offset="1" />
        </linearGradient>
      </defs>
      <path d="M5 15a7 7 0 0 1 14 0Z" fill={`url(#${id})`} />
      <path d="M2.5 15.6h19" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
      <path d="M6.5 19.2h11" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" opacity=".5" />
    </svg>
  );
}

/** The band above a page that greets: a glow and the sun, or a dotted outline when there is nothing to shine on. */
export function Sky({ lit }: { readonly lit: boolean }): ReactNode {
  const glow = useId();
  const sun = useId();
  const clip = useId();
  return (
    <svg className={styles.sky} width="100%" height="104" aria-hidden>
      <defs>
        <radialGradient id={glow}>
          <stop className={styles.amber} offset="0" stopOpacity={0.55} />
          <stop className={styles.amber} offset=".22" stopOpacity={0.3} />
          <stop className={styles.amber} offset=".42" stopOpacity={0.12} />
          <stop className={styles.rose} offset=".62" stopOpacity={0.07} />
          <stop className={styles.rose} offset="1" stopOpacity={0} />
        </radialGradient>
        <linearGradient id={sun} x1="0" y1="0" x2="0" y2="1">
          <stop className={styles.amber} offset="0" />
          <stop className={styles.amber} offset=".35" />
          <stop className={styles.rose} offset="1" />
        </linearGradient>
        <clipPath id={clip}>
          <rect x="0" y="0" width="100%" height="103" />
        </clipPath>
      </defs>
      <g clipPath={`url(#${clip})`}>
        {lit ? <ellipse cx="50%" cy="103" rx="420" ry="96" fill={`url(#${glow})`} /> : null}
        {lit ? (
          <circle cx="50%" cy="108" r="22" fill={`url(#${sun})`} />
        ) : (
          <circle cx="50%" cy="108" r="30" className={styles.unlit} />
        )}
      </g>
      <line x1="0" x2="100%" y1="103.5" y2="103.5" className={styles.horizon} />
    </svg>
  );
}
