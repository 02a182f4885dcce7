import type { EngineApi } from '../api.ts';
import type { OperationsRunner } from './runner-types.ts';

/** The slice `operations` of the engine's surface. */
export function operationsApi(operations: OperationsRunner): EngineApi['operations'] {
  return {
    list: async ({ limit, environmentId, startedBy }) =>
      operations.list(limit, { environmentId, startedBy, all: true }),
    get: async ({ operationId }) => operations.get(operationId),
    cancel: async ({ operationId }) => operations.cancel(operationId),
    log: async ({ operationId }) => operations.log(operationId),
    async dismiss({ operationId }) {
      operations.dismiss(operationId);
      return {};
    },
  };
}
