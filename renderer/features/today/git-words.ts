import type { GitHint, Impact, RepositoryView } from '../../../shared/contract/git.ts';
import { count, listed } from '../../ui/format.ts';

export interface GitFact {
  readonly kind: 'behind' | 'pull' | 'uncommitted' | 'conflict' | 'under-way';
  readonly text: string;
}

/** What the repositories add to the verdict, each in a few words. Their name is said only where there are several. */
export function gitFacts(repositories: readonly RepositoryView[]): readonly GitFact[] {
  const several = repositories.length > 1;
  const of = (one: RepositoryView, text: string): string => (several ? `${one.name}: ${text}` : text);
  const facts: GitFact[] = [];
  for (const one of repositories) {
    if (one.problem !== null) continue;
    if (one.inProgress !== null) facts.push({ kind: 'under-way', text: of(one, `${one.inProgress} under way`) });
    if (one.conflicted > 0)
      facts.push({ kind: 'conflict', text: of(one, count(one.conflicted, 'file in conflict', 'files in conflict')) });
    if (one.base !== null && one.branch !== one.base && (one.behindBase ?? 0) > 0)
      facts.push({ kind: 'behind', text: of(one, `${count(one.behindBase ?? 0, 'commit')} behind ${one.base}`) });
    if ((one.behind ?? 0) > 0)
      facts.push({ kind: 'pull', text: of(one, `${count(one.behind ?? 0, 'commit')} to pull`) });
    const open = one.changed + one.untracked;
    if (open > 0) facts.push({ kind: 'uncommitted', text: of(one, `${count(open, 'file')} not committed`) });
  }
  return facts;
}

/** The hints of all repositories, each with where it is from when there are several. Behind the base is said above. */
export function gitHints(
  repositories: readonly RepositoryView[],
): readonly (GitHint & { readonly repository: string | null })[] {
  return repositories.flatMap((one) =>
    one.hints
      .filter((hint) => hint.kind !== 'behind-base')
      .map((hint) => ({ ...hint, repository: repositories.length > 1 ? one.name : null })),
  );
}

/** What the changed files concern, in a sentence; null when they concern no service. */
export function impactWords(
  impact: Impact,
): { readonly files: string; readonly services: string; readonly also: string } | null {
  if (impact.services.length === 0) return null;
  const names = impact.services.map((one) => one.name);
  const rest = impact.dependants.filter((one) => !names.includes(one));
  return {
    files: count(impact.files.length + impact.moreFiles, 'changed file'),
    services: listed(names, 6),
    also:
      rest.length === 0
        ? ''
        : `${listed(rest)} ${rest.length === 1 ? 'depends' : 'depend'} on ${names.length === 1 ? 'it' : 'them'}`,
  };
}
