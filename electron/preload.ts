import { ipcRenderer } from 'electron';

/**
 * Carries two questions and their answers between the page and the main process: the page asks for a connection to the
 * engine and gets a port, and it asks to be told where tray and notifications want it to go. The page has no other way
 * out of its sandbox.
 */
const asked: readonly unknown[] = ['goldenhour:connect', 'goldenhour:listening'];

window.addEventListener('message', (event) => {
  if (event.source !== window || event.origin !== window.location.origin) return;
  const message: unknown = event.data;
  if (typeof message !== 'object' || message === null || !('type' in message)) return;
  if (asked.includes(message.type)) ipcRenderer.send(String(message.type));
});

ipcRenderer.on('goldenhour:port', (event) => {
  window.postMessage({ type: 'goldenhour:port' }, window.location.origin, [...event.ports]);
});

ipcRenderer.on('goldenhour:go', (_event, place: unknown) => {
  window.postMessage({ type: 'goldenhour:go', place }, window.location.origin);
});
