import { errorShapeSchema } from '../../../shared/contract/common.ts';
import { AppError, type ErrorShape } from '../../../shared/errors.ts';
import type { OperationRow } from './journal.ts';

/** The sentences an operation can end with that are not the failure of a step. */

export function cancelledError(): ErrorShape {
  return {
    code: 'operation.cancelled',
    message: 'Cancelled. The state before was kept.',
    remedy: 'Start it again when you want to.',
  };
}

export function shuttingDown(): AppError {
  return new AppError({
    code: 'engine.shutting-down',
    message: 'Golden Hour is closing.',
    remedy: 'Start it again: it takes up what was under way.',
  });
}

export function unknownOperation(id: string): AppError {
  return new AppError({
    code: 'operation.not-found',
    message: `There is no operation ${id}.`,
    remedy: 'List the operations to see which there are.',
  });
}

export function cannotCancel(title: string, ended: boolean): AppError {
  return ended
    ? new AppError({
        code: 'guard.refused',
        message: `"${title}" has already ended.`,
        remedy: 'Nothing needs to be done.',
      })
    : new AppError({
        code: 'guard.refused',
        message: `"${title}" can no longer be cancelled: it is past the point where that is safe.`,
        remedy: 'Let it finish; then use Undo if it is offered.',
      });
}

/** This version does not know the kind, or its input changed shape. */
export function cannotResume(title: string): ErrorShape {
  return {
    code: 'operation.interrupted',
    message: `"${title}" was under way when Golden Hour ended, and this version cannot take it up again.`,
    remedy: 'Look at the environment and start it again if needed.',
  };
}

/** Why an operation of an earlier life is being undone now. */
export function undoReason(row: OperationRow): ErrorShape {
  if (row.state === 'cancelling') return cancelledError();
  if (row.state === 'undoing' && row.error !== null) return errorShapeSchema.parse(JSON.parse(row.error));
  return {
    code: 'operation.interrupted',
    message: `Golden Hour ended while "${row.title}" was under way. The state before it was brought back.`,
    remedy: 'Start it again when you want to.',
  };
}
