const prefix = 'wip/';

/** Where uncommitted work of a branch is kept. One of `wip/` keeps its own. */
export function wipBranchOf(branch: string): string {
  return branch.startsWith(prefix) ? branch : `${prefix}${branch}`;
}
