import type { EnvironmentTarget } from '../providers/provider.ts';

type Measure<T> = (target: EnvironmentTarget, signal: AbortSignal) => Promise<T>;

/**
 * A measurement that several ask for at the same time is made once: a list shows it, and the condition of a step goes by
 * it. When the one under whose signal it is made gives up, the others make their own.
 */
export function together<T>(measure: Measure<T>): Measure<T> {
  const under = new Map<string, Promise<T>>();
  return async (target, signal) => {
    const found = under.get(target.id);
    if (found !== undefined) {
      const value = await found.then(
        (each) => ({ each }),
        () => undefined,
      );
      signal.throwIfAborted();
      if (value !== undefined) return value.each;
    }
    const mine = measure(target, signal).finally(() => {
      if (under.get(target.id) === mine) under.delete(target.id);
    });
    under.set(target.id, mine);
    return mine;
  };
}
