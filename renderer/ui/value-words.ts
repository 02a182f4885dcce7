import type { ExplainedValue, VariableUse } from '../../shared/contract/compose-projects.ts';
import { shortPlace } from './place-button.tsx';

/** What gave a variable, in words; the place of an env file comes apart. */
export function variableWords(use: VariableUse): string {
  switch (use.from) {
    case 'shell':
      return 'from the shell';
    case 'secret':
      return 'from the key store';
    case 'file':
      return 'from';
    case 'project':
      return 'set by Compose';
    case 'default':
      return use.position === null ? 'not set, default used' : 'empty, default used; set in';
    case 'alternative':
      return use.position === null ? 'set in the shell, its alternative used' : 'set, its alternative used; set in';
    case 'unset':
      return 'not set, left empty';
  }
}

/** Does a value have all these words, in its name, its text, its place or its variables? */
export function matches(value: ExplainedValue, words: readonly string[], folder: string | null): boolean {
  if (words.length === 0) return true;
  const place = value.position === null ? '' : shortPlace(value.position, folder, null);
  const text = [
    value.service ?? '',
    value.path,
    value.value,
    place,
    value.written ?? '',
    ...value.variables.map((use) => `${use.name} ${use.position ?? ''} ${use.from}`),
  ]
    .join('\n')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

export const filterWords = (filter: string): readonly string[] =>
  filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
