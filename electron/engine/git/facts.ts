import type { RepositoryView } from '../../../shared/contract/git.ts';
import type { Facts } from '../routines/step-types.ts';

type Read = (view: RepositoryView) => number | string | boolean | null;

const facts = {
  'branch.name': { type: 'text', about: 'The current branch; none while detached.', read: (view) => view.branch },
  'branch.behind': {
    type: 'number',
    about: 'Commits that the upstream has and the branch does not, as of the last fetch.',
    read: (view) => view.behind,
  },
  'branch.ahead': {
    type: 'number',
    about: 'Commits that the branch has and its upstream does not.',
    read: (view) => view.ahead,
  },
  'branch.behind_base': {
    type: 'number',
    about: 'Commits that the base (such as main) has and the branch does not.',
    read: (view) => view.behindBase,
  },
  'repo.dirty': {
    type: 'flag',
    about: 'Something is not committed, new files included.',
    read: (view) => view.changed + view.untracked + view.conflicted > 0,
  },
  'repo.untracked': { type: 'number', about: 'New files that git does not ignore.', read: (view) => view.untracked },
} as const satisfies Record<string, { type: Facts['names'][string]['type']; about: string; read: Read }>;

export const gitFactNames: Facts['names'] = Object.fromEntries(
  Object.entries(facts).map(([name, { type, about }]) => [name, { type, about }]),
);

/** About the first repository of golden.yml, else the one that the stack is in. */
export function createGitFacts(
  first: (folder: string, signal: AbortSignal) => Promise<RepositoryView | undefined>,
): Facts {
  return {
    names: gitFactNames,
    async read(name, target, signal) {
      if (!Object.hasOwn(facts, name)) return undefined;
      const view = await first(target.folder, signal);
      if (view === undefined || view.problem !== null) return undefined;
      return facts[name as keyof typeof facts].read(view) ?? undefined;
    },
  };
}
