import { ScrollText, SquareTerminal } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { useStore } from 'zustand';
import { type Command, useCommands } from '../../ui/commands.ts';
import { useWorkbench, useWorkbenchActions } from '../../ui/workbench.ts';
import { useTerminals } from './terminal/terminals.ts';

/** The dock's buttons at the left of the foot; the dock shows its own head when it is open. */
export function DockButtons(): ReactNode {
  const dock = useWorkbench((state) => state.dock);
  const actions = useWorkbenchActions();
  const shells = useStore(useTerminals().store, (state) => state.views.length);
  if (dock.open) return null;
  return (
    <>
      <button type="button" onClick={() => actions.setDockTab('logs')}>
        <ScrollText size={14} strokeWidth={1.9} aria-hidden />
        Logs
      </button>
      <button type="button" onClick={() => actions.setDockTab('terminal')}>
        <SquareTerminal size={14} strokeWidth={1.9} aria-hidden />
        Terminal
        {shells === 0 ? null : <span className="t3">{shells}</span>}
      </button>
    </>
  );
}

/** What the palette can do with the dock. */
export function DockCommands(): ReactNode {
  const actions = useWorkbenchActions();
  const open = useWorkbench((state) => state.dock.open);
  const commands = useMemo(
    (): Command[] => [
      {
        id: 'dock.toggle',
        title: open ? 'Close the dock' : 'Open the dock',
        group: 'Window',
        keys: 'mod+`',
        run: () => actions.setDockOpen(!open),
      },
      { id: 'dock.logs', title: 'Show logs', group: 'Window', icon: ScrollText, run: () => actions.setDockTab('logs') },
      {
        id: 'dock.terminal',
        title: 'Show terminals',
        group: 'Window',
        icon: SquareTerminal,
        keywords: ['shell', 'console'],
        run: () => actions.setDockTab('terminal'),
      },
    ],
    [actions, open],
  );
  useCommands(commands);
  return null;
}
