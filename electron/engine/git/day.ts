import type { RepositoryDay } from '../summary/day-facts.ts';
import { lastValue } from './config-entries.ts';
import type { Repository } from './repository.ts';

const maxCommits = 1000;

/**
 * What the user committed in a repository within a time, on whatever branch: by the e-mail address that git commits
 * with there. Work in progress that we saved does not count, as it is committed again when it is done. Undefined: git
 * does not know who the user is.
 */
export async function dayOfRepository(
  repository: Repository,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<RepositoryDay | undefined> {
  const email = lastValue(repository.config, 'author.email') ?? lastValue(repository.config, 'user.email');
  if (email === undefined) return undefined;
  const head = await repository.git(['symbolic-ref', '--quiet', '--short', 'HEAD'], {
    signal,
    expects: { detached: 1 },
  });
  const args = [
    'log',
    '-z',
    '--branches',
    '--topo-order',
    '--no-merges',
    `--max-count=${maxCommits}`,
    '--numstat',
    '--no-renames',
  ];
  const done = await repository.git(
    [
      ...args,
      '--no-ext-diff',
      '--no-textconv',
      // By when they were committed; an hour more, as the order of commits is not that of their times.
      `--since=${new Date(from - 3_600_000).toISOString()}`,
      '--format=%x01%H%x02%at%x02%ct%x02%ae%x02%s%x02',
      'HEAD',
      '--',
    ],
    { signal, timeoutMs: 30_000, encoding: 'latin1', cut: true, expects: { unborn: 128 } },
  );
  const commits: RepositoryDay['commits'][number][] = [];
  const files = new Set<string>();
  let insertions = 0;
  let deletions = 0;
  for (const part of done.failure === null ? done.stdout.split('\x01') : []) {
    const [commit = '', authored, , author, subject = '', changes = ''] = part.split('\x02');
    const at = Number(authored) * 1000;
    if (author?.toLowerCase() !== email.toLowerCase() || !(at >= from && at < to)) continue;
    const text = Buffer.from(subject, 'latin1').toString('utf8');
    if (/^wip: \d+ files? on /.test(text)) continue;
    commits.push({ commit: commit.slice(0, 10), subject: text, at: new Date(at).toISOString() });
    for (const line of changes.split('\0')) {
      const [added, removed, path] = line.replace(/^\n+/, '').split('\t');
      if (path === undefined) continue;
      files.add(path);
      // `-` for what is no text.
      insertions += Number(added) || 0;
      deletions += Number(removed) || 0;
    }
  }
  return {
    folder: repository.top,
    name: repository.name,
    branch: head.failure === null ? head.stdout.trim() : null,
    commits: commits.sort((a, b) => Date.parse(b.at) - Date.parse(a.at)),
    filesChanged: files.size,
    insertions,
    deletions,
  };
}
