import { useCallback, useState } from 'react';
import { type Action, useAction } from '../../client/hooks.ts';
import type { Answer } from './question.tsx';

export interface RunActions {
  /** `cancel`, or `verb step`: what was pressed and has not come back. */
  readonly pending: string | null;
  readonly error: Action['error'];
  /** What taking back did, by token. */
  readonly undone: Readonly<Record<string, string>>;
  clear(): void;
  cancel(): void;
  retry(step: string): void;
  skip(step: string): void;
  answer(step: string, answer: Answer): void;
  undo(token: string): void;
}

/** The buttons of a run; how it went is seen in the state. */
export function useRunActions(runId: string): RunActions {
  const { run, error, busy, clear } = useAction();
  const [last, setLast] = useState<string | null>(null);
  const [undone, setUndone] = useState<Readonly<Record<string, string>>>({});
  const begin = useCallback(
    (name: string, work: Parameters<typeof run>[0]): void => {
      setLast(name);
      void run(work);
    },
    [run],
  );
  return {
    pending: busy ? last : null,
    error,
    undone,
    clear,
    cancel: () => begin('cancel', (client) => client.call((api, options) => api.routines.cancel({ runId }, options))),
    retry: (step) =>
      begin(`retry ${step}`, (client) => client.call((api, options) => api.routines.retry({ runId, step }, options))),
    skip: (step) =>
      begin(`skip ${step}`, (client) => client.call((api, options) => api.routines.skip({ runId, step }, options))),
    answer: (step, answer) =>
      begin(`answer ${step}`, (client) =>
        client.call((api, options) => api.routines.answer({ runId, step, answer }, options)),
      ),
    undo: (token) =>
      begin(`undo ${token}`, async (client) => {
        const { words } = await client.call((api, options) => api.git.undoWip({ token }, options));
        setUndone((before) => ({ ...before, [token]: words }));
      }),
  };
}
