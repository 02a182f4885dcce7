import type { EnvironmentTarget } from '../provider.ts';
import { dependenciesOf, oneShots } from './order.ts';
import type { ContainerDecision } from './plan-decide.ts';

/**
 * The services that have something to start, given what happens to their containers. A one-shot service that ended well
 * runs again only when a service that waits for it starts. Services whose dependency is recreated restart with it where
 * `depends_on` says so.
 */
export function servicesToStart(
  target: EnvironmentTarget,
  order: readonly string[],
  decisions: ReadonlyMap<string, readonly ContainerDecision[]>,
): { readonly start: ReadonlySet<string>; readonly restart: ReadonlySet<string> } {
  const once = oneShots(target.project);
  const restart = servicesToRestart(target, order, decisions);
  const start = new Set<string>();
  for (const name of [...order].reverse()) {
    const mine = decisions.get(name) ?? [];
    const idle = mine.some(
      (decision) =>
        decision.kind === 'create' ||
        decision.kind === 'recreate' ||
        (decision.kind === 'keep' && decision.existing.info.state !== 'running'),
    );
    if (restart.has(name)) start.add(name);
    if (!idle) continue;
    const ended = mine.every(
      (decision) =>
        decision.kind === 'remove' ||
        (decision.kind === 'keep' &&
          (decision.existing.info.state === 'running' ||
            (decision.existing.info.state === 'exited' && decision.existing.info.exitCode === 0))),
    );
    if (once.has(name) && ended && !awaited(target, order, name, start)) continue;
    start.add(name);
  }
  return { start, restart };
}

function awaited(
  target: EnvironmentTarget,
  order: readonly string[],
  name: string,
  start: ReadonlySet<string>,
): boolean {
  return order.some(
    (other) =>
      start.has(other) &&
      dependenciesOf(target.project, other).get(name)?.condition === 'service_completed_successfully',
  );
}

function servicesToRestart(
  target: EnvironmentTarget,
  order: readonly string[],
  decisions: ReadonlyMap<string, readonly ContainerDecision[]>,
): ReadonlySet<string> {
  const restart = new Set<string>();
  const renewed = (name: string): boolean =>
    restart.has(name) ||
    (decisions.get(name) ?? []).some(
      (decision) =>
        decision.kind === 'recreate' ||
        // Its successor is there already: the recreation is under way.
        (decision.kind === 'remove' && decision.existing.asideOf !== null),
    );
  for (const name of order) {
    const running = (decisions.get(name) ?? []).some(
      (decision) => decision.kind === 'keep' && decision.existing.info.state === 'running',
    );
    if (!running) continue;
    for (const [other, dependency] of dependenciesOf(target.project, name)) {
      if (dependency.restart === true && renewed(other)) restart.add(name);
    }
  }
  return restart;
}
