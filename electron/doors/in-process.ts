import type { ClientLink } from '@orpc/client';
import { createRouterClient } from '@orpc/server';
import { type CallContext, createEngineClient, type EngineClient } from '../../shared/client.ts';
import type { Actor } from '../engine/api.ts';
import type { EngineRouter } from './router.ts';

type Procedure = (input: unknown, options: { readonly signal: AbortSignal | undefined }) => Promise<unknown>;

/** The same client as over any other door, without a wire: for the CLI with an engine of its own, and for tests. */
export function createInProcessClient(router: EngineRouter, actor: Actor): EngineClient {
  const caller = createRouterClient(router as Record<string, never>, { context: { actor } });
  const link: ClientLink<CallContext> = {
    call(path, input, { signal }) {
      const found = path.reduce<unknown>((level, key) => (level as Record<string, unknown>)[key], caller);
      return (found as Procedure)(input, { signal });
    },
  };
  return createEngineClient({ link });
}
