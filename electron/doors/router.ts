import { type AnyContractProcedure, ContractProcedure, isContractProcedure } from '@orpc/contract';
import { type AnyRouter, implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { Actor, Call, EngineApi } from '../engine/api.ts';
import { toDeclared } from './errors.ts';
import { type Authorize, authorize } from './permissions.ts';
import { carryStream, isStream } from './streams.ts';

/** What a door knows about a connection. */
export interface DoorContext extends Record<PropertyKey, unknown> {
  readonly actor: Actor;
}

export interface RouterOptions {
  readonly api: EngineApi;
  /** Parse what the engine gives back too. For development and tests: it costs time on every event. */
  readonly checkOutputs?: boolean;
  readonly authorize?: Authorize;
}

export type EngineRouter = AnyRouter;

type AnyHandler = (input: unknown, call: Call) => Promise<unknown>;

/**
 * The contract, implemented: one thin handler per procedure, found by walking the contract, and one middleware around
 * all of them for permissions and errors. Doors only differ in how bytes reach it.
 */
export function createRouter(options: RouterOptions): EngineRouter {
  const allow = options.authorize ?? authorize;
  const domains = Object.entries(contract).map(([domain, procedures]) => {
    const handlers = options.api[domain as keyof EngineApi] as Readonly<Record<string, AnyHandler>>;
    const built = Object.entries(procedures).map(([name, procedure]) => [
      name,
      isContractProcedure(procedure) ? build(`${domain}.${name}`, procedure, handlers[name]) : undefined,
    ]);
    return [domain, Object.fromEntries(built)];
  });
  return Object.fromEntries(domains) as EngineRouter;

  function build(action: string, procedure: AnyContractProcedure, handler: AnyHandler | undefined) {
    const definition = procedure['~orpc'];
    const base = options.checkOutputs === true ? procedure : withoutOutput(procedure);
    // Both checks inside the middleware, so that what they find is mapped like any other error.
    return implement(base, { initialInputValidationIndex: 1, initialOutputValidationIndex: 1 })
      .$context<DoorContext>()
      .use(async ({ context, next, signal }, input, output) => {
        const ended = new AbortController();
        const stop = (): void => ended.abort(signal?.reason);
        if (signal?.aborted === true) stop();
        signal?.addEventListener('abort', stop, { once: true });
        const release = (): void => signal?.removeEventListener('abort', stop);
        try {
          const refusal = allow(context.actor, action, environmentOf(input));
          if (refusal !== undefined) throw refusal;
          const result = await next({ context: { signal: ended.signal } });
          if (!isStream(result.output)) {
            release();
            return result;
          }
          const stream = carryStream(result.output, ended, release, (error) => toDeclared(error, action));
          return output(stream as never);
        } catch (error) {
          release();
          throw toDeclared(error, action);
        }
      })
      .handler(({ context, input }) => {
        if (handler === undefined) throw new Error(`${action} has no implementation.`);
        const { actor, signal } = context as unknown as Call;
        return handler(definition.inputSchema === undefined ? undefined : input, { actor, signal }) as never;
      });
  }
}

function withoutOutput(procedure: AnyContractProcedure): AnyContractProcedure {
  return new ContractProcedure({ ...procedure['~orpc'], outputSchema: undefined });
}

function environmentOf(input: unknown): string | null {
  if (typeof input !== 'object' || input === null || !('environmentId' in input)) return null;
  return typeof input.environmentId === 'string' ? input.environmentId : null;
}
