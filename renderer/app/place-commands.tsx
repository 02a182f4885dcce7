import {
  Activity,
  FolderPlus,
  History,
  Keyboard,
  Layers,
  PanelBottom,
  ScrollText,
  Search,
  Settings,
  SquareTerminal,
  Sun,
} from 'lucide-react';
import { useMemo } from 'react';
import { useEnvironments, useHello } from '../client/hooks.ts';
import { type Command, useCommands } from '../ui/commands.ts';
import { useWorkbench, useWorkbenchActions } from '../ui/workbench.ts';

/** Every place of the window, every environment, and the window's own switches. */
export function PlaceCommands(): null {
  const actions = useWorkbenchActions();
  const dockOpen = useWorkbench((state) => state.dock.open);
  const local = useHello()?.desktop.openUrl === true;
  const ids = useEnvironments()
    .map((one) => one.id)
    .join('\n');
  const commands = useMemo<readonly Command[]>(() => {
    const { navigate } = actions;
    const environments = ids === '' ? [] : ids.split('\n');
    return [
      {
        id: 'go.today',
        title: 'Today',
        group: 'Places',
        icon: Sun,
        keys: 'g t',
        run: () => navigate({ page: 'today' }),
      },
      {
        id: 'go.stacks',
        title: 'Stacks',
        group: 'Places',
        icon: Layers,
        keys: 'g s',
        keywords: ['environments', 'list'],
        run: () => navigate({ page: 'stacks' }),
      },
      {
        id: 'go.golden',
        title: 'Golden images',
        group: 'Places',
        icon: History,
        keys: 'g i',
        keywords: ['snapshots', 'restore'],
        run: () => navigate({ page: 'golden' }),
      },
      {
        id: 'go.activity',
        title: 'Activity',
        group: 'Places',
        icon: Activity,
        keys: 'g a',
        keywords: ['operations', 'history'],
        run: () => navigate({ page: 'activity', operationId: null }),
      },
      {
        id: 'go.incidents',
        title: 'Incidents',
        group: 'Places',
        icon: Activity,
        keys: 'g x',
        keywords: ['alerts', 'down', 'health'],
        run: () => navigate({ page: 'incidents', incidentId: null }),
      },
      {
        id: 'go.settings',
        title: 'Settings',
        group: 'Places',
        icon: Settings,
        keys: 'g ,',
        keywords: ['engines', 'theme', 'diagnostics'],
        run: () => navigate({ page: 'settings', section: null }),
      },
      {
        id: 'go.add-stack',
        title: 'Add a stack',
        group: 'Actions',
        icon: FolderPlus,
        keys: 'g n',
        keywords: ['compose', 'folder', 'new'],
        run: () => navigate({ page: 'add-stack', folder: null }),
      },
      ...environments.map(
        (id, index): Command => ({
          id: `go.environment:${id}`,
          title: id,
          group: 'Environments',
          icon: Layers,
          hint: 'Stack',
          ...(index < 9 ? { keys: `g ${index + 1}` } : {}),
          run: () => navigate({ page: 'stack', environmentId: id, service: null, tab: null }),
        }),
      ),
      {
        id: 'window.logs',
        title: 'Show logs',
        group: 'Window',
        icon: ScrollText,
        run: () => actions.setDockTab('logs'),
      },
      {
        id: 'window.terminal',
        title: 'Show terminals',
        group: 'Window',
        icon: SquareTerminal,
        keys: 'mod+`',
        keywords: ['shell', 'console'],
        run: () => actions.showTerminals(),
      },
      ...(local ? environments : []).map(
        (id): Command => ({
          id: `terminal.open:${id}`,
          title: `Open terminal in ${id}`,
          group: 'Actions',
          icon: SquareTerminal,
          keywords: ['shell', 'console', 'folder'],
          run: () => actions.openTerminal({ environmentId: id }),
        }),
      ),
      {
        id: 'window.dock',
        title: dockOpen ? 'Close the dock' : 'Open the dock',
        group: 'Window',
        icon: PanelBottom,
        keys: 'mod+j',
        run: () => actions.setDockOpen(!dockOpen),
      },
      {
        id: 'window.palette',
        title: 'Search or run',
        group: 'Window',
        icon: Search,
        keys: 'mod+k',
        run: () => actions.setPaletteOpen(true),
      },
      {
        id: 'window.keys',
        title: 'All keys',
        group: 'Window',
        icon: Keyboard,
        keys: '?',
        keywords: ['shortcuts', 'help'],
        run: () => actions.setKeysOpen(true),
      },
    ];
  }, [actions, ids, dockOpen, local]);
  useCommands(commands);
  return null;
}
