import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useAppClient } from '../../../client/app-client.ts';
import { followStream } from '../../../client/follow.ts';
import { createLogFeed, type LogFeed, type LogFeedState } from './log-feed.ts';

/** Lines of the past that a view starts with, per container. */
const tail = 500;
/** Frames stop while the window is hidden; lines then come in at this pace, ms. */
const hiddenFrameMs = 250;

function nextFrame(callback: () => void): () => void {
  let done = false;
  const once = (): void => {
    if (done) return;
    done = true;
    cancel();
    callback();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, hiddenFrameMs);
  const cancel = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  return () => {
    done = true;
    cancel();
  };
}

/** The lines of some services of an environment (null: all), for as long as somebody looks. Null before it is open. */
export function useLogFeed(environmentId: string | null, services: readonly string[] | null): LogFeed | null {
  const client = useAppClient();
  const [feed, setFeed] = useState<LogFeed | null>(null);
  const key = services === null ? null : JSON.stringify([...services].sort());
  useEffect(() => {
    if (environmentId === null) {
      setFeed(null);
      return;
    }
    const chosen = key === null ? undefined : (JSON.parse(key) as string[]);
    const opened = createLogFeed({
      stream: ({ since, ...stream }) =>
        followStream(client, {
          ...stream,
          open: (api, flow, options) => {
            const from = since();
            return api.logs.follow(
              {
                flow,
                environmentId,
                tail,
                ...(chosen === undefined ? {} : { services: chosen }),
                ...(from === undefined ? {} : { since: from }),
              },
              options,
            );
          },
          window: 2,
        }),
      nextFrame,
      now: () => performance.now(),
    });
    setFeed(opened);
    return () => opened.close();
  }, [client, environmentId, key]);
  return feed;
}

const nothing: LogFeedState = { status: 'connecting', error: null, dropped: 0, held: 0, paused: false, version: 0 };
const noSubscription = (): void => {};

export function useLogFeedState(feed: LogFeed | null): LogFeedState {
  const [subscribe, read] = useMemo(
    () =>
      feed === null
        ? [() => noSubscription, () => nothing]
        : [(listener: () => void) => feed.subscribe(listener), () => feed.state],
    [feed],
  );
  return useSyncExternalStore(subscribe, read);
}
