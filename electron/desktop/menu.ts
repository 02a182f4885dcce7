import { app, type ContextMenuParams, Menu } from 'electron';

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
  app.on('web-contents-created', (_event, contents) => {
    contents.on('context-menu', (_menuEvent, params) => {
      const items = editItems(params);
      if (items.length > 0) Menu.buildFromTemplate(items).popup();
    });
  });
}

/**
 * What a right click offers. Pasting is the system's own: the page cannot read the clipboard, it is told what a person
 * pasted. A terminal is a text area that holds what is selected, so nothing can be cut from it.
 */
function editItems({ isEditable, editFlags, formControlType, selectionText }: ContextMenuParams) {
  const items: Electron.MenuItemConstructorOptions[] = [];
  if (isEditable && formControlType !== 'text-area') items.push({ role: 'cut', enabled: editFlags.canCut });
  if (isEditable || selectionText !== '') items.push({ role: 'copy', enabled: editFlags.canCopy });
  if (isEditable) items.push({ role: 'paste', enabled: editFlags.canPaste });
  return items;
}
