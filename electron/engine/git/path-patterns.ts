import { dirname, isAbsolute, relative, sep } from 'node:path';
import { pathGlob } from '../../../shared/domain/path-glob.ts';

/** Does an absolute path match? */
export type PathMatcher = (path: string) => boolean;

/**
 * Patterns of paths as golden.yml has them: relative to its folder, `**` for any folders, a folder for all in it, `!` to
 * take out again what an earlier one took in, `../` for what lies beside.
 */
export function pathMatcher(patterns: readonly string[], folder: string): PathMatcher {
  const parts = patterns.map((given) => {
    const out = given.startsWith('!');
    let pattern = (out ? given.slice(1) : given).replaceAll('\\', '/');
    let base = folder;
    while (/^\.{1,2}\//.test(pattern)) {
      if (pattern.startsWith('../')) base = dirname(base);
      pattern = pattern.slice(pattern.indexOf('/') + 1);
    }
    const whole = pattern.replace(/\/+$/, '');
    const match = whole === '.' ? () => true : pathGlob(`${whole}/**`);
    return { out, base, match };
  });
  return (path) =>
    parts.reduce((taken, { out, base, match }) => {
      if (taken !== out) return taken;
      const inside = below(base, path);
      return inside !== undefined && match(inside) ? !out : taken;
    }, false);
}

/** With slashes, relative to `folder`; `` for itself; undefined: it is not in there. */
export function below(folder: string, path: string): string | undefined {
  const found = relative(folder, path);
  if (found === '..' || found.startsWith(`..${sep}`) || isAbsolute(found)) return undefined;
  return sep === '/' ? found : found.replaceAll(sep, '/');
}
