import './ui/styles.ts';
import { z } from 'zod';
import { NeedsLink } from './app/needs-link.tsx';
import { showPage, startApp } from './app/start.tsx';
import { applyRememberedTheme } from './app/theme.ts';
import { dialMessagePort } from './client/message-port.ts';
import { dialWebSocket, takeBrowserSession } from './client/websocket.ts';
import { adoptStyleNonce } from './ui/style-nonce.ts';

// The content security policy forbids `new Function`, which zod would use to compile its parsers.
z.config({ jitless: true });
adoptStyleNonce(document);
applyRememberedTheme();

if (window.location.protocol === 'app:') {
  startApp(dialMessagePort(window));
} else {
  const session = await takeBrowserSession(window).catch(() => null);
  if (session === null) showPage(<NeedsLink />);
  else startApp(dialWebSocket(window.location, session));
}
