import { routinesSchema } from '../../../shared/domain/routine-file.ts';

/** Why a routine cannot be called so; null: it can. */
export function nameFault(name: string, taken: readonly string[]): string | null {
  if (name === '') return 'Say what it is called.';
  if (!routinesSchema.keyType.safeParse(name).success) return 'Lower case letters, digits and dashes.';
  return taken.includes(name) ? `There is a routine ${name} already.` : null;
}
