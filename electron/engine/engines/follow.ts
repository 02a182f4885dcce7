import type { EngineView } from '../../../shared/contract/engines.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { DockerClient } from '../providers/docker/client.ts';
import { watchContainers } from '../providers/docker/observe.ts';
import type { ContainerEvent, ReportedEvent } from '../providers/provider.ts';
import { cancellable } from '../streams/cancellable.ts';
import { createWaker } from '../streams/waker.ts';

export interface FollowDeps {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly onChange: (listener: () => void) => () => void;
  readonly onReported?: ((event: ReportedEvent) => void) | undefined;
  /** ISO 8601: what was reported until then is known. */
  readonly since?: string | undefined;
  readonly now: () => { readonly client: DockerClient | null; readonly view: EngineView } | undefined;
}

/** Watches the containers of whichever engine is in use and available; says `lost` in between. */
export function followEngine(deps: FollowDeps): AsyncGenerator<ContainerEvent, void, void> {
  return cancellable(deps.signal, (signal) => follow({ ...deps, signal }));
}

async function* follow(deps: FollowDeps): AsyncGenerator<ContainerEvent, void, void> {
  const { signal, clock, onChange, now, onReported } = deps;
  const waker = createWaker();
  let watched: { readonly client: DockerClient; readonly stop: AbortController } | undefined;
  // The watch that must end when the engine in use is another one or no longer answers.
  const unsubscribe = onChange(() => {
    const { client, view } = now() ?? {};
    if (watched !== undefined && (client !== watched.client || view?.state !== 'available')) {
      watched.stop.abort(problemOf(view));
    }
    waker.wake();
  });
  let lost = false;
  let { since } = deps;
  try {
    for (;;) {
      signal.throwIfAborted();
      const { client, view } = now() ?? {};
      if (client == null || view?.state !== 'available') {
        if (!lost) yield { kind: 'lost', error: problemOf(view), since: clock.now().toISOString() };
        lost = true;
        const after = now();
        if (after?.client == null || after.view.state !== 'available') await waker.wait(signal);
        continue;
      }
      const stop = new AbortController();
      const forward = (): void => stop.abort(signal.reason);
      signal.addEventListener('abort', forward, { once: true });
      watched = { client, stop };
      try {
        for await (const event of watchContainers(client, {
          signal: stop.signal,
          clock,
          since,
          onReported(event) {
            since = event.at;
            onReported?.(event);
          },
        })) {
          if (event.kind === 'lost' && lost) continue;
          lost = event.kind === 'lost';
          yield event;
        }
      } catch {
        signal.throwIfAborted();
        if (!lost) yield { kind: 'lost', error: stop.signal.reason, since: clock.now().toISOString() };
        lost = true;
      } finally {
        watched = undefined;
        signal.removeEventListener('abort', forward);
      }
    }
  } finally {
    unsubscribe();
  }
}

function problemOf(view: EngineView | undefined): AppError {
  return new AppError({
    code: view?.state === 'not-responding' ? 'docker.not-responding' : 'docker.gone',
    message: view?.problem?.message ?? 'No Docker engine is in use.',
    remedy: view?.problem?.remedy ?? 'Start Docker, or choose another engine in the settings.',
  });
}
