import type { Position } from '../../../../shared/domain/position.ts';
import type { Problems } from './problems.ts';
import { type Lookup, substitute, type VariableRead } from './template.ts';

export interface EnvVariable {
  readonly value: string;
  readonly position: Position;
  /** The value as it is written, and the variables in it; absent when it has none. */
  readonly template?: { readonly written: string; readonly reads: readonly VariableRead[] };
}

/**
 * Reads the `.env` grammar of Compose: `KEY=value`, `KEY: value`, `export KEY=value`, comments, single quotes (taken
 * as they are), double quotes (escapes and variables), values over several lines in quotes, and a lone `KEY`, which
 * takes its value from `lookup`. Variables see `lookup` first, then what is above them and in `earlier`.
 */
export function parseDotenv(
  text: string,
  file: string,
  lookup: Lookup,
  problems: Problems,
  earlier: ReadonlyMap<string, EnvVariable> = new Map(),
): Map<string, EnvVariable> {
  const source = text.replace(/^\uFEFF/, '');
  const variables = new Map(earlier);
  const find: Lookup = (name) => lookup(name) ?? variables.get(name)?.value;
  const lineStarts = [0];
  for (let i = source.indexOf('\n'); i !== -1; i = source.indexOf('\n', i + 1)) lineStarts.push(i + 1);
  let lineIndex = 0;
  let at = 0;
  let template: EnvVariable['template'];

  /** Offsets only grow, so that the line is found by going on from the last one. */
  function positionOf(offset: number): Position {
    while (lineIndex + 1 < lineStarts.length && lineStarts[lineIndex + 1]! <= offset) lineIndex += 1;
    while (lineStarts[lineIndex]! > offset) lineIndex -= 1;
    return { file, line: lineIndex + 1, column: offset - lineStarts[lineIndex]! + 1 };
  }

  function fail(message: string, remedy: string, offset: number): void {
    problems.error({ code: 'compose.syntax', message, remedy, position: positionOf(offset) });
  }

  function expand(value: string, offset: number): string {
    const result = substitute(value, find);
    for (const fault of result.faults) {
      if (fault.kind === 'required') {
        problems.error({
          code: 'compose.variable-missing',
          message: `The variable ${fault.name} must be set${fault.reason === '' ? '' : `: ${fault.reason}`}.`,
          remedy: `Set ${fault.name} above this line or in the shell.`,
          position: positionOf(offset),
        });
      } else {
        fail(
          'The variable in this value is not written correctly.',
          'Write ${NAME} or ${NAME:-default}; a dollar sign that is meant as such is written $$.',
          offset,
        );
      }
    }
    for (const { name } of result.missing) {
      problems.warn({
        code: 'compose.variable-missing',
        message: `The variable ${name} is not set; an empty text is used.`,
        remedy: `Set ${name} above this line or in the shell, or put the value in single quotes.`,
        position: positionOf(offset),
      });
    }
    if (result.reads.length > 0) template = { written: value, reads: result.reads };
    return result.text;
  }

  function skipSpace(includingLines: boolean): void {
    while (at < source.length) {
      const char = source[at]!;
      if (!(includingLines ? /\s/.test(char) : char !== '\n' && /\s/.test(char))) return;
      at += 1;
    }
  }

  function lineEnd(): number {
    const end = source.indexOf('\n', at);
    return end === -1 ? source.length : end;
  }

  /** The value that starts at `at`. Undefined when it is broken; `at` is then past the end. */
  function readValue(): string | undefined {
    const quote = source[at];
    if (quote !== '"' && quote !== "'") {
      const start = at;
      const end = lineEnd();
      const line = source.slice(start, end);
      at = Math.min(end + 1, source.length);
      const comment = line.indexOf(' #');
      return expand((comment === -1 ? line : line.slice(0, comment)).trimEnd(), start);
    }
    const start = at;
    let value = '';
    for (let i = at + 1; i < source.length; i++) {
      const char = source[i]!;
      if (char === '\\' && i + 1 < source.length) {
        const next = source[i + 1]!;
        value += next === quote ? quote : `\\${next}`;
        i += 1;
      } else if (char === quote) {
        at = i + 1;
        return quote === '"' ? expand(unescapeText(value), start) : value;
      } else value += char;
    }
    fail('This quoted value has no closing quote.', `Add a closing ${quote}.`, start);
    at = source.length;
    return undefined;
  }

  while (true) {
    skipSpace(true);
    if (at >= source.length) return variables;
    if (source[at] === '#') {
      at = lineEnd();
      continue;
    }
    const exported = /^export[^\S\n]+/.exec(source.slice(at, at + 200))?.[0];
    if (exported !== undefined) at += exported.length;
    const start = at;
    let end = at;
    while (end < source.length && !/[=:\n]/.test(source[end]!)) end += 1;
    const key = source.slice(start, end).trimEnd();
    const bad = /[^\p{L}\p{N}_.\-[\]\s]/u.exec(key);
    if (bad !== null) {
      const offset = start + bad.index;
      fail(`The character “${bad[0]}” cannot stand in the name of a variable.`, 'Write NAME=value.', offset);
      at = lineEnd();
      continue;
    }
    if (/\s/.test(key)) {
      fail('The name of a variable cannot contain a space.', 'Write NAME=value, without spaces in NAME.', start);
      at = lineEnd();
      continue;
    }
    const position = positionOf(start);
    const inherited = end >= source.length || source[end] === '\n';
    at = Math.min(end + 1, source.length);
    if (inherited) {
      const value = key === '' ? undefined : lookup(key);
      if (value !== undefined) variables.set(key, { value, position });
      continue;
    }
    skipSpace(false);
    template = undefined;
    const value = readValue();
    if (value !== undefined) {
      variables.set(key, { value, position, ...(template === undefined ? {} : { template }) });
    }
  }
}

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  // Left for the variables, which read $$ as one dollar sign.
  $: '$$',
};

function unescapeText(value: string): string {
  return value.replace(/\\(?:0(\d{0,3})|([abcfnrtv$"\\]))/g, (whole, octal: string | undefined, char: string) => {
    if (octal === undefined) return escapes[char] ?? whole;
    const code = /^[0-3]?[0-7]{2}$|^[0-3][0-7]{2}$/.test(octal) && octal.length === 3 ? Number.parseInt(octal, 8) : -1;
    return code === -1 ? whole : String.fromCodePoint(code);
  });
}
