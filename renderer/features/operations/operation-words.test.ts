import { describe, expect, it } from 'vitest';
import type { OperationView, StepView } from '../../../shared/contract/operations.ts';
import { currentStep, estimateWords, progressWords, stepFraction, trayOrder } from './operation-words.ts';

const step = (more: Partial<StepView>): StepView => ({
  name: 'copy',
  title: 'Copy data',
  state: 'running',
  startedAt: null,
  endedAt: null,
  progress: null,
  detail: null,
  ...more,
});
const operation = (more: Partial<OperationView>): OperationView => ({
  id: 'op',
  kind: 'golden.restore',
  title: 'Restore',
  environmentId: 'shop/main',
  state: 'running',
  createdAt: '2026-11-21T05:00:00.000Z',
  startedAt: '2026-11-21T05:00:00.000Z',
  endedAt: null,
  steps: [],
  estimateMs: null,
  cancellable: true,
  resumed: false,
  error: null,
  summary: null,
  undoable: false,
  ...more,
});
const at = (seconds: number): number => Date.parse('2026-11-21T05:00:00.000Z') + seconds * 1000;

describe('operation words', () => {
  it('writes what is measured, and nothing else', () => {
    expect(progressWords(step({}))).toBeNull();
    expect(progressWords(step({ progress: { done: 1.8e9, total: 2.8e9, unit: 'bytes' } }))).toBe('1.8 of 2.8 GB');
    expect(progressWords(step({ progress: { done: 700e6, total: 2.8e9, unit: 'bytes' } }))).toBe('700 MB of 2.8 GB');
    expect(progressWords(step({ progress: { done: 3, total: 7, unit: 'items' } }))).toBe('3 of 7');
    expect(progressWords(step({ progress: { done: 5e6, total: null, unit: 'bytes' } }))).toBe('5 MB');
    expect(stepFraction(step({ progress: { done: 5, total: null, unit: 'items' } }))).toBeNull();
    expect(stepFraction(step({ progress: { done: 9, total: 3, unit: 'items' } }))).toBe(1);
  });

  it('estimates only from history', () => {
    expect(estimateWords(operation({}), at(5))).toBeNull();
    expect(estimateWords(operation({ estimateMs: 12_000 }), at(5))).toBe('about 7 s left');
    expect(estimateWords(operation({ estimateMs: 12_000 }), at(30))).toBe('usually 12 s');
    expect(estimateWords(operation({ estimateMs: 12_000, state: 'undoing' }), at(5))).toBeNull();
  });

  it('names the step that runs, and orders the tray', () => {
    const steps = [step({ state: 'done' }), step({ name: 'b', state: 'running' }), step({ state: 'pending' })];
    expect(currentStep(operation({ steps }))?.name).toBe('b');
    const ended = (id: string, endedAt: string): OperationView => operation({ id, endedAt, state: 'done' });
    const order = trayOrder([
      ended('old', '2026-11-21T05:01:00.000Z'),
      operation({ id: 'second', createdAt: '2026-11-21T05:00:02.000Z' }),
      ended('new', '2026-11-21T05:02:00.000Z'),
      operation({ id: 'first' }),
    ]);
    expect(order.map((one) => one.id)).toEqual(['first', 'second', 'new', 'old']);
  });
});
