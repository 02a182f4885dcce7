import { useCallback, useEffect, useState } from 'react';
import type { Routine } from '../../../shared/domain/routine-file.ts';
import { type Draft, declarationOf, draftOf } from './draft.ts';
import { useDrafts } from './drafts.ts';
import { same } from './same.ts';

export interface EditedRoutine {
  readonly draft: Draft;
  readonly declaration: Routine;
  /** It is not what the file says. */
  readonly dirty: boolean;
  /** The file says something else than when the editing began. */
  readonly overtaken: boolean;
  readonly change: (edit: (draft: Draft) => Draft) => void;
  /** It was written as it is. */
  readonly settle: (written: Routine) => void;
  /** Forgets what was changed. */
  readonly discard: () => void;
}

/** What is being edited. `saved` is what the file says now; null: a routine that is not there yet. */
export function useDraft(environmentId: string, routine: string, saved: Routine | null): EditedRoutine | null {
  const drafts = useDrafts(environmentId);
  const [kept, setKept] = useState(() => drafts.get(routine));
  const change = useCallback(
    (edit: (draft: Draft) => Draft): void =>
      setKept((before) => {
        const from = before?.draft ?? (saved === null ? null : draftOf(saved));
        return from === null ? before : { base: before === null ? saved : before.base, draft: edit(from) };
      }),
    [saved],
  );
  const settle = useCallback(
    (written: Routine): void => setKept((before) => (before === null ? null : { ...before, base: written })),
    [],
  );
  const discard = useCallback((): void => setKept(null), []);
  const base = kept === null ? saved : kept.base;
  const current = kept?.draft ?? (saved === null ? null : draftOf(saved));
  const declaration = current === null ? null : declarationOf(current);
  const dirty = current !== null && (base === null || !same(declaration, base));
  useEffect(() => {
    drafts.keep(routine, dirty ? kept : null);
  }, [drafts, routine, dirty, kept]);
  const sign = JSON.stringify(saved);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the file changed
  useEffect(() => {
    // Where nothing was changed here, what is shown follows the file.
    if (!dirty && saved !== null && !same(saved, base)) setKept(null);
  }, [sign]);
  if (current === null || declaration === null) return null;
  return {
    draft: current,
    declaration,
    dirty,
    overtaken: dirty && saved !== null && base !== null && !same(saved, base),
    change,
    settle,
    discard,
  };
}
