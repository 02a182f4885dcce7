import { type BrowserWindow, ipcMain } from 'electron';
import type { Place } from '../../shared/domain/place.ts';
import { isOurs } from './page-address.ts';

/** Sends the page to a place, now or as soon as it listens. */
export interface GoTo {
  go(place: Place): void;
}

export function createGoTo(window: BrowserWindow): GoTo {
  let listening = false;
  /** Only the last wish counts. */
  let wanted: Place | null = null;

  function send(): void {
    if (!listening || wanted === null || window.isDestroyed()) return;
    window.webContents.send('goldenhour:go', wanted);
    wanted = null;
  }
  ipcMain.on('goldenhour:listening', ({ senderFrame: frame }) => {
    if (frame === null || window.isDestroyed() || frame !== window.webContents.mainFrame || !isOurs(frame.url)) return;
    listening = true;
    send();
  });
  // A page that is loaded again says again when it listens.
  window.webContents.on('did-start-loading', () => {
    listening = false;
  });
  return {
    go(place) {
      wanted = place;
      send();
    },
  };
}
