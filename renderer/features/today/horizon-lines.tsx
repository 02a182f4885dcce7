import { memo, type ReactNode } from 'react';
import styles from './horizon.module.css';
import { type Axis, type Piece, piecesOf, type Row, ticks } from './horizon-model.ts';
import { skyHeight } from './horizon-sky.tsx';
import { clockAt } from './horizon-words.ts';

/** The scale, the ribbons and the line of now. Everything in per cent of the width, so that nothing is measured. */
export function HorizonLines(props: {
  readonly axis: Axis;
  readonly rows: readonly Row[];
  readonly now: number;
  readonly hatch: string;
}): ReactNode {
  const { axis, rows, now, hatch } = props;
  const x = (at: number): number => (100 * (at - axis.from)) / (axis.to - axis.from);
  const nowX = `${x(now)}%`;
  return (
    <>
      {ticks(axis).map((tick) => (
        <g key={tick.at}>
          <line className={styles.tick} x1={`${x(tick.at)}%`} x2={`${x(tick.at)}%`} y1={skyHeight} y2={skyHeight + 4} />
          {/* The time of now stands in their place. */}
          {tick.label === '' || (tick.at > now - 900_000 && tick.at < now + 2_700_000) ? null : (
            <text x={`${x(tick.at)}%`} y={skyHeight + 16} textAnchor="middle">
              {tick.label}
            </text>
          )}
        </g>
      ))}
      {rows.map((row, index) => (
        <RowLine key={row.key} row={row} y={skyHeight + 33 + index * 18} from={axis.from} to={axis.to} hatch={hatch} />
      ))}
      <line className={styles.now} x1={nowX} x2={nowX} y1={skyHeight} y2={skyHeight + 26 + rows.length * 18} />
      <text className={styles.nowWord} x={nowX} y={skyHeight + 16} dx="5">
        {clockAt(now)}
      </text>
    </>
  );
}

/** A day of one service: drawn again only when it changed, not when time passes. */
export const RowLine = memo(function RowLine(props: {
  readonly row: Row;
  readonly y: number;
  readonly from: number;
  readonly to: number;
  readonly hatch: string;
}): ReactNode {
  const { row, y, from, to, hatch } = props;
  const pieces = piecesOf(row.spans, { from, to, rise: from, set: to });
  // What is wrong goes on top of what is well, however short it was.
  const sorted = [...pieces].sort((a, b) => thickness[a.ribbon] - thickness[b.ribbon]);
  return (
    <>
      <line className={styles.base} x1="0" x2="100%" y1={y} y2={y} />
      {sorted.map((piece) => (
        <PieceLine key={`${piece.from} ${piece.ribbon}`} piece={piece} y={y} from={from} to={to} hatch={hatch} />
      ))}
    </>
  );
});

const thickness = { stopped: 0, starting: 3, healthy: 4, degraded: 8, down: 13 } as const;

function PieceLine(props: {
  readonly piece: Piece;
  readonly y: number;
  readonly from: number;
  readonly to: number;
  readonly hatch: string;
}): ReactNode {
  const { piece, y, from, to } = props;
  const x = (at: number): string => `${((100 * (at - from)) / (to - from)).toFixed(3)}%`;
  if (piece.ribbon === 'stopped')
    return <line className={styles.stopped} x1={x(piece.from)} x2={x(piece.to)} y1={y} y2={y} />;
  const height = thickness[piece.ribbon];
  const box = {
    x: x(piece.from),
    width: `${((100 * (piece.to - piece.from)) / (to - from)).toFixed(3)}%`,
    y: y - height / 2,
    height,
    rx: 1,
  };
  return (
    <>
      <rect className={styles[piece.ribbon]} {...box} />
      {piece.ribbon === 'degraded' ? <rect fill={`url(#${props.hatch})`} {...box} /> : null}
    </>
  );
}
