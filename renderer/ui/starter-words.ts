import type { OperationView, StartedBy, Starter } from '../../shared/contract/operations.ts';

const words: Readonly<Record<Starter, string>> = {
  user: 'you, in the window',
  tray: 'you, from the tray',
  cli: 'you, on the command line',
  routine: 'a routine',
  recovery: 'by itself: recovery',
  schedule: 'by itself: schedule',
  upkeep: 'by itself: upkeep',
};

/** Of those that nobody asked for at that moment. */
export const byItself: readonly Starter[] = ['recovery', 'schedule', 'upkeep'];
export const byPeople: readonly Starter[] = ['user', 'tray', 'cli'];

/** A routine gives its title as reason: that says who rather than why. */
const nameOf = ({ who, reason }: StartedBy): string =>
  who === 'routine' && reason !== null ? `routine “${reason}”` : words[who];

/** `By itself: recovery`. Null when it was not written down. */
export function starterWords(by: OperationView['startedBy']): string | null {
  return by == null ? null : capital(nameOf(by));
}

/** The same within a line; null for what was done in the window, which needs no mention. */
export function starterNote(by: OperationView['startedBy']): string | null {
  return by == null || by.who === 'user' ? null : nameOf(by);
}

/** `it is down (attempt 2)`; null where somebody asked for it, or nobody wrote it down. */
export function starterReason(by: OperationView['startedBy']): string | null {
  return by == null || by.who === 'routine' ? null : by.reason;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
