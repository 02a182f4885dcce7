/** Which paths of a build context stay at home, by the rules of `.dockerignore`. */
export interface IgnoreRules {
  /** `path` is relative to the context, with forward slashes. */
  ignores(path: string): boolean;
  /** Some exception could bring back a path below an ignored folder, so that it must be looked into. */
  readonly hasExceptions: boolean;
}

interface Rule {
  readonly pattern: RegExp;
  /** What every match starts with, and whether that is the whole of it. */
  readonly prefix: string;
  readonly literal: boolean;
  readonly exception: boolean;
}

/** Patterns of one list, later ones winning. A pattern that matches a folder matches all below it. */
export interface Patterns {
  matches(path: string): boolean;
  /** Something below the folder could match, although the folder itself does not. */
  reachesBelow(folder: string): boolean;
  /** An exception (`!…`) could match something below the folder. */
  exceptsBelow(folder: string): boolean;
  readonly hasExceptions: boolean;
}

export function compilePatterns(lines: readonly string[]): Patterns {
  const rules = lines.flatMap((line): Rule[] => {
    let body = line.trim();
    const exception = body.startsWith('!');
    if (exception) body = body.slice(1).trim();
    body = clean(body);
    if (body === '' || body === '.') return [];
    const prefix = /^[^*?[\\]*/.exec(body)?.[0] ?? '';
    return [{ pattern: toRegExp(body), prefix, literal: prefix === body, exception }];
  });
  const reaches = (folder: string, exception: boolean): boolean =>
    rules.some(
      (rule) =>
        rule.exception === exception &&
        (rule.prefix.startsWith(`${folder}/`) || (!rule.literal && `${folder}/`.startsWith(rule.prefix))),
    );
  return {
    hasExceptions: rules.some((rule) => rule.exception),
    reachesBelow: (folder) => reaches(folder, false),
    exceptsBelow: (folder) => reaches(folder, true),
    matches(path) {
      const parts = path.split('/');
      const prefixes = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
      let matched = false;
      for (const { pattern, exception } of rules) {
        if (matched !== exception) continue;
        if (prefixes.some((prefix) => pattern.test(prefix))) matched = !exception;
      }
      return matched;
    },
  };
}

/** Reads a `.dockerignore`. Later lines win; `!` brings back; a pattern that matches a folder matches all below it. */
export function parseIgnore(text: string): IgnoreRules {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const patterns = compilePatterns(lines.filter((line) => !line.startsWith('#')));
  return { hasExceptions: patterns.hasExceptions, ignores: patterns.matches };
}

/** Leading and trailing slashes and dots say nothing. */
function clean(pattern: string): string {
  const parts: string[] = [];
  for (const part of pattern.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

function toRegExp(pattern: string): RegExp {
  let source = '';
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern[index] ?? '';
    if (char === '*' && pattern[index + 1] === '*') {
      index += 1;
      if (pattern[index + 1] === '/') {
        index += 1;
        source += '(?:.*/)?';
      } else {
        source += '.*';
      }
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[') {
      const end = pattern.indexOf(']', index + 2);
      if (end === -1) source += '\\[';
      else {
        const set = pattern
          .slice(index + 1, end)
          .replace(/\\/g, '\\\\')
          .replace(/^!/, '^');
        source += `[${set.replace(/\[/g, '\\[')}]`;
        index = end;
      }
    } else if (char === '\\' && index + 1 < pattern.length) {
      index += 1;
      source += escaped(pattern[index] ?? '');
    } else source += escaped(char);
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    // A set such as `[z-a]`: it matches nothing.
    return /^(?!)/;
  }
}

function escaped(char: string): string {
  return char.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
