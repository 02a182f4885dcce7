import type { RunProcess, RunResult } from '../platform/processes.ts';
import type { KeyStore, KeyStoreStrategy } from './key-store.ts';
import { unavailable } from './unavailable.ts';

/** Quick, or a window of the system's waits for the user. */
const quietMs = 5_000;
const askingMs = 60_000;
/** `security` reads lines of 4096 bytes. Base64 makes three bytes four, and names come with them. */
const maxValueBytes = 2_400;
const notFound = 44;

export interface KeychainDeps {
  readonly platform: NodeJS.Platform;
  readonly run: RunProcess;
}

/**
 * The login keychain of macOS through its own `security`. Commands are given on its input, so that no value stands among
 * the arguments of a process; values are base64, which it prints as it got it.
 */
export function macosKeychain({ platform, run }: KeychainDeps): KeyStoreStrategy {
  const security = (args: readonly string[], signal: AbortSignal, timeoutMs: number, input?: string) =>
    run('/usr/bin/security', args, { signal, timeoutMs, ...(input === undefined ? {} : { input }) }).catch(
      (): RunResult => {
        signal.throwIfAborted();
        throw refused();
      },
    );

  const store: KeyStore = {
    kept: 'system',
    words: 'In your login keychain',
    async read(environmentId, keys, { mayUnlock, signal }) {
      const values = new Map<string, string>();
      for (const key of keys) {
        const found = await security(
          ['find-generic-password', '-s', serviceOf(environmentId), '-a', key, '-w'],
          signal,
          mayUnlock ? askingMs : quietMs,
        );
        if (found.exitCode === 0) values.set(key, Buffer.from(found.stdout.trim(), 'base64').toString('utf8'));
        else if (found.exitCode !== notFound) throw refused();
      }
      return values;
    },
    async write(environmentId, key, value, signal) {
      if (Buffer.byteLength(value) > maxValueBytes) {
        throw unavailable(
          `The value of ${key} is too long for the keychain's command.`,
          `Keep it in a file of its own, and its path in ${key}.`,
        );
      }
      const command = `add-generic-password -U -s ${quoted(serviceOf(environmentId))} -a ${quoted(key)} -w ${quoted(Buffer.from(value).toString('base64'))}\n`;
      await security(['-i'], signal, askingMs, command);
      // Its interactive mode ends well whatever came of the command.
      const kept = await store.read(environmentId, [key], { mayUnlock: true, signal });
      if (kept.get(key) !== value) throw refused();
    },
    async remove(environmentId, key, signal) {
      const done = await security(
        ['delete-generic-password', '-s', serviceOf(environmentId), '-a', key],
        signal,
        askingMs,
      );
      if (done.exitCode !== 0 && done.exitCode !== notFound) throw refused();
    },
  };

  return {
    async open(signal) {
      if (platform !== 'darwin') return { missing: 'this is not macOS' };
      const found = await security(['default-keychain'], signal, quietMs).catch(() => undefined);
      return found?.exitCode === 0 ? store : { missing: 'there is no default keychain' };
    },
  };
}

const serviceOf = (environmentId: string): string => `Golden Hour ${environmentId}`;
const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]/g, ' ')}"`;
const refused = () =>
  unavailable(
    'The keychain did not give or take a secret.',
    'Unlock the login keychain in Keychain Access, and try again.',
  );
