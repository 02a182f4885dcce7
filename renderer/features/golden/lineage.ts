/** One row of the list, newest first, and what it came from. */
export interface LineageRow {
  readonly id: string;
  readonly parentId: string | null;
  readonly kind: 'current' | 'undo' | 'image';
}

export interface LineageNode {
  readonly id: string;
  readonly kind: LineageRow['kind'];
  readonly row: number;
  readonly lane: number;
}

export interface LineageEdge {
  readonly from: { readonly row: number; readonly lane: number };
  readonly to: { readonly row: number; readonly lane: number };
  /** Drawn dashed: what is not there any more, or only for a while. */
  readonly dashed: boolean;
}

export interface Lineage {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
  readonly lanes: number;
}

/**
 * Places rows on lanes: a row goes where the first of its children waits for it, a row that nobody waits for takes the
 * first free lane. Parents that are not in the list, or stand above their child, give no edge.
 */
export function layOut(rows: readonly LineageRow[]): Lineage {
  const position = new Map(rows.map((row, index) => [row.id, index]));
  const waiting: (string | null)[] = [];
  const nodes: LineageNode[] = [];
  const edges: LineageEdge[] = [];

  rows.forEach((row, index) => {
    let lane = waiting.indexOf(row.id);
    if (lane === -1) {
      const free = waiting.indexOf(null);
      lane = free === -1 ? waiting.length : free;
    }
    for (let other = 0; other < waiting.length; other += 1) if (waiting[other] === row.id) waiting[other] = null;
    nodes.push({ id: row.id, kind: row.kind, row: index, lane });
    const parent = row.parentId === null ? undefined : position.get(row.parentId);
    waiting[lane] = parent !== undefined && parent > index ? row.parentId : null;
  });

  for (const [index, row] of rows.entries()) {
    const parent = row.parentId === null ? undefined : position.get(row.parentId);
    const from = nodes[index];
    const to = parent === undefined || parent <= index ? undefined : nodes[parent];
    if (from === undefined || to === undefined) continue;
    edges.push({
      from: { row: from.row, lane: from.lane },
      to: { row: to.row, lane: to.lane },
      dashed: row.kind === 'undo',
    });
  }
  return { nodes, edges, lanes: Math.max(1, waiting.length) };
}

export interface LineageMetrics {
  readonly rowHeight: number;
  readonly top: number;
  readonly left: number;
  readonly laneWidth: number;
  /** Lanes beyond this one share it: the drawing has no more room. */
  readonly lastLane: number;
}

export const laneX = (lane: number, metrics: LineageMetrics): number =>
  metrics.left + Math.min(lane, metrics.lastLane) * metrics.laneWidth;
export const rowY = (row: number, metrics: LineageMetrics): number => metrics.top + (row + 0.5) * metrics.rowHeight;

/** Straight down its lane, and a bend into the parent's lane within the last row. */
export function edgePath(edge: LineageEdge, metrics: LineageMetrics): string {
  const x1 = laneX(edge.from.lane, metrics);
  const x2 = laneX(edge.to.lane, metrics);
  const y1 = rowY(edge.from.row, metrics);
  const y2 = rowY(edge.to.row, metrics);
  if (x1 === x2) return `M${x1} ${y1}V${y2}`;
  const bend = y2 - metrics.rowHeight * 0.87;
  return `M${x1} ${y1}V${Math.max(y1, bend)}C${x1} ${y2 - metrics.rowHeight * 0.33} ${x2} ${y2 - metrics.rowHeight * 0.63} ${x2} ${y2 - 2}`;
}
