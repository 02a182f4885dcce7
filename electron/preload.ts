import { ipcRenderer } from 'electron';

/**
 * Carries one question and one answer between the page and the main process: the page asks for a connection to the
 * engine, and gets a port. The page has no other way out of its sandbox.
 */
window.addEventListener('message', (event) => {
  if (event.source !== window || event.origin !== window.location.origin) return;
  const message: unknown = event.data;
  if (typeof message !== 'object' || message === null || !('type' in message)) return;
  if (message.type === 'goldenhour:connect') ipcRenderer.send('goldenhour:connect');
});

ipcRenderer.on('goldenhour:port', (event) => {
  window.postMessage({ type: 'goldenhour:port' }, window.location.origin, [...event.ports]);
});
