import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edgePath, type LineageRow, layOut } from './lineage.ts';

const image = (id: string, parentId: string | null): LineageRow => ({ id, parentId, kind: 'image' });

describe('lineage', () => {
  it('puts a straight history on one lane', () => {
    const { nodes, lanes } = layOut([
      { id: 'now', parentId: 'c', kind: 'current' },
      image('c', 'b'),
      image('b', 'a'),
      image('a', null),
    ]);
    expect(nodes.map((node) => node.lane)).toEqual([0, 0, 0, 0]);
    expect(lanes).toBe(1);
  });

  it('gives a branch a lane of its own, and back', () => {
    const { nodes, edges } = layOut([
      { id: 'now', parentId: 'a', kind: 'current' },
      { id: 'undo', parentId: 'b', kind: 'undo' },
      image('b', 'a'),
      image('a', null),
    ]);
    expect(nodes.map((node) => node.lane)).toEqual([0, 1, 1, 0]);
    expect(edges).toContainEqual({ from: { row: 2, lane: 1 }, to: { row: 3, lane: 0 }, dashed: false });
    expect(edges.find((edge) => edge.dashed)?.from.row).toBe(1);
  });

  it('never puts two rows, or a row and a passing line, on the same place', () => {
    const rowsOf = fc
      .array(fc.option(fc.nat(20), { nil: null }), { minLength: 1, maxLength: 20 })
      .map((parents) =>
        parents.map(
          (parent, index): LineageRow =>
            image(`i${index}`, parent === null ? null : `i${Math.min(parents.length + 2, index + 1 + parent)}`),
        ),
      );
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const { nodes, edges } = layOut(rows);
        for (const edge of edges) {
          const between = nodes.filter((node) => node.row > edge.from.row && node.row < edge.to.row);
          for (const node of between) expect(node.lane).not.toBe(edge.from.lane);
        }
      }),
    );
  });

  it('draws a straight line in a lane and a bend between lanes', () => {
    const metrics = { rowHeight: 46, top: 30, left: 20, laneWidth: 16, lastLane: 2 };
    expect(edgePath({ from: { row: 0, lane: 0 }, to: { row: 2, lane: 0 }, dashed: false }, metrics)).toBe('M20 53V145');
    expect(edgePath({ from: { row: 0, lane: 1 }, to: { row: 1, lane: 0 }, dashed: false }, metrics)).toMatch(
      /^M36 53V.*C36 .* 20 .* 20 97$/,
    );
  });
});
