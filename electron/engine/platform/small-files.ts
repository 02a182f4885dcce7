import { close, open, read } from 'node:fs';

/**
 * The beginning of a small file, as the kernel makes them in /proc and /sys; undefined when it cannot be read. Three
 * system calls where `readFile` needs five: with a thousand of them every ten seconds that is what counts.
 */
export type ReadSmall = (path: string, maxBytes?: number) => Promise<string | undefined>;

export const readSmall: ReadSmall = (path, maxBytes = 8192) =>
  new Promise((resolve) => {
    open(path, 'r', (notOpened, file) => {
      if (notOpened !== null) {
        resolve(undefined);
        return;
      }
      const buffer = Buffer.allocUnsafe(maxBytes);
      read(file, buffer, 0, maxBytes, 0, (notRead, bytes) => {
        close(file, () => undefined);
        resolve(notRead === null ? buffer.toString('latin1', 0, bytes) : undefined);
      });
    });
  });
