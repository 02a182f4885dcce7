import { z } from 'zod';
import type { StepKind } from '../../../shared/domain/routine-file.ts';
import type { PlannedStep } from '../../../shared/domain/routine-plan.ts';
import { AppError } from '../../../shared/errors.ts';
import type { StepImplementation } from './step-types.ts';

/** A kind with the type of its options taken off: what comes in is parsed by `options` first. */
export type AnyStep = StepImplementation<never>;

export interface StepBook {
  readonly kinds: readonly StepKind[];
  has(kind: StepKind): boolean;
  /** Throws when nobody brought that kind. */
  get(kind: StepKind): StepImplementation<unknown>;
  /** Parses the options of a step. The faults are below `with`. */
  check(step: Pick<PlannedStep, 'uses' | 'options'>): readonly OptionFault[];
}

export interface OptionFault {
  readonly message: string;
  readonly remedy: string;
  readonly path: readonly (string | number)[];
}

/** The kinds of steps that there are, from all parts. */
export function createStepBook(implementations: readonly AnyStep[]): StepBook {
  const byKind = new Map(implementations.map((each) => [each.kind, each as unknown as StepImplementation<unknown>]));
  return {
    kinds: [...byKind.keys()],
    has: (kind) => byKind.has(kind),
    get(kind) {
      const found = byKind.get(kind);
      if (found !== undefined) return found;
      throw new AppError({
        code: 'input.invalid',
        message: `This version of Golden Hour has no steps ${kind}.`,
        remedy: `Use one of: ${[...byKind.keys()].sort().join(', ')}.`,
      });
    },
    check({ uses, options }) {
      const found = byKind.get(uses);
      if (found === undefined)
        return [
          {
            message: `This version of Golden Hour has no steps ${uses}.`,
            remedy: `Use one of: ${[...byKind.keys()].sort().join(', ')}.`,
            path: [],
          },
        ];
      const parsed = found.options.safeParse(options);
      return parsed.success ? [] : parsed.error.issues.flatMap((issue) => faultsOf(issue, found.options));
    },
  };
}

function faultsOf(issue: z.core.$ZodIssue, schema: z.ZodType): readonly OptionFault[] {
  const path = issue.path.map((each) => (typeof each === 'number' ? each : String(each)));
  if (issue.code === 'unrecognized_keys') {
    const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
    const remedy = known.length === 0 ? 'Remove it: this step has no options.' : `Known are ${known.join(', ')}.`;
    return issue.keys.map((key) => ({ message: `The option ${key} is not known here.`, remedy, path: [...path, key] }));
  }
  const name = path.join('.');
  return [{ message: `The option ${name} cannot be this: ${issue.message}.`, remedy: 'Correct its value.', path }];
}
