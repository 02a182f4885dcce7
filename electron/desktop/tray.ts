import { Menu, type MenuItemConstructorOptions, Tray } from 'electron';
import { healthIcon } from './health-icon.ts';
import type { TrayAction, TrayItem, TrayModel } from './tray-model.ts';

export interface AppTray {
  /** Is there an icon that brings the window back? */
  readonly there: boolean;
  /** The desktop began or ceased to show tray icons. */
  offer(there: boolean): void;
  show(model: TrayModel): void;
  close(): void;
}

/** Points. Linux panels scale what they get; its usual size avoids that. */
const size = process.platform === 'linux' ? 22 : process.platform === 'darwin' ? 18 : 16;
const template = process.platform === 'darwin';

/** The icon beside the clock. Only what changed is set again: a panel redraws the icon, and closes an open menu, on every change. */
export function createAppTray(onAction: (action: TrayAction) => void): AppTray {
  let tray: Tray | null = null;
  let offered = false;
  let model: TrayModel | null = null;
  /** What the icon, the tooltip and the menu show now. */
  let shown = { icon: '', tooltip: '', menu: '' };

  function update(): void {
    if (!offered || model === null) return;
    const { tone, shape, tooltip, items } = model;
    const next = { icon: `${tone} ${shape}`, tooltip, menu: JSON.stringify(items) };
    if (tray === null) {
      tray = new Tray(healthIcon(tone, shape, size, template));
      tray.on('click', () => onAction({ do: 'open', place: null }));
    } else if (next.icon !== shown.icon) tray.setImage(healthIcon(tone, shape, size, template));
    if (next.tooltip !== shown.tooltip) tray.setToolTip(tooltip);
    if (next.menu !== shown.menu) tray.setContextMenu(Menu.buildFromTemplate(items.map(entry)));
    shown = next;
  }

  function entry(item: TrayItem): MenuItemConstructorOptions {
    switch (item.kind) {
      case 'separator':
        return { type: 'separator' };
      case 'text':
        return { label: literal(item.label), enabled: false };
      case 'action':
        return { label: literal(item.label), click: () => onAction(item.action) };
      case 'menu':
        return { label: literal(item.label), submenu: item.items.map(entry) };
    }
  }

  function remove(): void {
    tray?.destroy();
    tray = null;
    shown = { icon: '', tooltip: '', menu: '' };
  }

  return {
    get there() {
      return tray !== null;
    },
    offer(there) {
      offered = there;
      // A panel that was started again does not know the old icon.
      remove();
      update();
    },
    show(next) {
      model = next;
      update();
    },
    close: remove,
  };
}

/** An ampersand would mark the letter after it. */
const literal = (label: string): string => label.replaceAll('&', '&&');
