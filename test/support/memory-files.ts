import type { FileInfo, Files } from '../../electron/engine/platform/files.ts';

/** A read-only file system of texts. A value of null is a socket; folders exist where files need them. */
export function memoryFiles(
  contents: Readonly<Record<string, string | null>>,
  links: Readonly<Record<string, string>> = {},
): Files {
  const missing = (path: string): Error => Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
  const resolve = (path: string): string => {
    for (const [from, to] of Object.entries(links)) {
      if (path === from || path.startsWith(`${from}/`)) return resolve(to + path.slice(from.length));
    }
    return path;
  };
  const kindOf = (path: string): FileInfo['kind'] | undefined => {
    const real = resolve(path);
    if (real in contents) return contents[real] === null ? 'other' : 'file';
    return Object.keys(contents).some((name) => name.startsWith(`${real}/`)) ? 'folder' : undefined;
  };
  const readText = async (path: string): Promise<string> => {
    const text = contents[resolve(path)];
    if (typeof text !== 'string') throw missing(path);
    return text;
  };
  const readOnly = (): Promise<never> => Promise.reject(new Error('read-only'));
  return {
    readText,
    readBytes: async (path) => Buffer.from(await readText(path)),
    async info(path) {
      const kind = kindOf(path);
      return kind === undefined ? undefined : { kind, bytes: 0, modifiedAt: new Date(0) };
    },
    async list(path) {
      if (kindOf(path) !== 'folder') throw missing(path);
      const under = `${resolve(path)}/`;
      const names = Object.keys(contents).flatMap((name) =>
        name.startsWith(under) ? [name.slice(under.length).split('/')[0] ?? ''] : [],
      );
      return [...new Set(names)].map((name) => ({ name, kind: kindOf(`${under}${name}`) ?? 'other' }));
    },
    real: async (path) => (kindOf(path) === undefined ? undefined : resolve(path)),
    writeText: readOnly,
    writeBytes: readOnly,
    makeFolder: readOnly,
    move: readOnly,
    remove: readOnly,
  };
}
