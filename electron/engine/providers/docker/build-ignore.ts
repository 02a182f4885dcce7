/** Which paths of a build context stay at home, by the rules of `.dockerignore`. */
export interface IgnoreRules {
  /** `path` is relative to the context, with forward slashes. */
  ignores(path: string): boolean;
  /** Some exception could bring back a path below an ignored folder, so that it must be looked into. */
  readonly hasExceptions: boolean;
}

interface Rule {
  readonly pattern: RegExp;
  readonly exception: boolean;
}

/** Reads a `.dockerignore`. Later lines win; `!` brings back; a pattern that matches a folder matches all below it. */
export function parseIgnore(text: string): IgnoreRules {
  const rules = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((line): Rule[] => {
      if (line.startsWith('#')) return [];
      let body = line.trim();
      const exception = body.startsWith('!');
      if (exception) body = body.slice(1).trim();
      body = clean(body);
      return body === '' || body === '.' ? [] : [{ pattern: toRegExp(body), exception }];
    });
  return {
    hasExceptions: rules.some((rule) => rule.exception),
    ignores(path) {
      const parts = path.split('/');
      const prefixes = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
      let ignored = false;
      for (const { pattern, exception } of rules) {
        if (ignored !== exception) continue;
        if (prefixes.some((prefix) => pattern.test(prefix))) ignored = !exception;
      }
      return ignored;
    },
  };
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
