import type { OperationView } from '../../../shared/contract/operations.ts';
import type { WatchBook } from './watch-book.ts';

export interface WorkDeps {
  readonly book: Pick<WatchBook, 'get' | 'apply'>;
  readonly now: () => number;
  readonly observeAll: (environmentId: string) => void;
}

type ByHand = (environmentId: string, services: readonly string[] | null) => void;

/** Keeps track of our own operations on environments: what fails meanwhile is our doing. */
export interface Work {
  take(view: OperationView): void;
  /** A service that was declared in the middle of operations is part of them too. */
  hold(environmentId: string, service: string): void;
  /** Remembers what somebody is about to stop or restart, then passes it on. */
  byHand(next: ByHand): ByHand;
  forget(environmentId: string): void;
}

export function createWork({ book, now, observeAll }: WorkDeps): Work {
  const working = new Map<string, Set<string>>();
  const handled = new Map<string, readonly string[] | null>();

  /** Stopping what was down already is a choice too, of which the engine has nothing to report. */
  function settleStopped(environmentId: string): void {
    const services = handled.get(environmentId);
    if (services === undefined) return;
    for (const [service, health] of Object.entries(book.get(environmentId)?.health.services ?? {})) {
      const chosen = services === null || services.includes(service);
      if (chosen && ['stopped', 'failed'].includes(health.container) && health.state !== 'stopped')
        book.apply(environmentId, service, { kind: 'container', at: now(), action: 'stop' });
    }
  }

  return {
    take(view) {
      const { environmentId } = view;
      if (environmentId === null) return;
      const ids = working.get(environmentId) ?? new Set<string>();
      const active = view.state === 'running' || view.state === 'cancelling' || view.state === 'undoing';
      if (active === ids.has(view.id)) return;
      if (active) working.set(environmentId, ids.add(view.id));
      else ids.delete(view.id);
      if (ids.size === 0) working.delete(environmentId);
      book.apply(environmentId, null, { kind: 'operation', at: now(), action: active ? 'began' : 'ended' });
      if (active) return;
      observeAll(environmentId);
      if (view.kind === 'stack.stop' && view.state === 'done') settleStopped(environmentId);
      handled.delete(environmentId);
    },
    hold(environmentId, service) {
      for (const _id of working.get(environmentId) ?? [])
        book.apply(environmentId, service, { kind: 'operation', at: now(), action: 'began' });
    },
    byHand: (next) => (environmentId, services) => {
      handled.set(environmentId, services);
      next(environmentId, services);
    },
    forget(environmentId) {
      working.delete(environmentId);
      handled.delete(environmentId);
    },
  };
}
