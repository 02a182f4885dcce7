import type { NoticeAction } from '../../shared/domain/alert-types.ts';
import { busSocket, keepSessionBus } from '../engine/session-bus.ts';
import { createFreedesktopNotices, notificationsName } from './freedesktop-notices.ts';
import type { NoticeSurface } from './notice-sink.ts';
import { lockedBy, lockMatches } from './screen-lock.ts';
import { createTrayHost, watcherName } from './tray-host.ts';

export interface LinuxDesktop {
  readonly notices: NoticeSurface;
  close(): void;
}

const owner = (name: string): string =>
  `type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='${name}'`;
const matches = [
  owner(notificationsName),
  owner(watcherName),
  `type='signal',interface='${notificationsName}'`,
  `type='signal',interface='${watcherName}'`,
  ...lockMatches,
];

/** What a Linux desktop offers over its session bus: notifications with buttons, and a place for tray icons. */
export function openLinuxDesktop(options: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onChosen: (slot: number, action: NoticeAction | null) => void;
  /** The desktop shows tray icons, or no longer. */
  readonly onTray: (there: boolean) => void;
  readonly onLock: (locked: boolean) => void;
}): LinuxDesktop {
  const socket = busSocket(options.environment);
  const bus = keepSessionBus(socket, matches, {
    onUp: () => {
      notices.renewed();
      tray.look();
    },
    onDown: () => tray.look(),
    onSignal(signal) {
      notices.signal(signal);
      tray.signal(signal);
      const locked = lockedBy(signal);
      if (locked !== null) options.onLock(locked);
      const [name] = signal.body;
      if (signal.member === 'NameOwnerChanged' && name === notificationsName) notices.renewed();
    },
  });
  const notices = createFreedesktopNotices({ call: bus.call, desktopEntry: 'golden-hour', onChosen: options.onChosen });
  const tray = createTrayHost(bus.call, options.onTray);
  // Without a bus it is known at once that there is none.
  tray.look();
  return { notices, close: bus.close };
}
