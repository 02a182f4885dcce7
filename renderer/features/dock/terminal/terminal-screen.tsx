import '@xterm/xterm/css/xterm.css';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { TerminalView } from '../../../../shared/contract/streams.ts';
import { Button } from '../../../ui/button.tsx';
import type { SessionState, TerminalSession } from './session-types.ts';
import styles from './terminal.module.css';
import { TerminalQuestion } from './terminal-question.tsx';
import { TerminalSearch } from './terminal-search.tsx';
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

  return (
    <div className={styles.terminal}>
      {state.search.open ? <TerminalSearch session={session} search={state.search} /> : null}
      <div ref={place} className={styles.place} />
      {state.question === null ? null : <TerminalQuestion session={session} question={state.question} />}
      <Ended session={session} state={state} />
    </div>
  );
}

function Ended({ session, state }: { readonly session: TerminalSession; readonly state: SessionState }): ReactNode {
  const text = endText(state);
  if (text === null) return null;
  const again = state.status === 'exited' || state.status === 'waiting';
  return (
    <div className={styles.ended}>
      <p role="status">{text}</p>
      {again ? (
        <Button
          size="small"
          onClick={() => {
            session.restore();
            session.focus();
          }}
        >
          {state.status === 'exited' ? 'Start again here' : 'Try again'}
        </Button>
      ) : null}
    </div>
  );
}

function endText(state: SessionState): string | null {
  switch (state.status) {
    case 'exited':
      return state.exitCode === null || state.exitCode < 0
        ? 'The shell ended.'
        : `The shell ended with status ${state.exitCode}.`;
    case 'gone':
      return 'This shell ended with the engine it ran in.';
    case 'waiting':
      return state.error === null ? null : `Not restored: ${state.error.message} ${state.error.remedy}`;
    default:
      return state.error === null ? null : state.error.message;
  }
}
