import { type ReactNode, useEffect } from 'react';
import { type AppClient, AppClientProvider } from '../client/app-client.ts';
import { useAppState } from '../client/hooks.ts';
import { DockProvider } from '../features/dock/dock-provider.tsx';
import { type Commands, CommandsProvider } from '../ui/commands.ts';
import { TipProvider } from '../ui/tip.tsx';
import { type Workbench, WorkbenchProvider } from '../ui/workbench.ts';
import { Shell } from './shell.tsx';
import { applyTheme } from './theme.ts';

/** The whole window. What it works with is made in main.tsx and handed in. */
export function App(props: {
  readonly client: AppClient;
  readonly workbench: Workbench;
  readonly commands: Commands;
}): ReactNode {
  return (
    <AppClientProvider value={props.client}>
      <WorkbenchProvider value={props.workbench}>
        <CommandsProvider value={props.commands}>
          <TipProvider>
            <DockProvider>
              <ThemeFromSettings />
              <Shell />
            </DockProvider>
          </TipProvider>
        </CommandsProvider>
      </WorkbenchProvider>
    </AppClientProvider>
  );
}

function ThemeFromSettings(): null {
  const theme = useAppState((state) => state.settings.theme);
  useEffect(() => {
    if (theme !== null) applyTheme(theme);
  }, [theme]);
  return null;
}
