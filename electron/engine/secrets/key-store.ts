import type { SecretsView } from '../../../shared/contract/secrets.ts';

export interface ReadOptions {
  /** Somebody waits and may be asked to unlock it. Else what is locked is `secrets.unavailable`. */
  readonly mayUnlock: boolean;
  readonly signal: AbortSignal;
}

/** Keeps values by environment and variable. No error of it names a value. */
export interface KeyStore {
  readonly kept: SecretsView['kept'];
  /** Where values are kept, for people. */
  readonly words: string;
  /** What it has of these. Throws `secrets.unavailable`. */
  read(environmentId: string, keys: readonly string[], options: ReadOptions): Promise<ReadonlyMap<string, string>>;
  /** Replaces what was there; unlocks it where it has to. Throws `secrets.unavailable`. */
  write(environmentId: string, key: string, value: string, signal: AbortSignal): Promise<void>;
  /** What is not there is no error. Throws `secrets.unavailable`. */
  remove(environmentId: string, key: string, signal: AbortSignal): Promise<void>;
  close?(): void;
}

/** One way to a key store. */
export interface KeyStoreStrategy {
  /** The store, or why it is not to be had here, in words that follow “because”. Never throws but when aborted. */
  open(signal: AbortSignal): Promise<KeyStore | { readonly missing: string }>;
}
