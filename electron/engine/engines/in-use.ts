import type { EngineView } from '../../../shared/contract/engines.ts';
import { AppError } from '../../../shared/errors.ts';
import type { OperationsRunner } from '../operations/runner-types.ts';
import type { Clock } from '../platform/clock.ts';
import type { Engines } from './engines.ts';

/** Resolves when the engine in use is available; rejects with the signal's reason. */
export async function engineAvailable(engines: Engines, clock: Clock, signal: AbortSignal): Promise<void> {
  // Also paces the retries against an engine that answers its heartbeat and then fails what is asked of it.
  await clock.sleep(500, signal);
  if (engines.selected()?.state === 'available') return;
  await new Promise<void>((resolve, reject) => {
    const settle = (): void => {
      if (engines.selected()?.state !== 'available' && !signal.aborted) return;
      unsubscribe();
      signal.removeEventListener('abort', settle);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    const unsubscribe = engines.onChange(settle);
    signal.addEventListener('abort', settle);
    settle();
  });
}

/** The second half of an operation, or its undoing, must not happen in another engine than the first. */
export function refuseWhileBusy(
  operations: OperationsRunner,
  selected: EngineView | undefined,
  engineId: string | null,
): void {
  const [first] = operations.busy();
  // One that is away for good must not hold the user: what waits for it then has only the other one.
  if (first === undefined || selected?.state !== 'available' || engineId === selected.id) return;
  throw new AppError({
    code: 'guard.refused',
    message: `"${first.title}" is under way in ${selected.name}.`,
    remedy: 'Let it end, or cancel it, and then choose the other engine.',
  });
}
