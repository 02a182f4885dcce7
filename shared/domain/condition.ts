import { type FaultError, faultAt, isFaultError, type Token, tokensOf } from './condition-tokens.ts';
import type { Condition, FactNames, FactType, Operand, ParsedCondition } from './condition-types.ts';
import { printOperand } from './condition-words.ts';
import { nearest } from './nearest.ts';

export const longestCondition = 500;

/**
 * Reads `data.changed > 50MiB and not (on.battery or weekday == "fri")`. `or` binds weakest, then `and`, then `not`.
 * Names and the types on both sides of a comparison are checked against `names`.
 */
export function parseCondition(text: string, names: FactNames): ParsedCondition {
  try {
    if (text.length > longestCondition)
      throw faultAt(longestCondition, 'The condition is too long.', `Keep it under ${longestCondition} characters.`);
    return { ok: true, condition: read(tokensOf(text), names) };
  } catch (error) {
    if (isFaultError(error)) return { ok: false, fault: error.fault };
    throw error;
  }
}

function read(tokens: readonly Token[], names: FactNames): Condition {
  let at = 0;
  const peek = (): Token => tokens[at] as Token;
  const isWord = (word: string): boolean => peek().kind === 'word' && peek().text === word;
  const take = (): Token => {
    const token = peek();
    if (token.kind !== 'end') at += 1;
    return token;
  };

  function any(): Condition {
    let left = all();
    while (isWord('or')) {
      take();
      left = { kind: 'or', left, right: all() };
    }
    return left;
  }

  function all(): Condition {
    let left = negated();
    while (isWord('and')) {
      take();
      left = { kind: 'and', left, right: negated() };
    }
    return left;
  }

  function negated(): Condition {
    if (!isWord('not')) return single();
    take();
    return { kind: 'not', of: negated() };
  }

  function single(): Condition {
    if (peek().kind === 'open') {
      const open = take();
      const inner = any();
      if (take().kind !== 'close')
        throw faultAt(open.column, 'This bracket is never closed.', 'Add a closing bracket.');
      return inner;
    }
    const start = peek().column;
    const left = operand();
    const token = peek();
    if (token.kind !== 'operator') {
      if (typeOf(left, names) !== 'flag')
        throw faultAt(token.column, `${words(left)} has to be compared with something.`, example(left, names));
      return { kind: 'flag', of: left };
    }
    take();
    const rightAt = peek().column;
    const right = operand();
    const types = [typeOf(left, names), typeOf(right, names)] as const;
    if (types[0] !== types[1])
      throw faultAt(
        rightAt,
        `${words(left)} is ${kinds[types[0]]}, and ${words(right)} ${kinds[types[1]]}.`,
        example(left, names),
      );
    if ((types[0] === 'text' || types[0] === 'flag') && token.operator !== '==' && token.operator !== '!=')
      throw faultAt(start, `${words(left)} is ${kinds[types[0]]}: it has no order.`, 'Compare it with == or !=.');
    return { kind: 'compare', left, operator: token.operator, right };
  }

  function operand(): Operand {
    const token = take();
    if (token.kind === 'value') return { kind: 'value', type: token.type, value: token.value };
    if (token.kind === 'word' && (token.text === 'true' || token.text === 'false'))
      return { kind: 'value', type: 'flag', value: token.text === 'true' };
    if (token.kind === 'name') {
      if (Object.hasOwn(names, token.text)) return { kind: 'name', name: token.text };
      const close = nearest(token.text, Object.keys(names));
      throw faultAt(
        token.column,
        `There is nothing called ${token.text}.`,
        close === undefined
          ? `Text stands in quotes. Known are ${Object.keys(names).sort().join(', ')}.`
          : `Did you mean ${close}?`,
      );
    }
    if (token.kind === 'end')
      throw faultAt(token.column, 'The condition ends too early.', 'Add what is to be compared.');
    throw faultAt(token.column, `“${token.text}” is not expected here.`, 'Put a name or a value here.');
  }

  const condition = any();
  const left = peek();
  if (left.kind !== 'end') throw leftOver(left);
  return condition;
}

function leftOver(token: Token): FaultError {
  if (token.kind === 'close') return faultAt(token.column, 'This bracket was never opened.', 'Remove it.');
  return faultAt(token.column, `“${token.text}” is not expected here.`, 'Join conditions with and, or.');
}

const kinds: Readonly<Record<FactType, string>> = {
  bytes: 'a size',
  number: 'a number',
  duration: 'a duration',
  text: 'text',
  flag: 'yes or no',
};
const examples: Readonly<Record<FactType, string>> = {
  bytes: '> 50MiB',
  number: '> 0',
  duration: '> 7d',
  text: '== "main"',
  flag: '== true',
};

const typeOf = (operand: Operand, names: FactNames): FactType =>
  operand.kind === 'value' ? operand.type : (names[operand.name]?.type ?? 'text');

const words = (operand: Operand): string => (operand.kind === 'name' ? operand.name : printOperand(operand));

function example(operand: Operand, names: FactNames): string {
  return `Write for example ${words(operand)} ${examples[typeOf(operand, names)]}.`;
}

/** The names a condition asks for, each once. */
export function namesIn(condition: Condition): readonly string[] {
  const found = new Set<string>();
  const visit = (each: Condition): void => {
    if (each.kind === 'not') visit(each.of);
    else if (each.kind === 'and' || each.kind === 'or') {
      visit(each.left);
      visit(each.right);
    } else {
      const operands = each.kind === 'flag' ? [each.of] : [each.left, each.right];
      for (const operand of operands) if (operand.kind === 'name') found.add(operand.name);
    }
  };
  visit(condition);
  return [...found];
}
