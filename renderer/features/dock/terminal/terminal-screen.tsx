import '@xterm/xterm/css/xterm.css';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { TerminalView } from '../../../../shared/contract/streams.ts';
import { useAppClient } from '../../../client/app-client.ts';
import { useHello } from '../../../client/hooks.ts';
import { openAddress } from '../../../client/open-address.ts';
import { Button } from '../../../ui/button.tsx';
import { count } from '../../../ui/format.ts';
import styles from './terminal.module.css';
import type { TerminalSession } from './terminal-session.ts';
import { useTerminals } from './terminals.ts';

export function useSession(session: TerminalSession): TerminalSession['state'] {
  return useSyncExternalStore(
    (listener) => session.subscribe(listener),
    () => session.state,
  );
}

/** One terminal, and what it asks before it goes on. */
export function TerminalScreen(props: {
  readonly view: TerminalView;
  /** Shift+Escape: where the focus goes from here. */
  readonly onLeave?: () => void;
}): ReactNode {
  const terminals = useTerminals();
  const session = terminals.session(props.view);
  const wanted = useStore(terminals.store, (known) => known.focusId === props.view.id);
  const state = useSession(session);
  const client = useAppClient();
  const hello = useHello();
  const place = useRef<HTMLDivElement>(null);
  const { onLeave } = props;

  useLayoutEffect(() => {
    const element = place.current;
    return element === null ? undefined : session.mount(element);
  }, [session]);
  useEffect(() => {
    if (!wanted) return;
    session.focus();
    terminals.focused();
  }, [session, wanted, terminals]);
  useEffect(() => {
    const element = place.current;
    if (element === null || onLeave === undefined) return;
    element.addEventListener('terminal-leave', onLeave);
    return () => element.removeEventListener('terminal-leave', onLeave);
  }, [onLeave]);

  const back = (): void => {
    session.dismiss();
    session.focus();
  };
  const question = state.question;
  return (
    <div className={styles.terminal}>
      <div ref={place} className={styles.place} />
      {question === null ? null : (
        <div
          className={styles.question}
          role="alertdialog"
          aria-label={question.kind === 'paste' ? 'Paste several lines' : 'Open a link'}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            back();
          }}
        >
          {question.kind === 'paste' ? (
            <p>
              Paste {count(question.paste.lines, 'line')} into the shell? Each may run at once. It starts with{' '}
              <code>{question.paste.firstLine}</code>
            </p>
          ) : (
            <p>
              Open <code>{question.url}</code> in your browser? The address comes from the container.
            </p>
          )}
          <Button
            size="small"
            autoFocus
            onClick={() => {
              if (question.kind === 'paste') session.paste();
              else {
                session.dismiss();
                void openAddress(client, hello, question.url);
              }
              session.focus();
            }}
          >
            {question.kind === 'paste' ? 'Paste' : 'Open'}
          </Button>
          <Button size="small" kind="ghost" onClick={back}>
            Cancel
          </Button>
        </div>
      )}
      {state.status === 'exited' || state.status === 'gone' ? (
        <p className={styles.ended} role="status">
          {state.status === 'gone'
            ? 'This shell ended with the engine it ran in.'
            : state.exitCode === null
              ? 'The shell ended.'
              : `The shell ended with status ${state.exitCode}.`}
        </p>
      ) : state.error === null ? null : (
        <p className={styles.ended} role="status">
          {state.error.message}
        </p>
      )}
    </div>
  );
}
