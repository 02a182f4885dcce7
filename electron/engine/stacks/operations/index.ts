import type { OperationKind } from '../../operations/types.ts';
import type { DownInput, RemoveInput, ServicesInput, StackOperationDeps, UpInput } from './inputs.ts';
import { stackPull } from './pull.ts';
import { stackDown, stackRemove } from './remove.ts';
import { stackRestart } from './restart.ts';
import { stackStop } from './stop.ts';
import { stackUp } from './up.ts';

export type { DownInput, RemoveInput, ServicesInput, StackOperationDeps, UpInput } from './inputs.ts';

export interface StackOperations {
  readonly up: OperationKind<UpInput>;
  readonly stop: OperationKind<ServicesInput>;
  readonly restart: OperationKind<ServicesInput>;
  readonly pull: OperationKind<ServicesInput>;
  readonly down: OperationKind<DownInput>;
  readonly remove: OperationKind<RemoveInput>;
}

/** The operations of a stack's life. Register each with the runner once. */
export function createStackOperations(deps: StackOperationDeps): StackOperations {
  return {
    up: stackUp(deps),
    stop: stackStop(deps),
    restart: stackRestart(deps),
    pull: stackPull(deps),
    down: stackDown(deps),
    remove: stackRemove(deps),
  };
}
