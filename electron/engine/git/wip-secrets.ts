import { refusalIn } from './pull.ts';
import type { Repository } from './repository.ts';
import { type SecretFinding, scanForSecrets } from './secret-scan.ts';
import type { Status } from './status.ts';

/** Throws `git.secrets-found` with every place; the secrets themselves are told nowhere. */
export async function checkSecrets(
  repository: Repository,
  { status, tree }: { readonly status: Status; readonly tree: string },
  variables: Readonly<Record<string, string>>,
  {
    signal,
    note,
  }: {
    readonly signal: AbortSignal;
    readonly note: (title: string, detail: string, remedy: string | null) => void;
  },
): Promise<void> {
  const before = status.commit ?? (await emptyTree(repository, variables, signal));
  const { findings, skipped } = await scanForSecrets(repository, { before, after: tree }, variables, signal);
  if (findings.length > 0) {
    const rest = findings.length - 3;
    const named = findings.slice(0, 3).map(words).join('; ') + (rest > 0 ? `; and ${rest} more` : '');
    throw refusalIn(repository)('git.secrets-found', `Nothing was committed, for there are secrets: ${named}.`, {
      remedy: 'Move them into an ignored file such as .env or into the key store, and change those that were shared.',
      findings,
    });
  }
  if (skipped.length > 0) {
    const rest = skipped.length - 3;
    const named = skipped.slice(0, 3).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
    note(`${repository.name}: not everything was looked through for secrets`, `${named}: no text, or too large.`, null);
  }
}

function words({ file, line, column, what }: SecretFinding): string {
  return `${file}:${line}:${column} ${what}`;
}

async function emptyTree(
  repository: Repository,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  const args = ['hash-object', '-t', 'tree', '-w', '--stdin'];
  return (await repository.git(args, { signal, variables, input: '' })).stdout.trim();
}
