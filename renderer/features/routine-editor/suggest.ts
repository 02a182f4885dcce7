import type { Vocabulary } from '../../../shared/contract/routines.ts';

type FactWord = Vocabulary['facts'][number];

export interface Suggestions {
  /** The part of the text that a suggestion replaces. */
  readonly from: number;
  readonly to: number;
  readonly facts: readonly FactWord[];
}

/** Facts that fit the word at the caret. Inside quotes and after a value there is nothing to suggest. */
export function suggest(text: string, caret: number, facts: readonly FactWord[]): Suggestions {
  const before = text.slice(0, caret);
  const none = { from: caret, to: caret, facts: [] };
  if (openQuote(before)) return none;
  const word = /[a-z_.]*$/i.exec(before)?.[0] ?? '';
  const from = caret - word.length;
  const after = /^[a-z_.]*/i.exec(text.slice(caret))?.[0] ?? '';
  const lead = before.slice(0, from).trimEnd();
  // A name stands at the beginning, after a bracket, or after what joins and negates.
  if (lead !== '' && !/(\(|\b(and|or|not))$/.test(lead)) return none;
  const wanted = word.toLowerCase();
  const fitting = facts.filter(({ name }) => name !== word && name.includes(wanted));
  const rank = (name: string): number => (name.startsWith(wanted) ? 0 : 1);
  return {
    from,
    to: caret + after.length,
    facts: [...fitting].sort((a, b) => rank(a.name) - rank(b.name)).slice(0, 8),
  };
}

function openQuote(text: string): boolean {
  let quote: string | null = null;
  for (const character of text) {
    if (quote === null && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = null;
  }
  return quote !== null;
}

const after: Readonly<Record<FactWord['type'], string>> = {
  bytes: ' > 50MiB',
  number: ' > 0',
  duration: ' > 7d',
  text: ' == "main"',
  flag: '',
};

/** The text with the fact put in, and with an example to compare it with where nothing follows. */
export function complete(text: string, at: Pick<Suggestions, 'from' | 'to'>, fact: FactWord): string {
  const rest = text.slice(at.to);
  const example = rest.trim() === '' ? after[fact.type] : '';
  return `${text.slice(0, at.from)}${fact.name}${example}${rest}`;
}
