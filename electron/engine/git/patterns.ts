/** Branches that nothing is committed to and nothing is pushed to by us, when golden.yml names none. */
export const defaultProtected = ['main', 'master', 'develop', 'release/*'] as const;

/** `*` stands for anything, a slash included. */
export function matchesBranch(pattern: string, branch: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  if (parts.length === 1) return branch === pattern;
  const last = parts.at(-1) ?? '';
  if (branch.length < first.length + last.length) return false;
  if (!branch.startsWith(first) || !branch.endsWith(last)) return false;
  let at = first.length;
  const end = branch.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = branch.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** `base` without its remote: `origin/main` protects `main`. */
export function isProtected(branch: string, patterns: readonly string[] | undefined, base: string | null): boolean {
  if ((patterns ?? defaultProtected).some((pattern) => matchesBranch(pattern, branch))) return true;
  return base !== null && (branch === base || base.endsWith(`/${branch}`));
}
