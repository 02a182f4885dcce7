import { useEffect, useRef } from 'react';
import { useEnvironment } from '../../../client/hooks.ts';
import type { Logs } from './use-logs.ts';

/** A stream that ended because nothing ran is taken up again when other containers run, or the same ones anew. */
export function useResumeWhenRunning(logs: Logs | null, environmentId: string | null): void {
  const environment = useEnvironment(environmentId);
  const running =
    environment?.services
      .flatMap((service) => service.instances)
      .filter((instance) => instance.state === 'running')
      .map((instance) => `${instance.containerId} ${instance.startedAt}`)
      .join() ?? '';
  const feed = logs?.feed ?? null;
  const ended = logs?.state.status === 'ended';
  const seen = useRef(running);
  useEffect(() => {
    if (!ended) {
      seen.current = running;
      return;
    }
    if (running === '' || running === seen.current) return;
    seen.current = running;
    feed?.resume();
  }, [feed, ended, running]);
}
