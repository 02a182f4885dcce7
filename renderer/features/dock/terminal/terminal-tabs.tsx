import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { TerminalView } from '../../../../shared/contract/streams.ts';
import { useEnvironment } from '../../../client/hooks.ts';
import { IconButton } from '../../../ui/button.tsx';
import { Menu, MenuCaption, MenuItem } from '../../../ui/menu.tsx';
import styles from './terminal.module.css';
import { useSession } from './terminal-screen.tsx';
import { useTerminals } from './terminals.ts';

/** The open shells, and a button for another. */
export function TerminalTabs({ environmentId }: { readonly environmentId: string | null }): ReactNode {
  const terminals = useTerminals();
  const views = useStore(terminals.store, (state) => state.views);
  const activeId = useStore(terminals.store, (state) => state.activeId);
  const opening = useStore(terminals.store, (state) => state.opening);
  const environment = useEnvironment(environmentId);
  const running = environment?.services.filter((service) => service.state === 'running') ?? [];
  return (
    <>
      <ul className={styles.list} aria-label="Open shells">
        {views.map((view) => (
          <Chip key={view.id} view={view} active={view.id === activeId} />
        ))}
      </ul>
      <Menu
        label="Open a shell"
        align="start"
        trigger={
          <IconButton size="small" label="Open a shell" icon={Plus} busy={opening} disabled={running.length === 0} />
        }
      >
        <MenuCaption>Shell in</MenuCaption>
        {running.map((service) => (
          <MenuItem
            key={service.name}
            onSelect={() => {
              if (environmentId !== null) void terminals.open(environmentId, service.name);
            }}
          >
            {service.name}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}

function Chip({ view, active }: { readonly view: TerminalView; readonly active: boolean }): ReactNode {
  const terminals = useTerminals();
  const session = terminals.session(view);
  const state = useSession(session);
  const ended = state.status === 'exited' || state.status === 'gone';
  const name = `${view.service ?? view.title}${ended ? ' (ended)' : ''}`;
  return (
    <li className={styles.chip} data-active={active}>
      <button
        type="button"
        className={styles.chipName}
        aria-current={active ? 'true' : undefined}
        title={[view.title, state.title].filter((part) => part !== '').join(' – ')}
        onClick={() => {
          terminals.select(view.id);
          session.focus();
        }}
      >
        {name}
        {state.title === '' || ended ? null : <span className="t3"> {state.title}</span>}
      </button>
      <button
        type="button"
        className={styles.chipClose}
        aria-label={`End the shell in ${view.service ?? view.title}`}
        title="End this shell"
        onClick={() => void terminals.close(view.id)}
      >
        <X size={12} strokeWidth={1.9} aria-hidden />
      </button>
    </li>
  );
}
