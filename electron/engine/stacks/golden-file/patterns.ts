export interface PatternFault {
  readonly message: string;
  readonly remedy: string;
  /** Of the character in the pattern. */
  readonly index: number;
}

const closing: Readonly<Record<string, string>> = { '[': ']', '{': '}', '(': ')' };

/**
 * What is wrong with a pattern of paths such as `db/migrations/**`; undefined: nothing. `beside`: it may begin with `!`,
 * and with `../` for what lies beside the folder.
 */
export function patternFault(pattern: string, { beside = false } = {}): PatternFault | undefined {
  const start = beside ? (/^!?(\.\.\/)*/.exec(pattern)?.[0].length ?? 0) : 0;
  if (/^([A-Za-z]:)?[\\/]/.test(pattern.slice(start)))
    return { message: `“${pattern}” is an absolute path.`, remedy: 'Write it relative to golden.yml.', index: 0 };
  const up = /(^|\/)\.\.(\/|$)/.exec(pattern.slice(start));
  if (up !== null) {
    const message = `“${pattern}” leads out of the folder, where nothing is looked at.`;
    return { message, remedy: 'Write it relative to golden.yml, without “..”.', index: start + up.index };
  }
  const back = pattern.indexOf('\\');
  if (back >= 0)
    return {
      message: `“${pattern}” has a backslash.`,
      remedy: 'Write / between folders, on Windows too.',
      index: back,
    };
  const open: { readonly character: string; readonly index: number }[] = [];
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index] ?? '';
    const inSet = open.at(-1)?.character === '[';
    if (closing[character] !== undefined && !inSet) open.push({ character, index });
    else if (character === closing[open.at(-1)?.character ?? '']) open.pop();
    else if (!inSet && (character === '}' || character === ')'))
      return {
        message: `“${pattern}” closes a “${character}” that is not open.`,
        remedy: 'Remove it, or open it before.',
        index,
      };
  }
  const last = open.at(-1);
  if (last === undefined) return undefined;
  return {
    message: `“${pattern}” opens a “${last.character}” that is never closed.`,
    remedy: `Close it with “${closing[last.character]}”.`,
    index: last.index,
  };
}
