import { dirname } from 'node:path';
import { problemsOf } from '../../../shared/domain/problem.ts';
import type { ConfigSection } from '../../../shared/domain/routine-file.ts';
import { AppError } from '../../../shared/errors.ts';
import { appendKeys } from '../config-sync/env-file.ts';
import { envPairs, lookAtEnv } from '../config-sync/env-pairs.ts';
import type { Files } from '../platform/files.ts';

/** What a stack is read with in place of values that nobody gave yet, so that it can be shown and asked about. */
export interface StandIns {
  /** With the keys that env files lack of their templates. */
  readonly files: Files;
  readonly secrets: Readonly<Record<string, string>>;
  /** Names of what stands for something. */
  readonly missing: readonly string[];
}

/** A word and a number: whatever kind of value it stands for. */
const placeholder = '1';

/** Was it refused for values or files that are still to be given? What follows from that is told beside. */
export function lacksValues(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  return problemsOf(error.details).some(({ code }) => /^compose\.(variable|file)-missing$/.test(code));
}

/** Undefined: nothing is known that could be missing. `without`: declared secrets that have no value. */
export async function standIns(
  files: Files,
  {
    folder,
    config,
    without,
  }: { readonly folder: string; readonly config: ConfigSection | undefined; readonly without: readonly string[] },
  signal: AbortSignal,
): Promise<StandIns | undefined> {
  const texts = new Map<string, string>();
  const missing: string[] = [...without];
  for (const pair of await envPairs(files, folder, config)) {
    const state = await lookAtEnv(files, folder, pair, config?.secrets ?? [], signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      return undefined;
    });
    if (state === undefined || state.missing.length === 0) continue;
    const keys = state.missing.map((each) => ({ ...each, comment: null, value: each.proposal }));
    texts.set(state.path, appendKeys(state.text, keys, state.path));
    missing.push(...state.missing.map(({ key }) => key));
  }
  if (missing.length === 0) return undefined;
  const real = async (path: string): Promise<string> =>
    (await files.real(path)) ?? `${await files.real(dirname(path))}${path.slice(dirname(path).length)}`;
  return {
    missing,
    secrets: Object.fromEntries(without.map((key) => [key, placeholder])),
    files: {
      ...files,
      readText: async (path, own) => texts.get(await real(path)) ?? files.readText(path, own),
      async info(path) {
        const text = texts.get(await real(path));
        if (text === undefined) return files.info(path);
        return { kind: 'file', bytes: Buffer.byteLength(text), modifiedAt: new Date(0) };
      },
    },
  };
}

export function notGiven(keys: readonly string[]): AppError {
  const one = keys.length === 1;
  return new AppError({
    code: 'config.keys-missing',
    message: `${keys.join(', ')} ${one ? 'has' : 'have'} no value yet.`,
    remedy: `Start the day, which asks for ${one ? 'it' : 'them'}, or add ${one ? 'it' : 'them'} to the env file or the shell.`,
    details: { keys: [...keys] },
  });
}
