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
        {views.map((view, index) => (
          <Chip key={view.id} view={view} name={chipName(views, index)} active={view.id === activeId} />
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
              if (environmentId !== null) void terminals.open({ environmentId, service: service.name });
            }}
          >
            {service.name}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}

/** The service, and a number when it has several shells. */
function chipName(views: readonly TerminalView[], index: number): string {
  const of = (view: TerminalView | undefined): string => view?.service ?? view?.title ?? '';
  const name = of(views[index]);
  const before = views.slice(0, index).filter((view) => of(view) === name).length;
  return before === 0 ? name : `${name} ${before + 1}`;
}

function Chip(props: { readonly view: TerminalView; readonly name: string; readonly active: boolean }): ReactNode {
  const { view, active } = props;
  const terminals = useTerminals();
  const session = terminals.session(view);
  const state = useSession(session);
  const ended = state.status === 'exited' || state.status === 'gone';
  const name = `${props.name}${ended ? ' (ended)' : ''}`;
  return (
    <li className={styles.chip} data-active={active}>
      <button
        type="button"
        className={styles.chipName}
        aria-current={active ? 'true' : undefined}
        title={[view.title, state.title].filter((part) => part !== '').join(' – ')}
        onClick={() => {
          terminals.select(view.id);
        }}
      >
        {name}
        {state.title === '' || ended ? null : <span className="t3"> {state.title}</span>}
      </button>
      <button
        type="button"
        className={styles.chipClose}
        aria-label={`End the shell ${props.name}`}
        title="End this shell"
        onClick={() => void terminals.close(view.id)}
      >
        <X size={12} strokeWidth={1.9} aria-hidden />
      </button>
    </li>
  );
}
