import { homedir } from 'node:os';
import { app } from 'electron';
import { autostartFile, setAutostart } from './autostart-entry.ts';

/** With this the app starts without a window, in the tray. */
export const hiddenSwitch = 'hidden';

/** Was the app started to stay in the background? */
export function startedHidden(): boolean {
  if (app.commandLine.hasSwitch(hiddenSwitch)) return true;
  return process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;
}

/** Makes the system start the app at login, or not. */
export async function startAtLogin(wanted: boolean): Promise<void> {
  const hidden = `--${hiddenSwitch}`;
  if (process.platform !== 'linux') {
    // A clone must not register the Electron of its node_modules.
    if (!app.isPackaged) return;
    const now = app.getLoginItemSettings(process.platform === 'win32' ? { args: [hidden] } : {});
    if (now.openAtLogin !== wanted) app.setLoginItemSettings({ openAtLogin: wanted, args: [hidden] });
    return;
  }
  const program = process.env['APPIMAGE'] ?? process.execPath;
  const own = app.isPackaged ? [] : [app.getAppPath()];
  await setAutostart(autostartFile(process.env, homedir()), { program, parameters: [...own, hidden] }, wanted);
}
