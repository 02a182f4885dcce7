import type { ContractRouterClient } from '@orpc/contract';
import type { CallContext, EngineClient } from '../../shared/client.ts';
import type { gitContract } from '../../shared/contract/git.ts';
import type { routinesContract } from '../../shared/contract/routines.ts';
import type { summaryContract } from '../../shared/contract/summary.ts';
import type { AppError } from '../../shared/errors.ts';

export type DayApi = ContractRouterClient<
  {
    readonly routines: typeof routinesContract;
    readonly git: typeof gitContract;
    readonly summary: typeof summaryContract;
  },
  CallContext
>;

/** What a day is made of: routines, repositories and summaries. An engine that is older than this page may lack one. */
export const dayApi = (api: EngineClient): DayApi => api as unknown as DayApi;

/** The engine does not know the procedure: what it would show is left out. */
export const isMissing = (error: AppError | null): boolean =>
  error?.code === 'internal' && error.details?.['status'] === 404;
