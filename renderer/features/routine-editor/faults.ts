import type { Problem } from '../../../shared/domain/problem.ts';
import { type Routine, routineSchema } from '../../../shared/domain/routine-file.ts';

/** Something to be said at a field, without a place in a file. */
export interface Fault {
  /** Place of the step; null: the routine itself. */
  readonly step: number | null;
  /** `if`, `timeout`, `with.image`; '' when it is about the whole of it. */
  readonly field: string;
  readonly message: string;
}

/** What the fields say that cannot even be written down. */
export function faultsOf(routine: Routine): readonly Fault[] {
  const parsed = routineSchema.safeParse(routine);
  if (parsed.success) return [];
  return parsed.error.issues.map(({ path, message }) => {
    const field = path.map(String);
    const inStep = field[0] === 'steps' && field.length > 1;
    const rest = inStep ? field.slice(2) : field;
    return { step: inStep ? Number(field[1]) : null, field: fieldName(rest), message: words(rest, message) };
  });
}

/** What the engine found, told at the fields: by the path in the document. */
export function faultsOfProblems(routine: string, problems: readonly Problem[]): readonly Fault[] {
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ path = '', message, remedy }) => {
      const rest = path.startsWith(`routines.${routine}`) ? path.slice(`routines.${routine}`.length) : '';
      const place = /^\.steps\[(\d+)\]\.?(.*)$/.exec(rest);
      const field = place === null ? rest.replace(/^\./, '') : (place[2] ?? '');
      return {
        step: place === null ? null : Number(place[1]),
        field: fieldName(field.split(/[.[\]]+/).filter((one) => one !== '')),
        message: `${message} ${remedy}`,
      };
    });
}

/** Options are told apart; of everything else the first name is enough. */
function fieldName(path: readonly string[]): string {
  const [first = '', second] = path;
  return first === 'with' && second !== undefined ? `with.${second}` : first;
}

function words(path: readonly string[], message: string): string {
  switch (path[0]) {
    case 'run':
      return 'Say which command.';
    case 'timeout':
    case 'budget':
    case 'retries':
      return 'A duration such as 30s or 5m, and tries from 0 to 10.';
    case 'id':
      return 'Lower case letters, digits, dots and dashes.';
    case 'steps':
      return 'A routine has at least one step.';
    default:
      return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
  }
}

export const faultAt = (faults: readonly Fault[], step: number | null, field: string): string | null =>
  faults.find((one) => one.step === step && one.field === field)?.message ?? null;
