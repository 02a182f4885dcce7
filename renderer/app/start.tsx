import { type ReactNode, StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import type { Dial } from '../../shared/connection/channel.ts';
import { createAppClient } from '../client/app-client.ts';
import { createCommands } from '../ui/commands.ts';
import { createWorkbench } from '../ui/workbench.ts';
import { App } from './app.tsx';

let root: Root | null = null;

export function showPage(page: ReactNode): void {
  root ??= createRoot(document.getElementById('root') as HTMLElement);
  root.render(<StrictMode>{page}</StrictMode>);
}

/** Makes what the window works with, and shows it. */
export function startApp(dial: Dial): void {
  showPage(
    <App
      client={createAppClient({ dial, now: () => new Date() })}
      workbench={createWorkbench(localStorage, window.location.hash)}
      commands={createCommands()}
    />,
  );
}
