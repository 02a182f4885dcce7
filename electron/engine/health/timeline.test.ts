import { describe, expect, it } from 'vitest';
import type { OperationView } from '../../../shared/contract/operations.ts';
import { openDatabase } from '../storage/database.ts';
import { createHealthStore } from './health-store.ts';
import { timelineMarks } from './timeline.ts';

const endedAt = '2026-03-02T10:00:00.000Z';
const at = Date.parse(endedAt);
const operation = (change: Partial<OperationView>): OperationView => ({
  id: 'one',
  kind: 'stack.restart',
  title: 'Restart api of shop/main',
  environmentId: 'shop/main',
  state: 'done',
  createdAt: endedAt,
  startedAt: endedAt,
  endedAt,
  steps: [],
  estimateMs: null,
  cancellable: false,
  resumed: false,
  error: null,
  summary: 'api restarted.',
  undoable: false,
  ...change,
});
const store = createHealthStore(openDatabase(':memory:'));
const marksOf = (...operations: OperationView[]) =>
  timelineMarks({ operations: () => operations }, store, 'shop/main', at - 1000, at + 1000);
const recovery = { who: 'recovery', reason: 'it is down (attempt 2)', service: 'api' } as const;

describe('marks of what was done', () => {
  it('sets what recovery did apart from what somebody asked for', () => {
    expect(marksOf(operation({ startedBy: recovery }))).toEqual([
      {
        at,
        kind: 'recovery',
        label: 'api restarted. By itself: it is down (attempt 2).',
        service: 'api',
        ref: 'one',
      },
    ]);
    // A restart by hand is no mark; a restore is one of its own.
    expect(marksOf(operation({ startedBy: { who: 'user', reason: null, service: null } }))).toEqual([]);
    expect(marksOf(operation({ kind: 'golden.restore' })).map(({ kind }) => kind)).toEqual(['restore']);
    expect(marksOf(operation({ kind: 'golden.restore', startedBy: recovery })).map(({ kind }) => kind)).toEqual([
      'recovery',
    ]);
  });

  it('shows an attempt that failed, once it is over, and nothing else that failed', () => {
    const failed = { state: 'failed', summary: null } as const;
    expect(marksOf(operation({ ...failed, startedBy: recovery })).map(({ label }) => label)).toEqual([
      'Restart api of shop/main failed. By itself: it is down (attempt 2).',
    ]);
    expect(marksOf(operation({ state: 'running', startedBy: recovery }))).toEqual([]);
    expect(marksOf(operation({ ...failed, kind: 'golden.restore' }))).toEqual([]);
  });
});
