import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { useEnvironment, useHello } from '../../../client/hooks.ts';
import { Button } from '../../../ui/button.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import styles from './terminal.module.css';
import { TerminalScreen } from './terminal-screen.tsx';
import { useTerminals } from './terminals.ts';

/** The active terminal of the dock. */
export function TerminalPane(props: {
  readonly environmentId: string | null;
  readonly onLeave: () => void;
}): ReactNode {
  const terminals = useTerminals();
  const { views, activeId, error } = useStore(terminals.store);
  const environment = useEnvironment(props.environmentId);
  const local = useHello()?.desktop.openUrl === true;
  const view = views.find((one) => one.id === activeId);
  const first = environment?.services.find((service) => service.state === 'running');
  return (
    <>
      {error === null ? null : (
        <div className={styles.empty}>
          <ErrorNotice error={error.toShape()} onDismiss={() => terminals.clearError()} />
        </div>
      )}
      {view === undefined ? (
        error !== null ? null : (
          <div className={styles.empty}>
            <p>
              {local
                ? 'No terminal is open. One goes on when the dock is closed; after a restart it opens anew in the same place.'
                : first === undefined
                  ? 'A shell opens in a running service. Start the stack first.'
                  : 'No shell is open. A shell goes on when the dock is closed, and ends with its service.'}
            </p>
            <div className="row">
              {local ? (
                <Button size="small" onClick={() => void terminals.open({ environmentId: environment?.id ?? null })}>
                  {environment === null ? 'Open a terminal' : `Open a terminal in the folder of ${environment.id}`}
                </Button>
              ) : null}
              {first === undefined || environment === null ? null : (
                <Button
                  size="small"
                  onClick={() => void terminals.open({ environmentId: environment.id, service: first.name })}
                >
                  Open a shell in {first.name}
                </Button>
              )}
            </div>
          </div>
        )
      ) : (
        <TerminalScreen key={view.id} view={view} onLeave={props.onLeave} />
      )}
    </>
  );
}
