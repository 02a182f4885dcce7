/**
 * Patterns of paths: `*` and `?` within a name, `[a-z]`, `{a,b}`, and `**` for any number of folders. Patterns come from
 * files that others wrote, so the time a match takes grows with pattern times path and never more: no regular expression
 * is made of them. Dots at the start of names are like any other character.
 */
export function pathGlob(pattern: string): (path: string) => boolean {
  const whole = expandBraces(pattern).map((each) =>
    each
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .map((part): Part => (part === '**' ? 'folders' : tokensOf(part))),
  );
  return (path) => {
    const names = path.split('/').filter((name) => name !== '');
    return whole.some((parts) =>
      matches(parts, names, 'folders', (part, name) => part !== 'folders' && nameFits(part, name)),
    );
  };
}

type Part = 'folders' | readonly Token[];
type Token = { readonly kind: 'any' } | { readonly kind: 'one'; readonly fits: (char: string) => boolean };

const maxExpanded = 256;

/** `a{b,c}d` as `abd` and `acd`. Braces that are not closed, or have no comma, are characters. */
function expandBraces(pattern: string): readonly string[] {
  let done: string[] = [];
  let open = [pattern];
  while (open.length > 0) {
    const next: string[] = [];
    for (const each of open) {
      const found = firstBraces(each);
      if (found === undefined || done.length + next.length >= maxExpanded) done.push(each);
      else for (const choice of found.choices) next.push(found.before + choice + found.after);
    }
    open = next;
  }
  done = done.slice(0, maxExpanded);
  return done;
}

function firstBraces(
  text: string,
): { readonly before: string; readonly choices: readonly string[]; readonly after: string } | undefined {
  for (let start = text.indexOf('{'); start !== -1; start = text.indexOf('{', start + 1)) {
    if (text[start - 1] === '\\') continue;
    const choices: string[] = [];
    let depth = 0;
    let from = start + 1;
    for (let at = start; at < text.length; at += 1) {
      const char = text[at];
      if (char === '\\') at += 1;
      else if (char === '{') depth += 1;
      else if (char === ',' && depth === 1) {
        choices.push(text.slice(from, at));
        from = at + 1;
      } else if (char === '}') {
        depth -= 1;
        if (depth > 0) continue;
        if (choices.length === 0) break;
        choices.push(text.slice(from, at));
        return { before: text.slice(0, start), choices, after: text.slice(at + 1) };
      }
    }
  }
  return undefined;
}

function tokensOf(part: string): readonly Token[] {
  const tokens: Token[] = [];
  const chars = [...part];
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at] ?? '';
    if (char === '*') {
      if (tokens.at(-1)?.kind !== 'any') tokens.push({ kind: 'any' });
    } else if (char === '?') tokens.push({ kind: 'one', fits: () => true });
    else if (char === '\\' && at + 1 < chars.length) {
      at += 1;
      tokens.push(literal(chars[at] ?? ''));
    } else {
      const end = char === '[' ? chars.indexOf(']', at + (/[!^]/.test(chars[at + 1] ?? '') ? 3 : 2)) : -1;
      if (end === -1) tokens.push(literal(char));
      else {
        tokens.push(oneOf(chars.slice(at + 1, end)));
        at = end;
      }
    }
  }
  return tokens;
}

const literal = (wanted: string): Token => ({ kind: 'one', fits: (char) => char === wanted });

function oneOf(chars: readonly string[]): Token {
  const negated = chars[0] === '!' || chars[0] === '^';
  const list = negated ? chars.slice(1) : chars;
  const ranges: [string, string][] = [];
  for (let at = 0; at < list.length; at += 1) {
    const from = list[at] ?? '';
    const to = list[at + 1] === '-' ? list[at + 2] : undefined;
    ranges.push([from, to ?? from]);
    if (to !== undefined) at += 2;
  }
  return { kind: 'one', fits: (char) => ranges.some(([from, to]) => char >= from && char <= to) !== negated };
}

const nameFits = (tokens: readonly Token[], name: string): boolean =>
  matches(
    tokens.map((token) => (token.kind === 'any' ? 'any' : token)),
    [...name],
    'any',
    (token, char) => token !== 'any' && token.kind === 'one' && token.fits(char),
  );

/** Goes back to the last wildcard only: what an earlier one takes more, the last one can take as well. */
function matches<P, T>(
  pattern: readonly P[],
  items: readonly T[],
  wild: P,
  fits: (part: P, item: T) => boolean,
): boolean {
  let part = 0;
  let item = 0;
  let lastWild = -1;
  let taken = 0;
  while (item < items.length) {
    const now = pattern[part];
    if (part < pattern.length && now === wild) {
      lastWild = part;
      taken = item;
      part += 1;
    } else if (part < pattern.length && fits(now as P, items[item] as T)) {
      part += 1;
      item += 1;
    } else if (lastWild !== -1) {
      taken += 1;
      item = taken;
      part = lastWild + 1;
    } else return false;
  }
  while (part < pattern.length && pattern[part] === wild) part += 1;
  return part === pattern.length;
}
