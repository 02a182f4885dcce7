import { randomBytes } from 'node:crypto';

/** A short id that sorts by time: 9 characters of time, 7 of chance, base 36. */
export function newId(now: Date = new Date()): string {
  const chance = BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .padStart(13, '0')
    .slice(-7);
  return `${now.getTime().toString(36).padStart(9, '0')}${chance}`;
}

/** 256 bits, hexadecimal. */
export function newToken(): string {
  return randomBytes(32).toString('hex');
}
