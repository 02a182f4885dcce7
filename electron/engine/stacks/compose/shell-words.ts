/**
 * Splits a command line into words as Compose does: quotes and backslashes as in a shell, nothing expanded. An
 * unquoted `;`, `&`, `|`, `<` or `>` ends the command, and what follows is not used; callers should say so.
 */
export type ShellWords =
  | { readonly words: readonly string[] /** Offset of the operator that cut the line. */; readonly cutAt?: number }
  | { readonly fault: string };

export function splitShellWords(line: string): ShellWords {
  const words: string[] = [];
  let word = '';
  let started = false;
  let quote: '' | '"' | "'" = '';
  let backtick = false;
  let dollar = false;
  const unbalanced = { fault: 'the parentheses do not fit' } as const;
  const free = (): boolean => quote === '' && !backtick && !dollar;

  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (char === '\\' && quote !== "'") {
      const next = line[i + 1];
      if (next === undefined) return { fault: 'it ends with a backslash' };
      word += next === 't' ? '\t' : next === 'n' ? '\n' : next;
      started = true;
      i += 1;
      continue;
    }
    if (/[ \t\r\n]/.test(char) && free()) {
      if (started) words.push(word);
      word = '';
      started = false;
      continue;
    }
    if (char === '"' && quote !== "'" && !dollar) {
      if (quote === '"') started = true;
      quote = quote === '"' ? '' : '"';
      continue;
    }
    if (char === "'" && quote !== '"' && !dollar) {
      if (quote === "'") started = true;
      quote = quote === "'" ? '' : "'";
      continue;
    }
    if (char === '`' && quote === '' && !dollar) backtick = !backtick;
    else if (char === '(' && quote === '' && !backtick) {
      if (dollar || !word.endsWith('$')) return unbalanced;
      dollar = true;
      word += char;
      continue;
    } else if (char === ')' && quote === '' && !backtick) {
      if (!dollar) return unbalanced;
      dollar = false;
    } else if (/[;&|<>]/.test(char) && free()) {
      // “2>file” drops the 2 as well: it is the number of the stream.
      if (started && !(char === '>' && /^[0-9]/.test(word))) words.push(word);
      return { words, cutAt: i };
    }
    started = true;
    word += char;
  }
  if (quote !== '') return { fault: `a closing ${quote} is missing` };
  if (backtick || dollar) return { fault: 'a command substitution is not closed' };
  if (started) words.push(word);
  return { words };
}
