import { type ReactNode, useState } from 'react';
import { useAppClient } from '../../../client/app-client.ts';
import { useHello } from '../../../client/hooks.ts';
import { openAddress } from '../../../client/open-address.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { count, listed } from '../../../ui/format.ts';
import { ScrollRegion } from '../../../ui/scroll-region.tsx';
import type { PasteQuestion } from './paste-guard.ts';
import type { SessionQuestion, TerminalSession } from './session-types.ts';
import styles from './terminal.module.css';
import { useTerminals } from './terminals.ts';

const labels = { paste: 'Paste several lines', link: 'Open a link', close: 'End the terminal' } as const;

/** What has to be agreed to before it happens in a terminal. */
export function TerminalQuestion(props: {
  readonly session: TerminalSession;
  readonly question: SessionQuestion;
}): ReactNode {
  const { session, question } = props;
  const back = (): void => {
    session.dismiss();
    session.focus();
  };
  return (
    <div
      className={styles.question}
      role="alertdialog"
      aria-label={labels[question.kind]}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        back();
      }}
    >
      {question.kind === 'paste' ? (
        <Paste session={session} paste={question.paste} />
      ) : question.kind === 'link' ? (
        <Link session={session} url={question.url} />
      ) : (
        <Close session={session} programs={question.programs} />
      )}
      <Button size="small" kind="ghost" onClick={back}>
        Cancel
      </Button>
    </div>
  );
}

function Paste(props: { readonly session: TerminalSession; readonly paste: PasteQuestion }): ReactNode {
  const { paste, session } = props;
  const [remember, setRemember] = useState(false);
  const more = paste.lines - paste.preview.split('\n').length;
  return (
    <>
      <div className={styles.asked}>
        <p>
          {paste.lines === 1 ? 'Paste this line?' : `Paste ${count(paste.lines, 'line')}? Each may run at once.`}
          {paste.hidden ? ' What cannot be seen in it is marked below, and left out.' : ''}
        </p>
        <ScrollRegion label="What would be pasted" className={styles.preview}>
          <pre>
            {paste.preview}
            {more > 0 ? `\n… and ${count(more, 'more line')}` : ''}
          </pre>
        </ScrollRegion>
        {paste.lines === 1 ? null : (
          <Checkbox label="Do not ask again in this terminal" checked={remember} onChange={setRemember} />
        )}
      </div>
      <Button
        size="small"
        autoFocus
        onClick={() => {
          session.paste(remember);
          session.focus();
        }}
      >
        Paste
      </Button>
    </>
  );
}

function Link(props: { readonly session: TerminalSession; readonly url: string }): ReactNode {
  const client = useAppClient();
  const hello = useHello();
  const { session, url } = props;
  return (
    <>
      <p className={styles.asked}>
        Open <code>{url}</code> in your browser? The address comes from what runs in the terminal.
      </p>
      <Button
        size="small"
        autoFocus
        onClick={() => {
          session.dismiss();
          session.focus();
          void openAddress(client, hello, url).catch(() => undefined);
        }}
      >
        Open
      </Button>
    </>
  );
}

function Close(props: { readonly session: TerminalSession; readonly programs: readonly string[] }): ReactNode {
  const terminals = useTerminals();
  const { programs, session } = props;
  return (
    <>
      <p className={styles.asked}>
        {programs.length === 0 ? (
          'Nobody could tell whether something runs in this terminal. End it?'
        ) : (
          <>
            <strong>{listed(programs, 4)}</strong> {programs.length === 1 ? 'runs' : 'run'} in this terminal and would
            be ended too.
          </>
        )}
      </p>
      <Button size="small" autoFocus danger onClick={() => void terminals.end(session.id)}>
        End
      </Button>
    </>
  );
}
