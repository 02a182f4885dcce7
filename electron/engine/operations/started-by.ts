import type { StartedBy, Starter } from '../../../shared/contract/operations.ts';
import type { Actor } from '../api.ts';

const people: Readonly<Record<Exclude<Actor['door'], 'engine'>, Starter>> = {
  window: 'user',
  browser: 'user',
  desktop: 'tray',
  socket: 'cli',
  cli: 'cli',
};

/** Who started what a call starts, for the journal. Undefined: an engine that does not say what of it acts. */
export function startedBy({ door, acts }: Actor): StartedBy | undefined {
  if (door === 'engine') return acts;
  return { who: people[door], reason: null, service: null };
}
