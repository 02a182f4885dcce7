import type { BusSignal, SessionBus } from '../engine/session-bus.ts';

/**
 * Whether a Linux desktop shows tray icons: something must watch for StatusNotifierItems and something must host them.
 * Without both an icon would be nowhere, and a window that hides in it gone.
 */

export const watcherName = 'org.kde.StatusNotifierWatcher';

export interface TrayHost {
  /** Looks again. Call when the bus came or went and for every signal. */
  look(): void;
  signal(signal: BusSignal): void;
}

export function createTrayHost(call: SessionBus['call'], onChange: (there: boolean) => void): TrayHost {
  let asked = 0;
  let told: boolean | null = null;
  function tell(there: boolean): void {
    if (told === there) return;
    told = there;
    onChange(there);
  }
  async function hosted(): Promise<boolean> {
    const [value] = await call({
      destination: watcherName,
      path: '/StatusNotifierWatcher',
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      signature: 'ss',
      body: [watcherName, 'IsStatusNotifierHostRegistered'],
    });
    return isTrue(value);
  }
  function look(): void {
    asked += 1;
    const own = asked;
    hosted()
      // No such service, or no bus.
      .catch(() => false)
      .then((there) => {
        if (own === asked) tell(there);
      });
  }
  return {
    look,
    signal({ interface: from, member, body: [name, , next] }) {
      const owner = member === 'NameOwnerChanged' && name === watcherName;
      if (owner && next === '') {
        // Its answers that are still under way are from before.
        asked += 1;
        tell(false);
      } else if (owner || from === watcherName) look();
    },
  };
}

/** A variant arrives as its parsed signature beside a list of one value. */
function isTrue(variant: unknown): boolean {
  return Array.isArray(variant) && Array.isArray(variant[1]) && variant[1][0] === true;
}
