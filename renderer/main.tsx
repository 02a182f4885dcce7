import '@fontsource-variable/inter/opsz.css';
import '@fontsource-variable/jetbrains-mono/index.css';
import './ui/tokens.css';
import './ui/base.css';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import { App } from './app/app.tsx';
import { NeedsLink } from './app/needs-link.tsx';
import { applyRememberedTheme } from './app/theme.ts';
import { createAppClient } from './client/app-client.ts';
import type { Dial } from './client/channel.ts';
import { dialMessagePort } from './client/message-port.ts';
import { dialWebSocket, takeBrowserSession } from './client/websocket.ts';
import { createCommands } from './ui/commands.ts';
import { adoptStyleNonce } from './ui/style-nonce.ts';
import { createWorkbench } from './ui/workbench.ts';

// The content security policy forbids `new Function`, which zod would use to compile its parsers.
z.config({ jitless: true });
adoptStyleNonce(document);
applyRememberedTheme();

const root = createRoot(document.getElementById('root') as HTMLElement);
const show = (page: ReactNode): void => root.render(<StrictMode>{page}</StrictMode>);

function start(dial: Dial): void {
  show(
    <App
      client={createAppClient({ dial, now: () => new Date() })}
      workbench={createWorkbench(localStorage, window.location.hash)}
      commands={createCommands()}
    />,
  );
}

if (window.location.protocol === 'app:') {
  start(dialMessagePort(window));
} else {
  const session = await takeBrowserSession(window).catch(() => null);
  if (session === null) show(<NeedsLink />);
  else start(dialWebSocket(window.location, session));
}
