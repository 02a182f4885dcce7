import type { GoldenImageView, RestorePlan, StoreView } from '../../../shared/contract/golden.ts';
import { count, formatBytes, formatDuration } from '../../ui/format.ts';

/** What the data of an image is worth after an unclean start, in words. */
export function consistencyWords(image: GoldenImageView): string {
  if (image.consistency === 'clean') return 'Clean: its services were stopped';
  const away = image.awayMs === null ? '' : ` for ${formatDuration(image.awayMs)}`;
  return `Crash-consistent: all services were frozen at one instant${away}`;
}

/** What the list is about, and what it uses: the strip above it. */
export function storeWords(
  images: readonly GoldenImageView[],
  undo: boolean,
  store: StoreView | null,
): { readonly main: string; readonly rest: string } {
  const main = `${count(images.length, 'image')}${undo ? ' and 1 undo point' : ''}`;
  const own = images.reduce((sum, image) => sum + (image.ownBytes ?? image.bytes), 0);
  // What is shared only the file system knows: the sum is then what there is, not what it takes.
  const exact = images.every((image) => image.ownBytes !== null);
  const held = images.length === 0 ? null : `${formatBytes(own)} ${exact ? 'on disk' : 'of data'}`;
  const free =
    store === null || !store.ready || store.freeBytes === null
      ? null
      : `${formatBytes(store.freeBytes)} free in the golden store`;
  return { main, rest: [held, free].filter((part) => part !== null).join(', ') };
}

/** Bytes of an image that others hold too; null when the store cannot tell. */
export const sharedBytes = (image: GoldenImageView): number | null =>
  image.ownBytes === null ? null : Math.max(0, image.bytes - image.ownBytes);

/** `−1.1 GB`, `+20 MB`, `same size`; null when one side is not known. */
export function deltaWords(now: number | null, then: number | null): string | null {
  if (now === null || then === null) return null;
  const delta = then - now;
  if (Math.abs(delta) < 1000) return 'same size';
  return `${delta > 0 ? '+' : ''}${formatBytes(delta)}`;
}

export interface PlanTime {
  readonly label: string;
  readonly ms: number;
  readonly away: boolean;
}

/** The parts of a plan whose duration is known from earlier runs, and all of them together; null when nothing is known. */
export function planTimes(plan: RestorePlan): { readonly parts: readonly PlanTime[]; readonly totalMs: number } | null {
  const parts = [
    { label: 'prepare', ms: plan.prepareMs, away: false },
    { label: 'services away', ms: plan.awayMs, away: true },
    { label: 'checks', ms: plan.gateMs, away: false },
  ].flatMap((part) => (part.ms === null ? [] : [{ ...part, ms: part.ms }]));
  if (parts.length === 0) return null;
  return { parts, totalMs: parts.reduce((sum, part) => sum + part.ms, 0) };
}

/** What carrying a plan out does to data, in a sentence. */
export function planSentence(plan: RestorePlan): string {
  const data = plan.services.filter((one) => one.effect === 'data').length;
  if (data === 0) return 'Nothing would change: choose at least one service.';
  return `Replaces the data of ${count(data, 'service')}. The data of now stays as an undo point.`;
}
