import type { IBufferLine, ILink, Terminal } from '@xterm/xterm';
import { findLinks } from './links.ts';

/** The links of the row `y` (from 1), rows joined where the terminal wrapped them. */
export function linksOfLine(term: Terminal, y: number, activate: (url: string) => void): ILink[] | undefined {
  const buffer = term.buffer.active;
  let top = y - 1;
  while (top > 0 && buffer.getLine(top)?.isWrapped === true) top -= 1;
  const places: { x: number; y: number }[] = [];
  let text = '';
  for (let row = top; ; row += 1) {
    const line: IBufferLine | undefined = buffer.getLine(row);
    if (line === undefined || (row > top && !line.isWrapped)) break;
    for (let x = 0; x < line.length; x += 1) {
      const cell = line.getCell(x);
      if (cell === undefined || cell.getWidth() === 0) continue;
      const chars = cell.getChars() || ' ';
      for (let unit = 0; unit < chars.length; unit += 1) places.push({ x: x + 1, y: row + 1 });
      text += chars;
    }
    if (row - top > 50) break;
  }
  const links = findLinks(text).flatMap((link): ILink[] => {
    const start = places[link.start];
    const end = places[link.end - 1];
    if (start === undefined || end === undefined) return [];
    return [{ range: { start, end }, text: link.url, activate: () => activate(link.url) }];
  });
  return links.length === 0 ? undefined : links;
}
