import { describe, expect, it } from 'vitest';
import type { OperationView } from '../../../shared/contract/operations.ts';
import type { Incident } from '../../../shared/domain/incident-types.ts';
import { incidentOf } from '../../../test/support/incident.ts';
import { openDatabase } from '../storage/database.ts';
import { createHealthStore } from './health-store.ts';
import { timelineMarks } from './timeline.ts';

const at = (minute: number): number => Date.UTC(2026, 1, 4, 8, minute);
const time = (minute: number): string => new Date(at(minute)).toISOString();

const operation = (id: string, kind: string, minute: number, more: Partial<OperationView> = {}): OperationView =>
  ({
    id,
    kind,
    title: `${kind} of shop`,
    summary: null,
    state: 'done',
    createdAt: time(minute),
    startedAt: time(minute),
    endedAt: time(minute + 1),
    ...more,
  }) as OperationView;

const incident = (service: string, minute: number, more: Partial<Incident> = {}): Incident =>
  incidentOf(service, at(minute), { id: `shop/main/${service}@${minute}`, ...more });

function marks(operations: OperationView[], incidents: Incident[], from = at(0), to = at(59)) {
  const store = createHealthStore(openDatabase(':memory:'));
  for (const each of incidents) store.saveIncident(each);
  return timelineMarks({ operations: () => operations }, store, 'shop/main', from, to);
}

describe('marks on the horizon', () => {
  it('are what was done and what happened, oldest first', () => {
    const done = [operation('2', 'golden.restore', 30, { summary: 'Back to monday' }), operation('1', 'stack.up', 5)];
    expect(marks(done, [incident('db', 20)])).toEqual([
      { at: at(6), kind: 'up', label: 'stack.up of shop', service: null, ref: '1' },
      { at: at(20), kind: 'incident', label: 'db was down', service: 'db', ref: 'shop/main/db@20' },
      { at: at(31), kind: 'restore', label: 'Back to monday', service: null, ref: '2' },
    ]);
  });

  it('leave out what failed, what goes on, and what changed nothing', () => {
    const states = [
      operation('1', 'stack.up', 5, { state: 'failed' }),
      operation('2', 'golden.capture', 6, { state: 'running', endedAt: null }),
      operation('3', 'golden.verify', 7),
    ];
    expect(marks(states, [])).toEqual([]);
  });

  it('leave out what another one explains, and what is outside', () => {
    const some = [incident('api', 10, { inhibitedBy: 'db' }), incident('db', 2), incident('web', 50)];
    expect(marks([operation('1', 'stack.down', 1)], some, at(5), at(40))).toEqual([]);
    expect(marks([operation('1', 'stack.down', 1)], some, at(0), at(40)).map(({ ref }) => ref)).toEqual([
      '1',
      'shop/main/db@2',
    ]);
  });
});
