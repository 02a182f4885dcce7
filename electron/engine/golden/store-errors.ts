import { AppError } from '../../../shared/errors.ts';
import { storeRoot } from './layout.ts';

/** Turns what a script in the helper said into words. `what` completes "could not …". */
export function scriptFailed(what: string, exitCode: number, stderr: string): AppError {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const details = { exitCode, output: lines.slice(-20) };
  if (/No space left on device|quota exceeded/i.test(stderr)) {
    return new AppError({
      code: 'golden.no-space',
      message: `The golden store is full: it could not ${what}.`,
      remedy: 'Remove golden images you no longer need, or free space on the disk, and try again.',
      details,
    });
  }
  const last = lines.at(-1)?.replaceAll(`${storeRoot}/`, '') ?? `exit code ${exitCode}`;
  return new AppError({
    code: 'golden.store-unavailable',
    message: `The golden store could not ${what}: ${last}`,
    remedy: 'Look at the details, check the disk under the store, and try again.',
    details,
  });
}

export function noSpace(needed: number, free: number, what: string): AppError {
  return new AppError({
    code: 'golden.no-space',
    message: `There is not enough space in the golden store to ${what}: ${size(needed)} needed, ${size(free)} free.`,
    remedy: 'Remove golden images you no longer need, or free space on the disk, and try again. Nothing was changed.',
    details: { neededBytes: needed, freeBytes: free },
  });
}

export function notFound(imageId: string): AppError {
  return new AppError({
    code: 'golden.not-found',
    message: `There is no golden image "${imageId}" in this engine's store.`,
    remedy: 'Look at the list of golden images: it may have been removed, or belong to another engine.',
  });
}

/** `1.5 GB`: one decimal, powers of ten, as the rest of the app shows sizes. */
export function size(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit === 0 ? `${value} B` : `${value.toFixed(1)} ${units[unit]}`;
}
