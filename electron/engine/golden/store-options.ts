import type { StoreView } from '../../../shared/contract/golden.ts';
import type { EngineOptions } from '../engine-types.ts';
import type { StoreNames } from './ports.ts';

/** Names of the store, where they are not the usual ones. */
export function storeNamesOf(options: Pick<EngineOptions, 'environment' | 'storeNames'>): {
  readonly names?: StoreNames;
} {
  if (options.storeNames !== undefined) return { names: options.storeNames };
  const own = options.environment['GOLDEN_HOUR_STORE'];
  return own === undefined || own === '' ? {} : { names: { volume: own, helper: `${own}-helper` } };
}

/** Room where the store lies, looked at now; null: not known. */
export async function storeSpace(
  golden: { refresh(signal: AbortSignal): Promise<unknown>; storeView(): StoreView | null },
  signal: AbortSignal,
): Promise<{ readonly freeBytes: number; readonly totalBytes: number } | null> {
  await golden.refresh(signal);
  const store = golden.storeView();
  return store?.freeBytes == null || store.totalBytes === null
    ? null
    : { freeBytes: store.freeBytes, totalBytes: store.totalBytes };
}
