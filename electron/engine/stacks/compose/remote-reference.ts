/** A Compose file in a git repository, as `include`, `extends.file` and the list of files may name it. */
export interface GitReference {
  /** What git is given: no reference, no folder. */
  readonly remote: string;
  /** A branch, tag or commit. Empty: the default branch. */
  readonly ref: string;
  /** A file or folder in the repository. Empty: its root. */
  readonly path: string;
  /** Beginning of the commit that it must be, if one is demanded. */
  readonly checksum: string;
  /** For people, and for what they allow: the repository and what of it, without passwords. */
  readonly source: string;
}

export type RemoteReference =
  | { readonly git: GitReference }
  /** It points elsewhere, but nothing there can be read. */
  | { readonly fault: string; readonly remedy: string };

const copyIt = 'Copy the files into the project and name them there.';
const scpStyle = /^([a-zA-Z0-9_-]+)@([a-zA-Z0-9.-]+):([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;
const protocols = new Set(['http:', 'https:', 'ssh:', 'git:']);

/** What Compose reads from elsewhere rather than from a path. Undefined: it is a path. */
export function parseRemote(text: string): RemoteReference | undefined {
  if (text.startsWith('./') || text.startsWith('../')) return undefined;
  if (text.startsWith('oci://')) {
    return { fault: `${text} is in a registry, which Golden Hour does not read Compose files from`, remedy: copyIt };
  }
  if (text.startsWith('github.com/')) return fromUrl(`https://${text}`, text);
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\//.test(text)) return fromUrl(text, text);
  const match = scpStyle.exec(text);
  if (match === null) return undefined;
  const [, user = '', host = '', path = '', query = '', fragment = ''] = match;
  if (user.startsWith('-') || host.startsWith('-') || path === '' || path.startsWith('-')) return bad(text);
  return reference(`${user}@${host}:${path}`, `${user}@${host}:${path}`, query, fragment, text);
}

function bad(text: string): RemoteReference {
  return {
    fault: `“${text}” is not the address of a repository`,
    remedy: 'Write https://HOST/REPOSITORY.git#REF:PATH.',
  };
}

function fromUrl(address: string, text: string): RemoteReference | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || url.hostname.startsWith('-')) return bad(text);
  if (!protocols.has(url.protocol)) {
    return { fault: `${text} uses a protocol that is not for Compose files`, remedy: 'Use https, ssh or git.' };
  }
  const short = text.startsWith('github.com/');
  if (!short && /^https?:$/.test(url.protocol) && !url.pathname.endsWith('.git')) {
    return {
      fault: `${withoutPassword(url)} is not a git repository: Compose takes only addresses that end in .git`,
      remedy: 'Add .git and, after a #, the branch and the path; or copy the file into the project.',
    };
  }
  const fragment = decoded(url.hash.slice(1));
  const query = url.search.slice(1);
  url.hash = '';
  url.search = '';
  return fragment === undefined ? bad(text) : reference(url.href, withoutPassword(url), query, fragment, text);
}

function withoutPassword(url: URL): string {
  const shown = new URL(url);
  shown.password = '';
  shown.search = '';
  shown.hash = '';
  return shown.href;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function reference(remote: string, shown: string, query: string, fragment: string, text: string): RemoteReference {
  const colon = fragment.indexOf(':');
  let ref = colon === -1 ? fragment : fragment.slice(0, colon);
  let path = colon === -1 ? '' : fragment.slice(colon + 1);
  let checksum = '';
  for (const [key, value] of new URLSearchParams(query)) {
    const prefix = key === 'tag' ? 'refs/tags/' : key === 'branch' ? 'refs/heads/' : '';
    if (key === 'ref' || prefix !== '') {
      const wanted = value.startsWith(prefix) ? value : `${prefix}${value}`;
      if (value === '' || (ref !== '' && ref !== wanted)) return bad(text);
      ref = wanted;
    } else if (key === 'subdir') {
      if (value === '' || (path !== '' && path !== value)) return bad(text);
      path = value;
    } else if (key === 'checksum' || key === 'commit') checksum = value;
    else if (key !== 'keep-git-dir' && key !== 'submodules') return bad(text);
  }
  // Git would take a leading dash for an option, and knows no names with these.
  if (ref.startsWith('-') || /[\s~^:?*[\\]|\.\.|\p{Cc}/u.test(ref)) return bad(text);
  const segments = path.split(/[\\/]/);
  if (segments.includes('..') || path.startsWith('/') || /^[a-zA-Z]:/.test(path) || path.includes('\0')) {
    return { fault: `${path} lies outside the repository ${shown}`, remedy: 'Name a path inside it.' };
  }
  return { git: { remote, ref, path, checksum, source: ref === '' ? shown : `${shown}#${ref}` } };
}
