import { useEffect, useMemo, useState } from 'react';
import { toAppError } from '../../../shared/errors.ts';
import { useAppClient } from '../../client/app-client.ts';
import { followStream } from '../../client/follow.ts';
import { createOutputText, type OutputView } from './output-text.ts';

const empty: OutputView = { lines: [], dropped: 0 };

/** Follows what a step writes while somebody looks. The page is drawn at most once per frame, however fast it comes. */
export function useOutput(
  runId: string,
  step: string,
  /** Another one: it writes anew. */
  attempt: string,
): OutputView & { readonly problem: string | null } {
  const client = useAppClient();
  const [view, setView] = useState(empty);
  const [problem, setProblem] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try writes anew
  useEffect(() => {
    const stop = new AbortController();
    const text = createOutputText();
    let frame = 0;
    const draw = (): Promise<void> =>
      new Promise((resolve) => {
        cancelAnimationFrame(frame);
        // A hidden window gets no frames: the timer lets the stream go on all the same.
        const late = setTimeout(() => finish(), 250);
        const finish = (): void => {
          clearTimeout(late);
          cancelAnimationFrame(frame);
          if (!stop.signal.aborted) setView(text.view());
          resolve();
        };
        frame = requestAnimationFrame(finish);
      });
    void followStream(client, {
      signal: stop.signal,
      open: (api, flow, options) => api.routines.output({ runId, step, flow }, { ...options, context: {} }),
      onStart: () => {
        text.clear();
        setProblem(null);
      },
      onBatch: (batch) => {
        text.append(batch.text, batch.dropped);
        return draw();
      },
      onError: (error) => {
        setProblem(toAppError(error).message);
        return false;
      },
    });
    return () => {
      stop.abort();
      cancelAnimationFrame(frame);
    };
  }, [client, runId, step, attempt]);
  return useMemo(() => ({ ...view, problem }), [view, problem]);
}
