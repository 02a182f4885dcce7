import type { Invocation } from '../../../shared/contract/invocation.ts';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../platform/random.ts';

/** More than are ever queued; older ones go. */
const kept = 200;

/**
 * How operations under way were asked for, in memory only: their journal gets a key in place of the variables, which
 * may hold secrets. After a restart the key opens nothing: what had not begun cannot be done as it was asked for.
 */
export interface Invocations {
  /** Undefined when there is nothing to keep. */
  keep(invocation: Invocation | undefined): string | undefined;
  /** Throws `operation.interrupted` for a key of an earlier life. */
  get(key: string | undefined): Invocation | undefined;
}

export function createInvocations(): Invocations {
  const known = new Map<string, Invocation>();
  return {
    keep(invocation) {
      if (invocation === undefined || Object.keys(invocation).length === 0) return undefined;
      const key = newId();
      known.set(key, invocation);
      for (const oldest of known.keys()) {
        if (known.size <= kept) break;
        known.delete(oldest);
      }
      return key;
    },
    get(key) {
      if (key === undefined) return undefined;
      const found = known.get(key);
      if (found !== undefined) return found;
      throw new AppError({
        code: 'operation.interrupted',
        message: 'The variables and options this was asked for with were kept in memory only, and are gone.',
        remedy: 'Give the command again in its shell. Nothing was changed.',
      });
    },
  };
}
