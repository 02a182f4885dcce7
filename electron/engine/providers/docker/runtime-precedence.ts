import type { Clock } from '../../platform/clock.ts';
import type { EnvironmentTarget } from '../provider.ts';
import { dependenciesOf } from './order.ts';

/** An engine that takes longer to start one container must not hold up those that need not wait for it, ms. */
const patienceMs = 1000;

/**
 * Lets a service go first on whose health or end others wait: its health check takes its time, and meanwhile the rest can
 * start. An engine that starts several containers at once starts each of them late.
 */
export function createPrecedence(
  target: Pick<EnvironmentTarget, 'project'>,
  starting: ReadonlySet<string>,
  clock: Clock,
): (name: string, start: () => Promise<void>, signal: AbortSignal) => Promise<void> {
  const awaited = new Set(
    [...starting].flatMap((name) =>
      [...dependenciesOf(target.project, name)].flatMap(([other, { condition }]) =>
        condition === 'service_started' ? [] : [other],
      ),
    ),
  );
  const ahead = new Set<Promise<unknown>>();

  return async (name, start, signal) => {
    if (awaited.has(name)) {
      const mine = start();
      const settled = mine.catch(() => undefined).finally(() => ahead.delete(settled));
      ahead.add(settled);
      return mine;
    }
    // Those that became ready at the same moment take their place in front first.
    await new Promise(setImmediate);
    if (ahead.size > 0) {
      const over = new AbortController();
      await Promise.race([
        Promise.all(ahead),
        clock.sleep(patienceMs, AbortSignal.any([signal, over.signal])).catch(() => undefined),
      ]);
      over.abort();
    }
    return start();
  };
}
