import { type Document, isMap, isSeq, type Node } from 'yaml';
import type { YamlArrange } from './yaml-edit.ts';
import { endOfContent, lineStart, newlineOf, printed } from './yaml-splice.ts';

/** One item as it is written, from the comments above its dash to the end of its last line. */
interface Item {
  /** Blank lines above. They belong to the place in the list, not to the item. */
  readonly gap: string;
  readonly text: string;
}

/**
 * The text with the lines of a block list in another order, without some, with new ones. The comments above an item and
 * inside of it go where it goes. Undefined: not a list whose items have lines of their own.
 */
export function arrangeLines(text: string, document: Document, { path, items }: YamlArrange): string | undefined {
  const list = path.length === 0 ? document.contents : document.getIn(path, true);
  if (!isSeq(list) || list.flow === true || list.items.length === 0 || items.length === 0) return undefined;
  const newline = newlineOf(text);
  const dashes: number[] = [];
  for (const item of list.items) {
    const dash = dashOf(text, item as Node | null);
    if (dash === undefined) return undefined;
    dashes.push(dash);
  }
  const [first] = dashes;
  if (first === undefined) return undefined;
  const column = first - lineStart(text, first);
  // The first dash of a list in a list stands behind another dash.
  if (dashes.some((dash) => !/^ *$/.test(text.slice(lineStart(text, dash), dash)))) return undefined;
  if (dashes.some((dash) => dash - lineStart(text, dash) !== column)) return undefined;
  const ends = list.items.map((item, index) => {
    const end = (item as Node).range?.[1] ?? (dashes[index] ?? 0) + 1;
    return endWithComments(text, endOfContent(text, Math.max(end, (dashes[index] ?? 0) + 1)), column);
  });
  const begin = startOfComments(text, lineStart(text, first), column);
  const there = dashes.map((_, index): Item => {
    const from = index === 0 ? begin : nextLine(text, ends[index - 1] ?? 0);
    const whole = text.slice(from, ends[index]);
    const gap = /^([ \t]*\r?\n)*/.exec(whole)?.[0] ?? '';
    return { gap, text: whole.slice(gap.length) };
  });
  const usualGap = there.length > 1 ? (there.at(-1)?.gap ?? '') : '';
  const lines = items.map((item, index): string | undefined => {
    const gap = there[index]?.gap ?? usualGap;
    const own = 'from' in item ? there[item.from]?.text : dashed(item.value, column, newline);
    return own === undefined ? undefined : gap + own;
  });
  if (lines.includes(undefined)) return undefined;
  return text.slice(0, begin) + lines.join(newline) + text.slice(ends.at(-1));
}

function dashed(value: unknown, column: number, newline: string): string {
  return printed([value], column, newline);
}

/** Where the dash of an item stands. */
function dashOf(text: string, item: Node | null): number | undefined {
  // A mapping begins with its first key, but its range may begin at a comment.
  const start =
    isMap(item) && item.flow !== true ? (item.items[0]?.key as Node | undefined)?.range?.[0] : item?.range?.[0];
  if (start === undefined) return undefined;
  let at = start;
  while (at > 0) {
    const from = lineStart(text, at);
    const before = text.slice(from, at);
    const dash = /^ *-(?= *(#.*|[&!|>].*)?\r?\n?$)/.exec(before);
    if (dash !== null) return from + dash[0].length - 1;
    // Beneath its dash, after comments or nothing.
    if (!/^\s*(#.*)?\r?\n?$/.test(before) || from === 0) return undefined;
    at = from - 1;
    const above = text.slice(lineStart(text, at), at);
    const alone = /^ *-(?= *(#.*)?\r?$)/.exec(above);
    if (alone !== null) return lineStart(text, at) + alone[0].length - 1;
  }
  return undefined;
}

const nextLine = (text: string, offset: number): number => {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end + 1;
};

/** Comments below an item that stand deeper than its dash are about it. */
function endWithComments(text: string, end: number, column: number): number {
  let found = end;
  let at = nextLine(text, end);
  while (at < text.length) {
    const line = /^[^\n]*/.exec(text.slice(at))?.[0] ?? '';
    if (line.trim() !== '') {
      if (!line.trimStart().startsWith('#') || line.length - line.trimStart().length <= column) break;
      found = at + line.trimEnd().length;
    }
    at = nextLine(text, at);
  }
  return found;
}

/** Comments directly above the first item, in the column of its dash. */
function startOfComments(text: string, start: number, column: number): number {
  let at = start;
  while (at > 0) {
    const from = lineStart(text, at - 1);
    const line = text.slice(from, at).trimEnd();
    if (!line.trimStart().startsWith('#') || line.length - line.trimStart().length !== column) break;
    at = from;
  }
  return at;
}
