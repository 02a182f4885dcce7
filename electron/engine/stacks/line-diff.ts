import { createTwoFilesPatch } from 'diff';

/** What changes between two texts, with three lines around, as a unified diff without its head. */
export function lineDiff(before: string, after: string): string {
  return createTwoFilesPatch('', '', before, after, undefined, undefined, { context: 3 })
    .split('\n')
    .slice(4)
    .filter((line) => !line.startsWith('\\ No newline'))
    .join('\n')
    .trimEnd();
}
