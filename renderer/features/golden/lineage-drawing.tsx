import { type ReactNode, useMemo } from 'react';
import styles from './golden.module.css';
import { edgePath, type LineageMetrics, type LineageRow, laneX, layOut, rowY } from './lineage.ts';

const metrics: LineageMetrics = { rowHeight: 46, top: 30, left: 20, laneWidth: 16, lastLane: 2 };
const width = 68;
/** A diamond around its centre. */
const diamond = 'm0-6 6 6-6 6-6-6z';

/** How the rows of the list came from each other. The list says the same in words; this is for the eye. */
export function LineageDrawing(props: {
  readonly rows: readonly LineageRow[];
  readonly selected: string | null;
}): ReactNode {
  const lineage = useMemo(() => layOut(props.rows), [props.rows]);
  const height = metrics.top + props.rows.length * metrics.rowHeight;
  return (
    <svg className={styles.tree} width={width} height={height} aria-hidden>
      {lineage.edges.map((edge) => (
        <path
          key={`${edge.from.row} ${edge.to.row}`}
          d={edgePath(edge, metrics)}
          className={edge.dashed ? styles.dashed : styles.edge}
        />
      ))}
      {lineage.nodes.map((node) => {
        const x = laneX(node.lane, metrics);
        const y = rowY(node.row, metrics);
        if (node.kind === 'current')
          return (
            <g key={node.id}>
              <circle cx={x} cy={y} r={7} className={styles.ring} />
              <circle cx={x} cy={y} r={3.5} className={styles.ink} />
            </g>
          );
        if (node.kind === 'undo') return <circle key={node.id} cx={x} cy={y} r={5} className={styles.undoRing} />;
        return (
          <path
            key={node.id}
            d={`M${x} ${y}${diamond}`}
            className={node.id === props.selected ? styles.ink : styles.diamond}
          />
        );
      })}
    </svg>
  );
}
