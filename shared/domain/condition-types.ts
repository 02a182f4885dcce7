/** What a fact or a value of a condition is. Sizes are bytes, durations milliseconds. */
export type FactType = 'bytes' | 'number' | 'duration' | 'text' | 'flag';
export type FactValue = number | string | boolean;

export interface FactName {
  readonly type: FactType;
  /** One sentence, for the documentation, the editor and error messages. */
  readonly about: string;
  /** How a value of it reads, with `{}` for it: `{} of data changed`. Absent: `name is value`. */
  readonly words?: string;
}
export type FactNames = Readonly<Record<string, FactName>>;

export const comparisons = ['==', '!=', '>=', '<=', '>', '<'] as const;
export type Comparison = (typeof comparisons)[number];

export type Operand =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'value'; readonly type: FactType; readonly value: FactValue };

export type Condition =
  | { readonly kind: 'or' | 'and'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition }
  /** A flag by itself, `on.battery`, `true`. */
  | { readonly kind: 'flag'; readonly of: Operand }
  | { readonly kind: 'compare'; readonly left: Operand; readonly operator: Comparison; readonly right: Operand };

/** What is wrong in the text of a condition. */
export interface ConditionFault {
  readonly message: string;
  readonly remedy: string;
  /** From 1, in the text. */
  readonly column: number;
}

export type ParsedCondition =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly fault: ConditionFault };
