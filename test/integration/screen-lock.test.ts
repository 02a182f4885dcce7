import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLinuxDesktop } from '../../electron/desktop/linux-desktop.ts';
import { type PrivateBus, privateBus } from '../support/private-bus.ts';
import { waitFor } from '../support/wait.ts';

let bus: PrivateBus;
beforeAll(async () => {
  bus = await privateBus();
});
afterAll(() => bus?.close());

it('hears from the screen saver on the bus that the screen is locked and unlocked', async () => {
  const heard: boolean[] = [];
  const desktop = openLinuxDesktop({
    environment: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${bus.socket}` },
    onChosen: () => undefined,
    onTray: () => undefined,
    onLock: (locked) => heard.push(locked),
  });
  const peer = await bus.connect();
  const say = (locked: boolean): void =>
    peer.sendSignal('/org/gnome/ScreenSaver', 'org.gnome.ScreenSaver', 'ActiveChanged', 'b', [locked]);
  await waitFor(
    () => {
      // Until somebody listens.
      say(true);
      return heard.includes(true);
    },
    { what: 'it is heard', intervalMs: 200 },
  );
  peer.sendSignal('/org/gnome/ScreenSaver', 'org.gnome.ScreenSaver', 'WakeUpScreen', 'b', [false]);
  say(false);
  await waitFor(() => heard.includes(false), { what: 'the unlocking is heard' });
  expect(heard.indexOf(false)).toBe(heard.length - 1);
  desktop.close();
});
