import { namesIn } from './condition.ts';
import type { Comparison, Condition, FactNames, FactValue, Operand } from './condition-types.ts';
import { factWords } from './condition-words.ts';

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

/** What it was decided by: `data.changed is 12 MB, on.battery is no`. */
export function conditionWords(condition: Condition, names: FactNames, facts: KnownFacts): string {
  return namesIn(condition)
    .map((name) => `${name} is ${factWords(names[name]?.type ?? 'text', facts[name])}`)
    .join(', ');
}
