import { z } from 'zod';
import { keepSessionBus } from './session-bus.ts';

const systemBus = '/run/dbus/system_bus_socket';
const askMs = 2_000;
/** Of NetworkManager: yes, and as far as it can guess. */
const metered = [1, 3];

/**
 * Does what goes over the network cost by the byte? On Linux NetworkManager knows. Elsewhere, and where it does not run,
 * nothing can be asked, and it counts as not.
 */
export async function readMetered(
  platform: NodeJS.Platform,
  signal: AbortSignal,
  socket: string = systemBus,
): Promise<boolean> {
  if (platform !== 'linux') return false;
  return new Promise((resolve) => {
    const done = (answer: boolean): void => {
      clearTimeout(deadline);
      signal.removeEventListener('abort', giveUp);
      bus.close();
      resolve(answer);
    };
    const giveUp = (): void => done(false);
    const deadline = setTimeout(giveUp, askMs);
    signal.addEventListener('abort', giveUp, { once: true });
    const bus = keepSessionBus(socket, [], {
      onUp: () =>
        void bus.call(question).then(
          ([value]) => done(metered.includes(numberIn(value))),
          () => done(false),
        ),
      onDown: giveUp,
      onSignal: () => undefined,
    });
  });
}

const networkManager = 'org.freedesktop.NetworkManager';
const question = {
  destination: networkManager,
  path: '/org/freedesktop/NetworkManager',
  interface: 'org.freedesktop.DBus.Properties',
  member: 'Get',
  signature: 'ss',
  body: [networkManager, 'Metered'],
};

/** A variant comes as its signature and its values. */
function numberIn(value: unknown): number {
  return z.tuple([z.unknown(), z.tuple([z.number()]).rest(z.unknown())]).safeParse(value).data?.[1][0] ?? 0;
}
