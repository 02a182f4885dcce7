import { ChevronDown, ChevronUp, Search, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { IconButton } from '../../../ui/button.tsx';
import { Field } from '../../../ui/field.tsx';
import type { SearchState, TerminalSession } from './session-types.ts';
import styles from './terminal.module.css';

/** Finds text in a terminal's output, the newest first. */
export function TerminalSearch(props: { readonly session: TerminalSession; readonly search: SearchState }): ReactNode {
  const { session, search } = props;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.select();
    // What was looked for before is found again in what was written since.
    if (session.state.search.query !== '') session.search(session.state.search.query, 'type');
  }, [session]);
  const close = (): void => {
    session.openSearch(false);
    session.focus();
  };
  return (
    <search
      className={styles.search}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
    >
      <Field
        ref={field}
        autoFocus
        size="small"
        icon={Search}
        aria-label="Search the terminal"
        placeholder="Search"
        value={search.query}
        onChange={(event) => session.search(event.currentTarget.value, 'type')}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          session.search(search.query, event.shiftKey ? 'next' : 'previous');
        }}
        end={
          search.query === '' ? null : (
            <span className={styles.matches} aria-live="polite">
              {search.count === 0
                ? 'none'
                : search.index < 0
                  ? search.count.toLocaleString('en')
                  : `${(search.index + 1).toLocaleString('en')} of ${search.count.toLocaleString('en')}`}
            </span>
          )
        }
      />
      <IconButton
        size="small"
        label="Previous match"
        keys="enter"
        icon={ChevronUp}
        onClick={() => session.search(search.query, 'previous')}
      />
      <IconButton
        size="small"
        label="Next match"
        keys="shift+enter"
        icon={ChevronDown}
        onClick={() => session.search(search.query, 'next')}
      />
      <IconButton size="small" label="Close the search" keys="escape" icon={X} onClick={close} />
    </search>
  );
}
