import { namesIn } from './condition.ts';
import type { Comparison, Condition, FactNames, FactValue, Operand } from './condition-types.ts';
import { factWords, printOperand } from './condition-words.ts';

/** By name. Undefined, or not there: it cannot be told now. */
export type KnownFacts = Readonly<Record<string, FactValue | undefined>>;

/** Is it true? A comparison with something that cannot be told is false. */
export function conditionHolds(condition: Condition, facts: KnownFacts): boolean {
  switch (condition.kind) {
    case 'or':
      return conditionHolds(condition.left, facts) || conditionHolds(condition.right, facts);
    case 'and':
      return conditionHolds(condition.left, facts) && conditionHolds(condition.right, facts);
    case 'not':
      return !conditionHolds(condition.of, facts);
    case 'flag':
      return operandValue(condition.of, facts) === true;
    case 'compare':
      return compare(operandValue(condition.left, facts), condition.operator, operandValue(condition.right, facts));
  }
}

const operandValue = (operand: Operand, facts: KnownFacts): FactValue | undefined =>
  operand.kind === 'value' ? operand.value : facts[operand.name];

function compare(left: FactValue | undefined, operator: Comparison, right: FactValue | undefined): boolean {
  if (left === undefined || right === undefined || typeof left !== typeof right) return false;
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
  }
}

/** Why a comparison is false, after the value that made it so. */
const shortOf: Partial<Readonly<Record<Comparison, string>>> = {
  '>': 'not more than',
  '>=': 'less than',
  '<': 'not less than',
  '<=': 'more than',
};

/** What it was decided by, when it is false: `40.2 MB of data changed, not more than 50MiB`; `on.battery is no, hour is 9`. */
export function conditionWords(condition: Condition, names: FactNames, facts: KnownFacts): string {
  const said = namesIn(condition).map((name) => {
    const { type = 'text', words } = names[name] ?? {};
    const value = factWords(type, facts[name]);
    return words === undefined || facts[name] === undefined ? `${name} is ${value}` : words.replace('{}', value);
  });
  const { kind } = condition;
  const limit = kind === 'compare' && condition.left.kind === 'name' && condition.right.kind === 'value';
  const short = limit && facts[said.length === 1 ? (namesIn(condition)[0] ?? '') : ''] !== undefined;
  if (short && shortOf[condition.operator] !== undefined)
    said.push(`${shortOf[condition.operator]} ${printOperand(condition.right)}`);
  return said.join(', ');
}
