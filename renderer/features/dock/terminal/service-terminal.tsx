import { Plus, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import { useEnvironment } from '../../../client/hooks.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import styles from './terminal.module.css';
import { TerminalScreen } from './terminal-screen.tsx';
import { useTerminals } from './terminals.ts';

/** Shells in one service, for a side panel: the newest, and a button for another. */
export function ServiceTerminal(props: { readonly environmentId: string; readonly service: string }): ReactNode {
  const terminals = useTerminals();
  const { views, opening, error } = useStore(terminals.store);
  const [chosen, choose] = useState<string | null>(null);
  const environment = useEnvironment(props.environmentId);
  const service = environment?.services.find((one) => one.name === props.service);
  const running = service?.state === 'running';
  const own = views.filter((view) => view.environmentId === props.environmentId && view.service === props.service);
  const view = own.find((one) => one.id === chosen) ?? own.at(-1);
  const open = (): void =>
    void terminals.open({ environmentId: props.environmentId, service: props.service }).then((id) => {
      if (id !== null) choose(id);
    });
  return (
    <div className={styles.panel}>
      {error === null ? null : (
        <div className={styles.empty}>
          <ErrorNotice error={error.toShape()} onDismiss={() => terminals.clearError()} />
        </div>
      )}
      {view === undefined ? (
        <div className={styles.empty}>
          <p>{running ? 'No shell is open in this service.' : 'A shell opens once the service runs.'}</p>
          {running ? (
            <Button size="small" busy={opening} onClick={open}>
              Open a shell
            </Button>
          ) : null}
        </div>
      ) : (
        <>
          <div className={styles.panelBar}>
            <span className="grow small t3 trunc">
              {own.length === 1 ? view.title : `${own.length} shells, newest shown`}
            </span>
            <IconButton
              size="small"
              label="Open another shell"
              icon={Plus}
              busy={opening}
              disabled={!running}
              onClick={open}
            />
            <IconButton size="small" label="End this shell" icon={X} onClick={() => void terminals.close(view.id)} />
          </div>
          <TerminalScreen key={view.id} view={view} />
        </>
      )}
    </div>
  );
}
