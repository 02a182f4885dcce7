import { describe, expect, it } from 'vitest';
import type { GenerationView, GoldenImageView } from '../../../shared/contract/golden.ts';
import { historyRows } from './history.ts';

const at = (hour: number): string => `2026-11-21T${String(hour).padStart(2, '0')}:00:00.000Z`;
const image = (id: string, hour: number, parentId: string | null): GoldenImageView =>
  ({ id, createdAt: at(hour), parentId }) as GoldenImageView;
const generation = (id: string, hour: number, origin: string, current = false): GenerationView => ({
  id,
  environmentId: 'shop/main',
  createdAt: at(hour),
  current,
  origin,
  leftAt: null,
  keptUntil: null,
  bytes: null,
});
const parents = (rows: ReturnType<typeof historyRows>): Record<string, string | null> =>
  Object.fromEntries(rows.map((row) => [row.id, row.parentId]));

describe('history', () => {
  it('chains images that were taken in one state', () => {
    const rows = historyRows(
      { undo: null },
      [image('a', 9, null), image('b', 11, null)],
      [generation('g1', 8, 'empty', true)],
    );
    expect(rows.map((row) => row.id)).toEqual(['current', 'b', 'a']);
    expect(parents(rows)).toEqual({ current: 'b', b: 'a', a: null });
  });

  it('branches where an image was restored', () => {
    const undo = { generation: 'g1', leftAt: at(12), keptUntil: at(23), reason: 'restore' };
    const rows = historyRows(
      { undo },
      [image('a', 9, null), image('b', 11, null), image('c', 13, 'a')],
      [generation('g1', 8, 'empty'), generation('g2', 12, 'a', true)],
    );
    expect(parents(rows)).toEqual({ current: 'c', undo: 'b', c: 'a', b: 'a', a: null });
  });

  it('falls back on what images know of each other when their states are gone', () => {
    const rows = historyRows({ undo: null }, [image('a', 9, null), image('b', 10, 'a'), image('c', 11, 'a')], []);
    expect(parents(rows)).toEqual({ current: 'a', c: 'b', b: 'a', a: null });
  });
});
