/** `$NAME`, `${NAME}` and `${NAME:-word}` in the way Compose reads them. */

export type Lookup = (name: string) => string | undefined;

export type TemplateFault =
  | { readonly kind: 'invalid'; readonly offset: number }
  | { readonly kind: 'required'; readonly offset: number; readonly name: string; readonly reason: string };

/** One variable that had a say in a text. */
export interface VariableRead {
  readonly name: string;
  /** `value`: its own. `default`: the word after `-`, since it has none. `alternative`: the word after `+`. */
  readonly outcome: 'value' | 'default' | 'alternative' | 'unset';
}

export interface Substituted {
  readonly text: string;
  readonly faults: readonly TemplateFault[];
  /** Variables that had no value and no default, with the offset of their first `$`. */
  readonly missing: readonly { readonly name: string; readonly offset: number }[];
  /** Every variable that the text depends on, in the order of reading; those of words that were not chosen left out. */
  readonly reads: readonly VariableRead[];
}

const nameStart = /[_A-Za-z]/;
const nameRest = /[_A-Za-z0-9]*/y;
const operator = /:?[-+?]/y;
/** About as many variables of one text are told; the rest is filled in all the same. */
const maxReads = 1000;
/** Deeper nesting of defaults is refused: each level is scanned again by the one above it. */
const maxNesting = 20;

export function substitute(template: string, lookup: Lookup): Substituted {
  if (!template.includes('$')) return { text: template, faults: [], missing: [], reads: [] };
  const faults: TemplateFault[] = [];
  const missing: { name: string; offset: number }[] = [];
  const reads: VariableRead[] = [];
  const note = (more: readonly VariableRead[]): void => {
    if (reads.length < maxReads) reads.push(...more);
  };

  function name(text: string, from: number): string {
    nameRest.lastIndex = from;
    return nameRest.exec(text)?.[0] ?? '';
  }

  function expand(text: string, base: number, depth: number): string {
    let out = '';
    let at = 0;
    while (at < text.length) {
      const dollar = text.indexOf('$', at);
      if (dollar === -1) return out + text.slice(at);
      out += text.slice(at, dollar);
      const next = text[dollar + 1] ?? '';
      if (next === '$') {
        out += '$';
        at = dollar + 2;
      } else if (nameStart.test(next)) {
        const variable = name(text, dollar + 1);
        out += plainValue(variable, base + dollar);
        at = dollar + 1 + variable.length;
      } else if (next === '{') {
        const [value, end] = braced(text, dollar, base, depth);
        out += value;
        at = end;
      } else {
        out += '$';
        at = dollar + 1;
      }
    }
    return out;
  }

  function plainValue(variable: string, offset: number): string {
    const value = lookup(variable);
    if (value === undefined) missing.push({ name: variable, offset });
    note([{ name: variable, outcome: value === undefined ? 'unset' : 'value' }]);
    return value ?? '';
  }

  function braced(text: string, dollar: number, base: number, depth: number): readonly [string, number] {
    const invalid = (): readonly [string, number] => {
      faults.push({ kind: 'invalid', offset: base + dollar });
      return ['', text.length];
    };
    const start = dollar + 2;
    if (depth > maxNesting || !nameStart.test(text[start] ?? '')) return invalid();
    const variable = name(text, start);
    const after = start + variable.length;
    if (text[after] === '}') return [plainValue(variable, base + dollar), after + 1];
    operator.lastIndex = after;
    const found = operator.exec(text)?.[0];
    if (found === undefined) return invalid();
    const wordStart = after + found.length;
    const end = closingBrace(text, dollar, wordStart);
    if (end === -1) return invalid();
    const before = reads.length;
    const word = expand(text.slice(wordStart, end), base + wordStart, depth + 1);
    const inWord = reads.splice(before);
    return [choose(variable, found, word, base + dollar, inWord), end + 1];
  }

  function choose(
    variable: string,
    found: string,
    word: string,
    offset: number,
    inWord: readonly VariableRead[],
  ): string {
    const value = lookup(variable);
    const given = value !== undefined && (found.length === 1 || value !== '');
    const own = (outcome: VariableRead['outcome']): void => note([{ name: variable, outcome }]);
    switch (found.at(-1)) {
      case '-':
        own(given ? 'value' : 'default');
        if (!given) note(inWord);
        return given ? value : word;
      case '+':
        own(given ? 'alternative' : value === undefined ? 'unset' : 'value');
        if (given) note(inWord);
        return given ? word : (value ?? '');
      default:
        own(given ? 'value' : 'unset');
        if (given) return value;
        faults.push({ kind: 'required', offset, name: variable, reason: word });
        return '';
    }
  }

  return { text: expand(template, 0, 0), faults, missing, reads };
}

/** The brace that ends `${…`; braces inside count, a line break ends the search. -1: there is none. */
function closingBrace(text: string, dollar: number, from: number): number {
  let depth = 0;
  let limit = dollar + 1;
  // Looking for the end of the line at once would read the rest of the text for each variable.
  for (; limit < text.length; limit++) {
    const char = text[limit];
    if (char === '\n' && limit >= from) break;
    if (char === '}') {
      depth -= 1;
      if (depth === 0) return limit;
    } else if (char === '{') {
      depth += 1;
      if (text[limit + 1] !== '\n') limit += 1;
    }
  }
  const last = text.lastIndexOf('}', limit - 1);
  return last >= from ? last : -1;
}
