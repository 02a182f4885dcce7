import { expect } from '@playwright/test';
import { z } from 'zod';
import { watcherName } from '../../../electron/desktop/tray-host.ts';
import type { SessionBus } from '../../../electron/engine/session-bus.ts';

/** The app's icon in a panel, used the way a panel does: over the session bus. */
export interface TrayIcon {
  /** A click. */
  activate(): Promise<void>;
  /** Labels of the menu, with those of its submenus. */
  labels(): Promise<readonly string[]>;
  choose(label: string): Promise<void>;
}

const item = 'org.kde.StatusNotifierItem';
const menu = 'com.canonical.dbusmenu';
/** A variant arrives as its parsed signature beside a list of one value. */
const variant = z.tuple([z.unknown(), z.tuple([z.unknown()])]).transform(([, [value]]) => value);

interface Entry {
  readonly id: number;
  readonly label: string;
}

/** Waits for the one icon that is registered. */
export async function findTrayIcon(bus: SessionBus): Promise<TrayIcon> {
  const get = async (destination: string, path: string, from: string, property: string): Promise<unknown> => {
    const [value] = await bus.call({
      destination,
      path,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      signature: 'ss',
      body: [from, property],
    });
    return variant.parse(value);
  };
  const registered = async (): Promise<string[]> =>
    z
      .array(z.string())
      .parse(await get(watcherName, '/StatusNotifierWatcher', watcherName, 'RegisteredStatusNotifierItems'));
  await expect.poll(async () => (await registered().catch(() => [])).length).toBe(1);
  const [address = ''] = await registered();
  const at = address.indexOf('/');
  const destination = at < 0 ? address : address.slice(0, at);
  const path = at < 0 ? '/StatusNotifierItem' : address.slice(at);

  async function entries(): Promise<readonly Entry[]> {
    const menuPath = z.string().parse(await get(destination, path, item, 'Menu'));
    const [, layout] = await bus.call({
      destination,
      path: menuPath,
      interface: menu,
      member: 'GetLayout',
      signature: 'iias',
      body: [0, -1, []],
    });
    return flatten(layout);
  }
  return {
    async activate() {
      await bus.call({ destination, path, interface: item, member: 'Activate', signature: 'ii', body: [0, 0] });
    },
    labels: async () => (await entries()).map(({ label }) => label),
    async choose(label) {
      const found = (await entries()).find((entry) => entry.label === label);
      if (found === undefined) throw new Error(`The menu has no ${label}.`);
      const menuPath = z.string().parse(await get(destination, path, item, 'Menu'));
      await bus.call({
        destination,
        path: menuPath,
        interface: menu,
        member: 'Event',
        signature: 'isvu',
        body: [found.id, 'clicked', ['i', 0], 0],
      });
    },
  };
}

/** `(ia{sv}av)`: id, properties, children as variants of the same. */
const layoutSchema = z.tuple([z.number(), z.array(z.tuple([z.string(), variant])), z.array(variant)]);

function flatten(layout: unknown): Entry[] {
  const [id, properties, children] = layoutSchema.parse(layout);
  const label = properties.find(([name]) => name === 'label')?.[1];
  const own = typeof label === 'string' && label !== '' ? [{ id, label: label.replaceAll('__', '_') }] : [];
  return [...own, ...children.flatMap(flatten)];
}
