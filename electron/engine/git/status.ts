import type { Repository } from './repository.ts';

/** One file that differs from the commit. Paths are bytes, one character each, relative to the top. */
export interface StatusEntry {
  readonly path: string;
  readonly kind: 'changed' | 'untracked' | 'conflicted';
  readonly staged: boolean;
  /** Differs in the working tree from what is staged. */
  readonly unstaged: boolean;
  /** It is not in the working tree, or no longer in the index. */
  readonly deleted: boolean;
}

export interface Status {
  /** Null: no commit yet. */
  readonly commit: string | null;
  /** Null: detached. */
  readonly branch: string | null;
  readonly upstream: string | null;
  readonly ahead: number | null;
  readonly behind: number | null;
  readonly entries: readonly StatusEntry[];
  /** There are more entries than fit. */
  readonly cut: boolean;
}

/** What `git status --porcelain=v2 --branch -z` tells. */
export function parseStatus(text: string, cut = false): Status {
  const headers = new Map<string, string>();
  const entries: StatusEntry[] = [];
  const parts = text.split('\0');
  // Without its end the last one cannot be trusted.
  parts.pop();
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index] ?? '';
    const mark = part[0];
    if (mark === '#') {
      const [, name = '', value = ''] = /^# (\S+) (.*)$/s.exec(part) ?? [];
      headers.set(name, value);
    } else if (mark === '?') {
      entries.push({ path: part.slice(2), kind: 'untracked', staged: false, unstaged: true, deleted: false });
    } else if (mark === '1' || mark === '2' || mark === 'u') {
      const fields = part.split(' ');
      const before = mark === '1' ? 8 : mark === '2' ? 9 : 10;
      const state = fields[1] ?? '..';
      entries.push({
        path: fields.slice(before).join(' '),
        kind: mark === 'u' ? 'conflicted' : 'changed',
        staged: state[0] !== '.',
        unstaged: state[1] !== '.',
        deleted: state.includes('D') && mark !== 'u',
      });
      // The path before a rename follows.
      if (mark === '2') index += 1;
    }
  }
  const oid = headers.get('branch.oid');
  const head = headers.get('branch.head');
  const counts = /^\+(\d+) -(\d+)$/.exec(headers.get('branch.ab') ?? '');
  return {
    commit: oid === undefined || oid === '(initial)' ? null : oid,
    branch: head === undefined || head === '(detached)' ? null : toText(head),
    upstream: headers.has('branch.upstream') ? toText(headers.get('branch.upstream') ?? '') : null,
    ahead: counts === null ? null : Number(counts[1]),
    behind: counts === null ? null : Number(counts[2]),
    entries,
    cut,
  };
}

/** Submodules count when they are at another commit; what is changed inside them is theirs, and git is not sent there. */
export async function readStatus(repository: Repository, signal: AbortSignal): Promise<Status> {
  const args = ['status', '--porcelain=v2', '--branch', '-z', '--no-renames', '--ahead-behind'];
  const done = await repository.git([...args, '--untracked-files=all', '--ignore-submodules=dirty'], {
    signal,
    timeoutMs: 120_000,
    encoding: 'latin1',
    cut: true,
  });
  return parseStatus(done.stdout, done.cut);
}

/** Bytes as they are read. */
export function toText(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
