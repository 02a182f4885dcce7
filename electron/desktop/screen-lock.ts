import type { BusSignal } from '../engine/session-bus.ts';

/** Desktops say under names of their own that the screen is locked; all in the same words. */
const services = ['freedesktop', 'gnome', 'cinnamon', 'mate', 'xfce'].map((desktop) => `org.${desktop}.ScreenSaver`);
const member = 'ActiveChanged';

/** Rules for the signals that tell. */
export const lockMatches: readonly string[] = services.map(
  (name) => `type='signal',interface='${name}',member='${member}'`,
);

/** True: the screen was locked; false: unlocked; null: the signal is about something else. */
export function lockedBy(signal: BusSignal): boolean | null {
  if (signal.member !== member || !services.includes(signal.interface)) return null;
  const [active] = signal.body;
  return typeof active === 'boolean' ? active : null;
}
