/** Control characters, and those that turn the direction of text or cannot be seen: they could show another command. */
const unseen = /[\p{C}\u2028\u2029]/u;
const unseenOnes = /[\p{C}\u2028\u2029\\']/gu;

/**
 * A command as one line that shows each of its words exactly, in the notation of a shell: for somebody who is to decide
 * about it. Nothing in it can move a cursor, hide, or read as something else.
 */
export function commandText(words: readonly string[]): string {
  return words.map(word).join(' ');
}

function word(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (!unseen.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  return `$'${text.replace(unseenOnes, escaped)}'`;
}

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', "'": "\\'" };

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return short[character] ?? (code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`);
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');
