import { useCallback, useState } from 'react';
import type { EngineClient } from '../../shared/client.ts';
import type { OperationRef } from '../../shared/contract/common.ts';
import type { OperationView } from '../../shared/contract/operations.ts';
import type { AppError } from '../../shared/errors.ts';
import type { WireOptions } from './app-client.ts';
import { useAction, useOperations } from './hooks.ts';

const isActive = (operation: OperationView): boolean => operation.endedAt === null;

/** An operation by its id; null when it is not known (any more). */
export function useOperation(operationId: string | null): OperationView | null {
  const operations = useOperations();
  return operationId === null ? null : (operations.find((one) => one.id === operationId) ?? null);
}

/**
 * What is under way on an environment, of one kind (`stack.up`) or group of kinds (`stack.`), or at all. The one that
 * runs comes before those that wait.
 */
export function useOperationFor(environmentId: string | null, kind = ''): OperationView | null {
  const operations = useOperations().filter(
    (one) =>
      isActive(one) &&
      one.environmentId === environmentId &&
      (kind === '' || one.kind === kind || (kind.endsWith('.') && one.kind.startsWith(kind))),
  );
  return operations.find((one) => one.state !== 'queued') ?? operations[0] ?? null;
}

export interface OperationAction {
  /** From the click until the operation has ended. */
  readonly busy: boolean;
  /** The operation could not be started. How it ended is in `operation`. */
  readonly error: AppError | null;
  readonly operation: OperationView | null;
  start(begin: (api: EngineClient, options: WireOptions) => Promise<OperationRef>): Promise<OperationRef | undefined>;
  clear(): void;
}

/** A button that starts an operation and becomes its progress. */
export function useOperationAction(): OperationAction {
  const action = useAction();
  const [id, setId] = useState<string | null>(null);
  const operation = useOperation(id);
  const { run, clear: clearError } = action;
  const start = useCallback<OperationAction['start']>(
    async (begin) => {
      const ref = await run((client) => client.call(begin));
      setId(ref?.operationId ?? null);
      return ref;
    },
    [run],
  );
  const clear = useCallback(() => {
    setId(null);
    clearError();
  }, [clearError]);
  return {
    busy: action.busy || (operation !== null && isActive(operation)),
    error: action.error,
    operation,
    start,
    clear,
  };
}
