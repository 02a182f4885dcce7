import type { GitPlayground } from '../git-repositories.ts';

/** A repository made to run something on whoever looks at it. */
export interface Trap {
  /** The folder that is opened. */
  readonly folder: string;
  /** Git as anybody calls it, so that the trap is seen to work. */
  readonly provoke: readonly (readonly string[])[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly close?: () => Promise<void>;
}

export interface Trick {
  readonly name: string;
  /** Why plain git cannot be seen to fall for it here. Absent: it is. */
  readonly unseen?: string;
  /** `fire` is a command that leaves the sign that it was run; `sign` the file it leaves. */
  make(at: GitPlayground, fire: string, sign: string): Promise<Trap>;
}

/** Changed so that git has to look at the content again, and so that there is something to commit. */
export async function dirty(at: GitPlayground, folder: string): Promise<void> {
  await at.write(folder, { 'own.txt': 'changed\n', 'new.txt': 'new\n' });
}

/** A clone that is behind and dirty, with these settings of its own. */
export async function configured(
  at: GitPlayground,
  settings: readonly (readonly [string, string])[],
  provoke: Trap['provoke'],
): Promise<Trap> {
  const { mine } = await at.cloned({ behind: true });
  for (const [key, value] of settings) await at.git(mine, 'config', '--add', key, value);
  await dirty(at, mine);
  return { folder: mine, provoke };
}

export const status = ['status'] as const;
export const fetch = ['fetch', 'origin'] as const;
export const pull = ['pull', '-q'] as const;
