import type { Position } from '../../../../shared/domain/position.ts';
import { type Environment, ownPosition, secretPosition, shellPosition } from './context.ts';
import type { NoteReads } from './interpolate.ts';
import type { VariableRead } from './template.ts';

/** A variable that a value depends on, and what gave it. */
export interface VariableUse {
  readonly name: string;
  /**
   * `secret`: the key store. `project`: set by Compose itself. `default` and `alternative`: the word in the template.
   * `unset`: nothing.
   */
  readonly from: 'shell' | 'secret' | 'file' | 'project' | 'default' | 'alternative' | 'unset';
  /** Where the file that gave it has it; undefined unless `from` is `file`, or the word hangs on a variable of a file. */
  readonly position?: Position;
}

/** How a value came about: the text as it stands in the file, and the variables in it. */
export interface Origin {
  readonly written: string;
  readonly variables: readonly VariableUse[];
}

/**
 * Origins by the place of the value. Every stage hands the place on as it is, whatever it makes of the value, so the
 * place (the object, not its numbers: a file can be read twice with other variables) is what leads back.
 */
export type Origins = WeakMap<Position, Origin>;

/** Notes what was read with the variables of `environment`. */
export function noteOrigins(origins: Origins, environment: Environment): NoteReads {
  return (position, written, reads) => {
    origins.set(position, { written, variables: usesOf(reads, environment) });
  };
}

export function usesOf(reads: readonly VariableRead[], environment: Environment): readonly VariableUse[] {
  const uses = new Map<string, VariableUse>();
  for (const { name, outcome } of reads) if (!uses.has(name)) uses.set(name, sourceOf(name, outcome, environment));
  return [...uses.values()];
}

function sourceOf(name: string, outcome: VariableRead['outcome'], environment: Environment): VariableUse {
  const position = environment.get(name)?.position;
  const inFile = position !== undefined && ![shellPosition, secretPosition, ownPosition].includes(position);
  if (outcome !== 'value') return { name, from: outcome, ...(inFile ? { position } : {}) };
  if (inFile) return { name, from: 'file', position };
  if (position === secretPosition) return { name, from: 'secret' };
  return { name, from: position === ownPosition ? 'project' : 'shell' };
}
