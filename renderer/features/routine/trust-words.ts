import type { TrustView } from '../../../shared/contract/routines.ts';
import { count } from '../../ui/format.ts';

/** Why it is shown, in a sentence. */
export function trustSentence(trust: TrustView, environmentId: string): string {
  const { commands } = trust;
  if (commands.length === 0) return 'It runs nothing but what Golden Hour itself does.';
  const fresh = commands.filter((one) => one.isNew).length;
  if (trust.trusted) return `You agreed to these ${count(commands.length, 'line')} before.`;
  if (trust.changed)
    return fresh === 0
      ? 'Something was taken out since you agreed. Nothing else is different.'
      : `${count(fresh, 'line is', 'lines are')} new or different since you agreed, and marked.`;
  return `The folder of ${environmentId} says what to run. Nothing is run before you agree.`;
}

export interface TrustGroup {
  readonly where: string;
  readonly commands: TrustView['commands'];
}

/** What is run in the same place, together, in the order it comes. */
export function byPlace(commands: TrustView['commands']): readonly TrustGroup[] {
  const groups = new Map<string, TrustView['commands']>();
  for (const one of commands) groups.set(one.where, [...(groups.get(one.where) ?? []), one]);
  return [...groups].map(([where, list]) => ({ where, commands: list }));
}
