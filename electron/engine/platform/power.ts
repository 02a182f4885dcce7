import { readdir } from 'node:fs/promises';
import type { RunProcess } from './processes.ts';
import type { ReadSmall } from './small-files.ts';

export interface PowerReading {
  /** `saver`: the system saves power, or the battery is nearly empty. */
  readonly source: 'mains' | 'battery' | 'saver';
  /** 0 to 1; null on a machine without a battery, or when the system does not say. */
  readonly batteryRatio: number | null;
}

export const onMains: PowerReading = { source: 'mains', batteryRatio: null };

/** A battery with less is spared. */
const lowRatio = 0.2;
const supplies = '/sys/class/power_supply';
const pmsetMs = 3000;

/** Linux and macOS tell; on Windows there is nothing to ask without a program of ours, so it counts as mains. */
export async function readPower(
  { readSmall, run }: { readonly readSmall: ReadSmall; readonly run: RunProcess },
  platform: NodeJS.Platform,
  signal: AbortSignal,
): Promise<PowerReading> {
  if (platform === 'linux') return readSupplies(readSmall);
  if (platform !== 'darwin') return onMains;
  const { stdout } = await run('pmset', ['-g', 'batt'], { signal, timeoutMs: pmsetMs });
  return parsePmset(stdout);
}

export interface Supply {
  readonly type: string;
  /** `System`, or `Device` for a mouse's battery. */
  readonly scope: string;
  readonly status: string;
  readonly capacity: string;
}

async function readSupplies(readSmall: ReadSmall): Promise<PowerReading> {
  const names = await readdir(supplies).catch(() => []);
  if (names.length === 0) return onMains;
  const found = await Promise.all(
    names.map(async (name): Promise<Supply> => {
      const read = async (what: string): Promise<string> =>
        ((await readSmall(`${supplies}/${name}/${what}`, 64)) ?? '').trim();
      const [type, scope, status, capacity] = await Promise.all(['type', 'scope', 'status', 'capacity'].map(read));
      return { type: type ?? '', scope: scope ?? '', status: status ?? '', capacity: capacity ?? '' };
    }),
  );
  const profile = ((await readSmall('/sys/firmware/acpi/platform_profile', 64)) ?? '').trim();
  return powerOf(found, profile);
}

/** From what the kernel says of batteries, and of the profile that the user chose. */
export function powerOf(found: readonly Supply[], profile: string): PowerReading {
  const batteries = found.filter(({ type, scope }) => type === 'Battery' && scope !== 'Device');
  const charges = batteries.map(({ capacity }) => Number(capacity)).filter((each) => each >= 0 && each <= 100);
  if (charges.length === 0) return onMains;
  const batteryRatio = charges.reduce((sum, each) => sum + each, 0) / charges.length / 100;
  const draining = batteries.some(({ status }) => status === 'Discharging');
  if (!draining) return { source: 'mains', batteryRatio };
  return { source: profile === 'low-power' || batteryRatio < lowRatio ? 'saver' : 'battery', batteryRatio };
}

/** `Now drawing from 'Battery Power'` and `-InternalBattery-0 (id=…)	83%; discharging; …`. */
export function parsePmset(text: string): PowerReading {
  const charge = /InternalBattery[^\t\n]*\t(\d{1,3})%/.exec(text)?.[1];
  if (charge === undefined) return onMains;
  const batteryRatio = Math.min(1, Number(charge) / 100);
  if (!/drawing from 'Battery Power'/.test(text)) return { source: 'mains', batteryRatio };
  return { source: batteryRatio < lowRatio ? 'saver' : 'battery', batteryRatio };
}
