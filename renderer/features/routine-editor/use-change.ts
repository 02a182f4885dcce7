import { useEffect, useState } from 'react';
import type { Problem } from '../../../shared/domain/problem.ts';
import type { Routine } from '../../../shared/domain/routine-file.ts';
import { type AppError, toAppError } from '../../../shared/errors.ts';
import { useAppClient } from '../../client/app-client.ts';
import { useAction } from '../../client/hooks.ts';

export interface FileChange {
  readonly file: string;
  readonly diff: string;
  readonly problems: readonly Problem[];
}

/** While somebody types nothing is asked, ms. */
const pauseMs = 250;

/** What saving would write, asked again a moment after the last change. `wanted` null: it cannot be written down. */
export function useFileChange(
  environmentId: string,
  routine: string,
  wanted: Routine | null,
): { readonly change: FileChange | null; readonly current: boolean; readonly error: AppError | null } {
  const client = useAppClient();
  const sign = wanted === null ? null : JSON.stringify(wanted);
  const [found, setFound] = useState<{ sign: string; change: FileChange } | null>(null);
  const [error, setError] = useState<AppError | null>(null);
  useEffect(() => {
    if (sign === null) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      client
        .call(
          (api, options) =>
            api.routines.previewSave({ environmentId, routine, declaration: JSON.parse(sign) as Routine }, options),
          { signal: stop.signal },
        )
        .then(
          (change) => {
            if (stop.signal.aborted) return;
            setFound({ sign, change });
            setError(null);
          },
          (thrown: unknown) => {
            if (!stop.signal.aborted) setError(toAppError(thrown));
          },
        );
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [client, environmentId, routine, sign]);
  return { change: found?.change ?? null, current: found !== null && found.sign === sign, error };
}

/** Writes golden.yml. Null takes the routine out of it. */
export function useSave(environmentId: string, routine: string) {
  const action = useAction();
  const save = (declaration: Routine | null): Promise<{ file: string; text: string } | undefined> =>
    action.run((client) =>
      client.call((api, options) => api.routines.save({ environmentId, routine, declaration }, options)),
    );
  return { ...action, save };
}
