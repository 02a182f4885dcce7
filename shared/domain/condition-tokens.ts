import { type Comparison, type ConditionFault, comparisons, type FactType, type FactValue } from './condition-types.ts';
import { durationMs } from './duration.ts';

export type Token = { readonly column: number; readonly text: string } & (
  | { readonly kind: 'name' | 'word' | 'open' | 'close' | 'end' }
  | { readonly kind: 'operator'; readonly operator: Comparison }
  | { readonly kind: 'value'; readonly type: FactType; readonly value: FactValue }
);

/** Bytes of one unit. Powers of 1000 without an i, of 1024 with it. */
export const sizeUnits: Readonly<Record<string, number>> = {
  TiB: 1024 ** 4,
  TB: 1000 ** 4,
  GiB: 1024 ** 3,
  GB: 1000 ** 3,
  MiB: 1024 ** 2,
  MB: 1000 ** 2,
  KiB: 1024,
  KB: 1000,
  kB: 1000,
  B: 1,
};

const words = ['and', 'or', 'not', 'true', 'false'];
const name = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*/;
const numeral = /^-?\d+(\.\d+)?/;

/** Thrown within the reader only. */
export interface FaultError extends Error {
  readonly fault: ConditionFault;
}

export function faultAt(column: number, message: string, remedy: string): FaultError {
  return Object.assign(new Error(message), { fault: { column, message, remedy } });
}

export const isFaultError = (error: unknown): error is FaultError => error instanceof Error && 'fault' in error;

/** Throws a FaultError. The last token is the end. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const space = /^\s+/.exec(rest)?.[0];
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const token = tokenAt(rest, at + 1);
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: 'end', column: text.length + 1, text: '' });
  return tokens;
}

function tokenAt(rest: string, column: number): Token {
  const [first = ''] = rest;
  if (first === '(') return { kind: 'open', column, text: first };
  if (first === ')') return { kind: 'close', column, text: first };
  if (first === '"' || first === "'") return quoted(rest, first, column);
  const operator = comparisons.find((each) => rest.startsWith(each));
  if (operator !== undefined) return { kind: 'operator', operator, column, text: operator };
  if (numeral.test(rest)) return numberAt(rest, column);
  const found = name.exec(rest)?.[0];
  if (found !== undefined) return { kind: words.includes(found) ? 'word' : 'name', column, text: found };
  const instead: Readonly<Record<string, string>> = { '=': '==', '&': 'and', '|': 'or', '!': 'not' };
  throw faultAt(
    column,
    `“${first}” does not belong in a condition.`,
    instead[first] === undefined
      ? 'Compare with == != > >= < <=, and join with and, or, not.'
      : `Write ${instead[first]}.`,
  );
}

/** Between quotes everything stands for itself; there is no escaping, as the other kind of quote does the same. */
function quoted(rest: string, quote: string, column: number): Token {
  const end = rest.indexOf(quote, 1);
  if (end < 0) throw faultAt(column, 'A quote is opened and never closed.', `Close it with ${quote}.`);
  return { kind: 'value', type: 'text', value: rest.slice(1, end), column, text: rest.slice(0, end + 1) };
}

function numberAt(rest: string, column: number): Token {
  const text = /^-?[\dA-Za-z.]+/.exec(rest)?.[0] ?? '';
  const digits = numeral.exec(text)?.[0] ?? '';
  const unit = text.slice(digits.length);
  const [whole = '', decimals = ''] = digits.replace('-', '').split('.');
  if (whole.length + decimals.length > 16 || decimals.length > 6)
    throw faultAt(column, `${digits} has more digits than anything that is measured.`, 'Write a shorter number.');
  const token = (type: FactType, value: number): Token => ({ kind: 'value', type, value, column, text });
  // Zero has no sign here: there is one way to write it.
  if (unit === '') return token('number', Number(digits) === 0 ? 0 : Number(digits));
  const size = sizeUnits[unit];
  const duration = durationMs(text);
  const value = size === undefined ? duration : Math.round(Number(digits) * size);
  if (value === undefined || value < 0)
    throw faultAt(
      column,
      `“${text}” is neither a size nor a duration.`,
      'Sizes are written as 50MiB or 1.5GB, durations as 90s, 1h30m or 7d.',
    );
  if (value > Number.MAX_SAFE_INTEGER) throw faultAt(column, `${text} is larger than anything.`, 'Write less.');
  return size === undefined ? token('duration', Math.round(value)) : token('bytes', value);
}
