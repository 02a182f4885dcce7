import { useCallback, useState } from 'react';
import { type AppError, toAppError } from '../../../shared/errors.ts';
import { useAppClient } from '../../client/app-client.ts';
import { useOperation } from '../../client/use-operation.ts';
import { isPlain } from '../../ui/plan-words.ts';

export type StackVerb = 'up' | 'stop' | 'restart' | 'pull';

/** What was started from here: all services, or one. */
export interface Started {
  readonly verb: StackVerb;
  readonly service: string | null;
}

export interface StackRun {
  /** Under way from the click until the operation has ended. */
  readonly started: Started | null;
  readonly error: AppError | null;
  /** Starting needs a decision first: the plan to show. */
  readonly plan: { readonly services: readonly string[] | null } | null;
  run(verb: StackVerb, service?: string): void;
  showPlan(services: readonly string[] | null): void;
  closePlan(): void;
  clear(): void;
}

/**
 * Starts, stops and restarts an environment or one of its services, or pulls their images. Starting asks for the plan and
 * shows it only when there is something to decide.
 */
export function useStackRun(environmentId: string): StackRun {
  const client = useAppClient();
  const [started, setStarted] = useState<Started | null>(null);
  const [operationId, setOperationId] = useState<string | null>(null);
  const [error, setError] = useState<AppError | null>(null);
  const [plan, setPlan] = useState<StackRun['plan']>(null);
  const operation = useOperation(operationId);
  // Between the answer to the call and the operation's first appearance in the state it counts as under way.
  const over = operationId !== null && operation !== null && operation.endedAt !== null;

  const run = useCallback(
    (verb: StackVerb, service?: string) => {
      const services = service === undefined ? {} : { services: [service] };
      const begin = async (): Promise<string | null> => {
        if (verb !== 'up') {
          const ref = await client.call((api, options) =>
            api.environments[verb]({ environmentId, ...services }, options),
          );
          return ref.operationId;
        }
        const found = await client.call((api, options) =>
          api.environments.plan({ environmentId, action: 'up', ...services }, options),
        );
        if (!isPlain(found)) {
          setPlan({ services: service === undefined ? null : [service] });
          return null;
        }
        const ref = await client.call((api, options) =>
          api.environments.up({ environmentId, ...services, planHash: found.hash }, options),
        );
        return ref.operationId;
      };
      setError(null);
      setOperationId(null);
      setStarted({ verb, service: service ?? null });
      begin().then(
        (id) => {
          setOperationId(id);
          if (id === null) setStarted(null);
        },
        (thrown: unknown) => {
          setStarted(null);
          setError(toAppError(thrown));
        },
      );
    },
    [client, environmentId],
  );
  const showPlan = useCallback((services: readonly string[] | null) => setPlan({ services }), []);
  const closePlan = useCallback(() => setPlan(null), []);
  const clear = useCallback(() => setError(null), []);
  return { started: over ? null : started, error, plan, run, showPlan, closePlan, clear };
}
