import { type ReactNode, useId } from 'react';
import styles from './horizon.module.css';
import type { Axis } from './horizon-model.ts';

export const skyHeight = 72;
const top = 24;
const steps = 48;

/** The sun comes up where the working day begins and goes down where it ends. */
const height = (axis: Axis, at: number): number =>
  skyHeight - (skyHeight - top) * Math.sin((Math.PI * (at - axis.rise)) / (axis.set - axis.rise));

function arc(axis: Axis, from: number, to: number): string {
  if (to <= from) return '';
  const points = Array.from({ length: steps + 1 }, (_, n) => {
    const at = from + ((to - from) * n) / steps;
    return `${((1000 * (at - axis.from)) / (axis.to - axis.from)).toFixed(1)} ${height(axis, at).toFixed(2)}`;
  });
  return `M${points.join('L')}`;
}

/** Where the sun stands: on its arc by day, sinking below the line within the half hour around it, else gone. */
function sunY(axis: Axis, now: number): number | null {
  const outside = Math.max(axis.rise - now, now - axis.set);
  if (outside <= 0) return Math.min(skyHeight - 3.2, height(axis, now));
  return outside < 1_800_000 ? skyHeight + (8 * outside) / 1_800_000 : null;
}

export function HorizonSky({ axis, now }: { readonly axis: Axis; readonly now: number }): ReactNode {
  const id = useId();
  const x = `${((100 * (now - axis.from)) / (axis.to - axis.from)).toFixed(3)}%`;
  const y = sunY(axis, now);
  const at = Math.min(axis.set, Math.max(axis.rise, now));
  const unit = (moment: number): number => (1000 * (moment - axis.from)) / (axis.to - axis.from);
  // High up the light is wide and thin; near the line it glows.
  const low = y === null ? 0.35 : 0.4 + 0.6 * Math.min(1, Math.max(0, (y - top) / (skyHeight - top)));
  return (
    <>
      <defs>
        <linearGradient
          id={`${id}arc`}
          gradientUnits="userSpaceOnUse"
          x1={unit(axis.rise)}
          x2={unit(axis.set)}
          y1="0"
          y2="0"
        >
          <stop className={styles.amber} offset="0" />
          <stop className={styles.amber} offset=".5" />
          <stop className={styles.rose} offset="1" />
        </linearGradient>
        <radialGradient id={`${id}glow`}>
          <stop className={styles.amber} offset="0" stopOpacity=".6" />
          <stop className={styles.amber} offset=".22" stopOpacity=".34" />
          <stop className={styles.amber} offset=".42" stopOpacity=".13" />
          <stop className={styles.rose} offset=".62" stopOpacity=".075" />
          <stop className={styles.rose} offset="1" stopOpacity="0" />
        </radialGradient>
        <linearGradient id={`${id}sun`} x1="0" y1="0" x2="0" y2="1">
          <stop className={styles.amber} offset="0" />
          <stop className={styles.amber} offset=".35" />
          <stop className={styles.rose} offset="1" />
        </linearGradient>
        <clipPath id={`${id}above`}>
          <rect x="-100%" y="0" width="300%" height={skyHeight} />
        </clipPath>
      </defs>
      <g clipPath={`url(#${id}above)`}>
        <ellipse cx={x} cy={skyHeight} rx="300" ry="66" fill={`url(#${id}glow)`} opacity={low} />
        <svg
          x="0"
          y="0"
          width="100%"
          height={skyHeight}
          viewBox={`0 0 1000 ${skyHeight}`}
          preserveAspectRatio="none"
          aria-hidden
        >
          <path
            className={styles.past}
            stroke={`url(#${id}arc)`}
            vectorEffect="non-scaling-stroke"
            d={arc(axis, axis.rise, at)}
          />
          <path className={styles.future} vectorEffect="non-scaling-stroke" d={arc(axis, at, axis.set)} />
        </svg>
        {y === null ? null : <circle cx={x} cy={y} r="11" fill={`url(#${id}sun)`} />}
      </g>
    </>
  );
}
