/** Hashes of one file; null: there is none. */
export interface Sides {
  /** What was written last, or left alone on the user's word. */
  readonly base: string | null;
  /** As it is here. */
  readonly mine: string | null;
  /** As the team has it. */
  readonly theirs: string | null;
}

/**
 * - `same`: nothing to do.
 * - `write`: only the team's changed, or there is none here.
 * - `keep`: only the user's changed.
 * - `conflict`: both changed; nothing is decided for the user.
 * - `gone`: the team has it no more. What is here stays.
 */
export type Decision = 'same' | 'write' | 'keep' | 'conflict' | 'gone';

export function decide({ base, mine, theirs }: Sides): Decision {
  if (theirs === null) return 'gone';
  if (mine === theirs) return 'same';
  if (mine === null || mine === base) return 'write';
  return theirs === base ? 'keep' : 'conflict';
}
