import { bytesWords } from '../../../../shared/domain/condition-words.ts';
import type { DataChange } from '../../golden/measure-change.ts';

/** `212 MB in 41 files changed since golden-dev-orders-20250203`. */
export function changeWords({ bytes, files, gone, since }: DataChange): string {
  if (since === null)
    return `${bytesWords(bytes)} in ${files} ${files === 1 ? 'file' : 'files'}, and no image of it yet`;
  if (files === 0 && gone === 0) return `nothing changed since ${since.name}`;
  const removed = gone === 0 ? '' : `, ${gone} removed`;
  return `${bytesWords(bytes)} in ${files} ${files === 1 ? 'file' : 'files'} changed${removed} since ${since.name}`;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
