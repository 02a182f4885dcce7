import type { EnvironmentView } from '../../shared/contract/environments.ts';
import type { OperationView } from '../../shared/contract/operations.ts';

export { type EnvironmentLook, environmentLook, healthyCount } from '../../shared/looks/environment-look.ts';

const ended: ReadonlySet<OperationView['state']> = new Set(['done', 'failed', 'cancelled']);
export const isActive = (operation: OperationView): boolean => !ended.has(operation.state);

/** What is being done to an environment now: what runs before what waits. */
export function activeOperation(operations: readonly OperationView[], environmentId: string): OperationView | null {
  const mine = operations.filter((one) => one.environmentId === environmentId && isActive(one));
  return mine.find((one) => one.state !== 'queued') ?? mine[0] ?? null;
}

export const canStart = (one: EnvironmentView): boolean =>
  !one.stale && (one.state === 'stopped' || one.state === 'absent' || one.state === 'partial');
export const canStop = (one: EnvironmentView): boolean =>
  !one.stale && (one.state === 'running' || one.state === 'partial');
