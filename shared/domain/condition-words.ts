import { sizeUnits } from './condition-tokens.ts';
import type { Condition, FactType, FactValue, Operand } from './condition-types.ts';
import { durationText } from './duration.ts';

/** The text that reads as exactly this condition. */
export function printCondition(condition: Condition): string {
  return print(condition, 0);
}

/** `binding`: 0 takes anything, 1 what binds like `and`, 2 what binds like `not`. */
function print(condition: Condition, binding: number): string {
  switch (condition.kind) {
    case 'or':
      return bracketed(`${print(condition.left, 0)} or ${print(condition.right, 1)}`, binding > 0);
    case 'and':
      return bracketed(`${print(condition.left, 1)} and ${print(condition.right, 2)}`, binding > 1);
    case 'not':
      return `not ${print(condition.of, 2)}`;
    case 'flag':
      return printOperand(condition.of);
    case 'compare':
      return `${printOperand(condition.left)} ${condition.operator} ${printOperand(condition.right)}`;
  }
}

const bracketed = (text: string, needed: boolean): string => (needed ? `(${text})` : text);

export function printOperand(operand: Operand): string {
  return operand.kind === 'name' ? operand.name : printValue(operand.type, operand.value);
}

/** As it is written in a condition: exact. */
function printValue(type: FactType, value: FactValue): string {
  if (typeof value === 'string') return value.includes('"') ? `'${value}'` : `"${value}"`;
  if (typeof value === 'boolean') return String(value);
  if (type === 'duration') return durationText(value);
  if (type !== 'bytes') return String(value);
  const [unit, size] = Object.entries(sizeUnits).find(([, each]) => value >= each && value % each === 0) ?? ['B', 1];
  return `${value / size}${unit}`;
}

/** As a person reads it: rounded. */
export function factWords(type: FactType, value: FactValue | undefined): string {
  if (value === undefined) return 'not known';
  if (typeof value === 'string') return value === '' ? 'empty' : value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (type === 'bytes') return bytesWords(value);
  return type === 'duration' ? durationWords(value) : String(value);
}

/** `212 MB`, `1.4 GB`. */
export function bytesWords(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 99.5 || unit === 0 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit]}`;
}

/** `38 s`, `2 min`, `3 h`, `5 days`. */
export function durationWords(ms: number): string {
  if (ms < 950) return `${Math.round(ms)} ms`;
  if (ms < 9950) return `${Math.round(ms / 100) / 10} s`;
  if (ms < 119_500) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_170_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} days`;
}
