/** One line of git's configuration, as `git config --list --show-scope -z` tells it. */
export interface ConfigEntry {
  /** `local` and `worktree` are the repository's own, whatever file they were included from. */
  readonly scope: string;
  /** The section and the variable in lower case, what is between them as written. */
  readonly key: string;
  /** Absent: named without a value, which means true. */
  readonly value: string | undefined;
}

export function parseConfigList(text: string): ConfigEntry[] {
  const parts = text.split('\0');
  const entries: ConfigEntry[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const scope = parts[index] ?? '';
    const line = parts[index + 1] ?? '';
    const end = line.indexOf('\n');
    entries.push(
      end === -1
        ? { scope, key: line, value: undefined }
        : { scope, key: line.slice(0, end), value: line.slice(end + 1) },
    );
  }
  return entries;
}

/** `remote.my.origin.url` is `remote`, `my.origin`, `url`. */
export function splitKey(key: string): { readonly section: string; readonly name: string; readonly variable: string } {
  const first = key.indexOf('.');
  const last = key.lastIndexOf('.');
  return {
    section: first === -1 ? key : key.slice(0, first),
    name: first === last ? '' : key.slice(first + 1, last),
    variable: last === -1 ? '' : key.slice(last + 1),
  };
}

export function isRepositorys(entry: ConfigEntry): boolean {
  return entry.scope !== 'system' && entry.scope !== 'global' && entry.scope !== 'command';
}

/** As git does: the last one counts. */
export function lastValue(entries: readonly ConfigEntry[], key: string): string | undefined {
  return entries.findLast((entry) => entry.key === key)?.value;
}
