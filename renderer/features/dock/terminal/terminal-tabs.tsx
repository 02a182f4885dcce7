import { EllipsisVertical, FolderOpen, History, Plus, Search, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { TerminalView } from '../../../../shared/contract/streams.ts';
import { useEnvironment, useHello } from '../../../client/hooks.ts';
import { IconButton } from '../../../ui/button.tsx';
import { Menu, MenuCaption, MenuItem, MenuSeparator } from '../../../ui/menu.tsx';
import { tabNames } from './tab-names.ts';
import styles from './terminal.module.css';
import { useSession } from './terminal-screen.tsx';
import { useTerminals } from './terminals.ts';

/** The open terminals, and a button for another. */
export function TerminalTabs({ environmentId }: { readonly environmentId: string | null }): ReactNode {
  const terminals = useTerminals();
  const views = useStore(terminals.store, (state) => state.views);
  const activeId = useStore(terminals.store, (state) => state.activeId);
  const [renaming, rename] = useState<string | null>(null);
  const names = tabNames(views);
  return (
    <>
      <ul className={styles.list} aria-label="Open terminals">
        {views.map((view, index) => (
          <Chip
            key={view.id}
            view={view}
            name={names[index] ?? ''}
            active={view.id === activeId}
            renaming={view.id === renaming}
            onRename={rename}
          />
        ))}
      </ul>
      <NewTerminal environmentId={environmentId} />
    </>
  );
}

function NewTerminal({ environmentId }: { readonly environmentId: string | null }): ReactNode {
  const terminals = useTerminals();
  const opening = useStore(terminals.store, (state) => state.opening);
  const environment = useEnvironment(environmentId);
  const local = useHello()?.desktop.openUrl === true;
  const running = environment?.services.filter((service) => service.state === 'running') ?? [];
  return (
    <Menu
      label="Open a terminal"
      align="start"
      trigger={<IconButton size="small" label="Open a terminal" icon={Plus} busy={opening} />}
    >
      <MenuCaption>On this machine</MenuCaption>
      <MenuItem
        icon={FolderOpen}
        disabled={!local}
        hint={local ? undefined : 'in the app only'}
        onSelect={() => void terminals.open({ environmentId: environment?.id ?? null })}
      >
        {environment === null ? 'Home folder' : `Folder of ${environment.id}`}
      </MenuItem>
      {environment === null ? null : (
        <>
          <MenuSeparator />
          <MenuCaption>Shell in a container</MenuCaption>
          {running.map((service) => (
            <MenuItem
              key={service.name}
              onSelect={() => void terminals.open({ environmentId: environment.id, service: service.name })}
            >
              {service.name}
            </MenuItem>
          ))}
          {running.length > 0 ? null : (
            <MenuItem disabled onSelect={() => undefined}>
              No service runs
            </MenuItem>
          )}
        </>
      )}
    </Menu>
  );
}

interface ChipProps {
  readonly view: TerminalView;
  readonly name: string;
  readonly active: boolean;
  readonly renaming: boolean;
  readonly onRename: (id: string | null) => void;
}

function Chip(props: ChipProps): ReactNode {
  const { view, active, name, onRename } = props;
  const terminals = useTerminals();
  const state = useSession(terminals.session(view));
  const ended = state.status === 'exited' || state.status === 'gone';
  const title = view.name === null && !ended ? state.title : '';
  const place = [
    view.folder ?? view.title,
    view.restored ? 'restored: a new shell in the same place' : '',
    state.title,
  ];
  return (
    <li className={styles.chip} data-active={active}>
      {props.renaming ? (
        <NameField view={view} name={name} onDone={() => onRename(null)} />
      ) : (
        <button
          type="button"
          className={styles.chipName}
          aria-current={active ? 'true' : undefined}
          title={place.filter((part) => part !== '').join(' – ')}
          onClick={() => terminals.select(view.id)}
          onDoubleClick={() => onRename(view.id)}
          onKeyDown={(event) => {
            if (event.key === 'F2') onRename(view.id);
          }}
        >
          {view.restored ? <History size={11} strokeWidth={1.9} aria-label="restored" className={styles.mark} /> : null}
          {state.rang ? <span className={styles.bell} role="img" aria-label="rang" /> : null}
          <span className="trunc">
            {`${name}${ended ? ' (ended)' : ''}`}
            {title === '' ? null : <span className="t3"> {title}</span>}
          </span>
        </button>
      )}
      <button
        type="button"
        className={styles.chipClose}
        aria-label={`End the terminal ${name}`}
        title="End this terminal"
        onClick={() => void terminals.close(view.id)}
      >
        <X size={12} strokeWidth={1.9} aria-hidden />
      </button>
    </li>
  );
}

function NameField(props: {
  readonly view: TerminalView;
  readonly name: string;
  readonly onDone: () => void;
}): ReactNode {
  const terminals = useTerminals();
  const [text, setText] = useState(props.view.name ?? props.name);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const keep = (): void => {
    props.onDone();
    const name = text.trim();
    if (name !== (props.view.name ?? props.name)) void terminals.rename(props.view.id, name === '' ? null : name);
  };
  return (
    <input
      className={styles.chipField}
      aria-label="Name of the terminal"
      ref={field}
      maxLength={60}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onFocus={(event) => event.currentTarget.select()}
      onBlur={keep}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') keep();
        if (event.key === 'Escape') props.onDone();
      }}
    />
  );
}

/** What can be done with the terminal that is shown. */
export function TerminalTools(): ReactNode {
  const terminals = useTerminals();
  const views = useStore(terminals.store, (state) => state.views);
  const activeId = useStore(terminals.store, (state) => state.activeId);
  const index = views.findIndex((view) => view.id === activeId);
  const view = views[index];
  if (view === undefined) return null;
  const session = terminals.session(view);
  return (
    <>
      <IconButton
        size="small"
        label="Search the terminal"
        keys="mod+f"
        icon={Search}
        onClick={() => session.openSearch(true)}
      />
      <Menu
        label="This terminal"
        trigger={<IconButton size="small" label="More about this terminal" icon={EllipsisVertical} />}
      >
        <MenuItem disabled={index === 0} onSelect={() => void terminals.move(view.id, -1)}>
          Move left
        </MenuItem>
        <MenuItem disabled={index === views.length - 1} onSelect={() => void terminals.move(view.id, 1)}>
          Move right
        </MenuItem>
        {view.name === null ? null : (
          <MenuItem onSelect={() => void terminals.rename(view.id, null)}>Use its own name again</MenuItem>
        )}
        <MenuSeparator />
        <MenuItem danger onSelect={() => void terminals.close(view.id)}>
          End this terminal
        </MenuItem>
      </Menu>
    </>
  );
}
