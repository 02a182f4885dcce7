import type { GitHint, RepositoryView } from '../../../shared/contract/git.ts';
import type { GitSection } from '../../../shared/domain/routine-file.ts';
import { testPattern } from './pattern-test.ts';
import type { Repository } from './repository.ts';
import { wipBranchOf } from './wip-names.ts';

/** `type(scope)!: words`. */
const conventional = '^[a-z]+(\\([^)]+\\))?!?: \\S';
/** So many commits of the branch are looked at. */
const maxCommits = 50;

/** What is not as the team agreed, or easily forgotten. */
export async function hintsFor(
  repository: Repository,
  view: RepositoryView,
  section: GitSection,
  base: string | null,
  signal: AbortSignal,
): Promise<GitHint[]> {
  const hints: GitHint[] = [];
  const { branch } = view;
  if (view.inProgress !== null) {
    hints.push({
      kind: 'in-progress',
      text: `A ${view.inProgress} is not finished.`,
      remedy: `git ${view.inProgress} ${view.inProgress === 'bisect' ? 'reset' : '--continue'}, or --abort.`,
    });
  }
  if (branch !== null && !view.protected && section.branches !== undefined && !branch.startsWith('wip/')) {
    const matches = testPattern(section.branches, [branch])?.[0];
    if (matches !== true) {
      hints.push(
        matches === undefined
          ? {
              kind: 'branch-name',
              text: '“git: branches:” cannot be used as a pattern.',
              remedy: 'Correct it in golden.yml.',
            }
          : {
              kind: 'branch-name',
              text: `The name ${branch} does not follow ${section.branches}.`,
              remedy: 'git branch -m NEW-NAME',
            },
      );
    }
  }
  if (view.behindBase !== null && view.behindBase > 0 && view.base !== null && view.upstream !== view.base) {
    hints.push({
      kind: 'behind-base',
      text: `${commits(view.behindBase)} behind ${view.base}.`,
      remedy: `git rebase ${view.base}, or git merge ${view.base}.`,
    });
  }
  const unpushed = view.upstream === null ? (view.aheadOfBase ?? 0) : (view.ahead ?? 0);
  if (unpushed > 0 && branch !== null) {
    const one = unpushed === 1;
    hints.push({
      kind: 'unpushed',
      text: `${commits(unpushed)} of ${branch} ${one ? 'is' : 'are'} on this machine only.`,
      remedy: view.upstream === null ? `git push -u origin ${branch}` : 'git push',
    });
  }
  hints.push(...(await wipHints(repository, view, signal)));
  if (!view.protected && view.commit !== null) hints.push(...(await styleHints(repository, section, base, signal)));
  return hints;
}

async function wipHints(repository: Repository, view: RepositoryView, signal: AbortSignal): Promise<GitHint[]> {
  if (view.branch === null || view.commit === null || view.branch.startsWith('wip/')) return [];
  const wip = wipBranchOf(view.branch);
  const args = ['rev-list', '--count', '--end-of-options', `refs/heads/${wip}`, '^HEAD', '--'];
  const left = await repository.git(args, { signal, expects: { none: 128 } });
  const count = left.failure === null ? Number(left.stdout) : 0;
  if (count === 0) return [];
  return [
    {
      kind: 'wip-left',
      text: `${wip} holds work that ${view.branch} does not have.`,
      remedy: `git diff ${view.branch} ${wip}; when nothing of it is needed: git branch -D ${wip}`,
    },
  ];
}

async function styleHints(
  repository: Repository,
  section: GitSection,
  base: string | null,
  signal: AbortSignal,
): Promise<GitHint[]> {
  const range = base === null ? ['HEAD'] : ['HEAD', `^${base}`];
  const args = ['log', '-z', '--no-merges', `--max-count=${maxCommits}`, '--format=%h %s', '--end-of-options'];
  const log = await repository.git([...args, ...range, '--'], { signal });
  const lines = log.stdout.split('\0').filter((line) => line !== '');
  const subjects = lines.map((line) => line.slice(line.indexOf(' ') + 1));
  const hints: GitHint[] = [];
  const wips = subjects.filter((subject) => /^wip\b/i.test(subject)).length;
  if (base !== null && wips > 0) {
    hints.push({
      kind: 'wip-left',
      text: `${commits(wips)} of this branch ${wips === 1 ? 'is' : 'are'} work in progress.`,
      remedy: 'Reword or squash before it is merged: git rebase -i.',
    });
  }
  if (section.commits === undefined || base === null) return hints;
  const pattern = section.commits === 'conventional' ? conventional : section.commits;
  const matches = testPattern(pattern, subjects);
  const odd = lines.filter((_, index) => matches?.[index] === false);
  if (matches === undefined) {
    const remedy = 'Correct it in golden.yml.';
    hints.push({ kind: 'commit-style', text: '“git: commits:” cannot be used as a pattern.', remedy });
  } else if (odd.length > 0) {
    hints.push({
      kind: 'commit-style',
      text: `${commits(odd.length)} ${odd.length === 1 ? 'does' : 'do'} not follow ${section.commits}: ${odd[0]}`,
      remedy: odd.length === 1 ? 'git commit --amend' : 'git rebase -i',
    });
  }
  return hints;
}

function commits(count: number): string {
  return count === 1 ? '1 commit' : `${count} commits`;
}
