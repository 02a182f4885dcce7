import { placeTricks } from './places.ts';
import { serverTricks } from './servers.ts';
import { settingTricks } from './settings.ts';
import type { Trick } from './trap.ts';

export type { Trap, Trick } from './trap.ts';

export const tricks: readonly Trick[] = [...settingTricks, ...serverTricks, ...placeTricks];
