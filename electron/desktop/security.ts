import { app, type Session, type WebContents } from 'electron';
import { isOurs } from './page-address.ts';

/**
 * The page may write text to the clipboard when the user presses Copy. Nothing else: no notifications, media, devices,
 * reading of the clipboard, full screen, and so on.
 */
const granted = 'clipboard-sanitized-write';

/** Denies what a page could ask of the system or the network. */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    answer(permission === granted && isOurs(details.requestingUrl));
  });
  session.setPermissionCheckHandler((_contents, permission, requester) => {
    return permission === granted && isOurs(requester);
  });
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  // The policy already keeps the page from the network; this holds for whatever the policy does not cover.
  const urls = ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file:///*'];
  session.webRequest.onBeforeRequest({ urls }, (_details, answer) => answer({ cancel: true }));
  // What the page made itself may be saved, where the user says; nothing is ever fetched to a file.
  session.on('will-download', (event, item) => {
    const url = item.getURL();
    if (!url.startsWith('blob:') || !isOurs(url.slice('blob:'.length))) event.preventDefault();
  });
}

/** Keeps every page where it is: no navigation, no new windows, no webviews. */
export function hardenContents(): void {
  app.on('web-contents-created', (_event, contents) => harden(contents));
}

function harden(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => {
    // A reload of the page itself is the one navigation there is.
    if (event.url !== contents.getURL()) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
}
