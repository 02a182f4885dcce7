import { app, Menu } from 'electron';

/**
 * The application menu. Nobody sees it outside macOS, but it carries the shortcuts of editing and zooming. There is no
 * Ctrl+W and no reload: both belong to the shell in the terminal.
 */
export function setMenu(): void {
  const mac = process.platform === 'darwin';
  const view: Electron.MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
  if (!app.isPackaged) view.push({ type: 'separator' }, { role: 'toggleDevTools' });
  const template: Electron.MenuItemConstructorOptions[] = mac
    ? [{ role: 'appMenu' }, { role: 'editMenu' }, { label: 'View', submenu: view }, { role: 'windowMenu' }]
    : [
        { label: 'File', submenu: [{ role: 'quit' }] },
        { label: 'View', submenu: view },
      ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
