import { AppError } from '../../../shared/errors.ts';
import { type GitReference, parseRemote } from '../stacks/compose/remote-reference.ts';

/** Where the team's files come from, as `config.source` of golden.yml says. */
export type Source =
  | { readonly kind: 'folder'; readonly path: string }
  /** `tree`: paths are below it. Else it is one file. */
  | { readonly kind: 'https'; readonly url: URL; readonly tree: boolean; readonly shown: string }
  | { readonly kind: 'git'; readonly reference: GitReference };

/** Throws `config.source-failed` for what is none of them. */
export function parseSource(text: string): Source {
  const http = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (http !== undefined && !http.pathname.endsWith('.git')) {
    const local = ['localhost', '127.0.0.1', '[::1]'].includes(http.hostname);
    if (http.protocol !== 'https:' && !local) throw bad(text, 'it is not encrypted', 'Use https.');
    if (http.username !== '' || http.password !== '') {
      throw bad('The address in config.source', 'it has a password in it', 'Use a source that needs none, or git.');
    }
    http.hash = '';
    return { kind: 'https', url: http, tree: http.pathname.endsWith('/'), shown: `${http.origin}${http.pathname}` };
  }
  const remote = parseRemote(text);
  if (remote === undefined) return { kind: 'folder', path: text };
  if ('fault' in remote) throw bad(remote.fault, 'it cannot be read', remote.remedy);
  return { kind: 'git', reference: remote.git };
}

/** How the source is named to people, and what they allow. Null: it is on this computer. */
export function consentFor(source: Source): string | null {
  if (source.kind === 'folder') return null;
  return source.kind === 'https' ? source.shown : source.reference.source;
}

function bad(what: string, why: string, remedy: string): AppError {
  return new AppError({ code: 'config.source-failed', message: `${what}: ${why}.`, remedy });
}

export function sourceFailed(source: string, why: string, remedy: string): AppError {
  return new AppError({
    code: 'config.source-failed',
    message: `${source} cannot be read: ${why.replace(/\.$/, '')}.`,
    remedy,
    details: { source },
  });
}
