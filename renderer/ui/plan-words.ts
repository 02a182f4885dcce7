import type { Change, Plan } from '../../shared/contract/environments.ts';
import { count, formatBytes, listed } from './format.ts';

const verbs: Record<Change['action'], string> = {
  none: 'stays as it is',
  create: 'is created',
  start: 'starts',
  stop: 'stops',
  restart: 'restarts',
  recreate: 'is replaced',
  remove: 'is removed',
  pull: 'is downloaded',
  build: 'is built',
  adopt: 'is taken over',
  keep: 'is kept',
};

/** `is created`, with the size where it is known. */
export function changeWords(change: Change): string {
  const lost = change.action === 'remove' && change.cost === 'data';
  const verb = lost ? 'is deleted' : verbs[change.action];
  return change.bytes === null ? verb : `${verb}, ${formatBytes(change.bytes)}`;
}

export interface PlanGroup {
  readonly title: string;
  readonly changes: readonly Change[];
}

/** What changes first, what is lost before everything, what is kept last. Lines about nothing are left out. */
export function planGroups(changes: readonly Change[]): readonly PlanGroup[] {
  const quiet = (change: Change): boolean => change.action === 'none' || change.action === 'keep';
  const lost = changes.filter((one) => !quiet(one) && one.cost === 'data');
  const rest = changes.filter((one) => !quiet(one) && one.cost !== 'data');
  const kept = changes.filter((one) => one.action === 'keep');
  return [
    { title: 'Data', changes: lost },
    { title: 'What changes', changes: rest },
    { title: 'What is kept', changes: kept },
  ].filter((group) => group.changes.length > 0);
}

/** One sentence on what a plan costs. */
export function planSummary(plan: Plan): string {
  const doing = plan.changes.filter((one) => one.action !== 'none' && one.action !== 'keep');
  const lost = doing.filter((one) => one.cost === 'data' && one.action === 'remove');
  const kept = plan.changes.filter((one) => one.action === 'keep' && one.resource === 'volume');
  if (lost.length > 0) {
    const bytes = lost.reduce((sum, one) => sum + (one.bytes ?? 0), 0);
    const size = bytes > 0 ? `, ${formatBytes(bytes)}` : '';
    return `Deletes ${listed(lost.map((one) => one.name))}${size}. This cannot be undone.`;
  }
  if (doing.length === 0) return 'Nothing would change.';
  const verb = (action: Change['action'], word: string): string | null => {
    const of = doing.filter((one) => one.resource === 'container' && one.action === action).length;
    return of === 0 ? null : `${word} ${count(of, 'container')}`;
  };
  const parts = [
    verb('create', 'creates'),
    verb('start', 'starts'),
    verb('stop', 'stops'),
    verb('restart', 'restarts'),
    verb('recreate', 'replaces'),
    verb('remove', 'removes'),
  ].filter((part) => part !== null);
  const text = parts.length === 0 ? count(doing.length, 'change') : listed(parts, 4);
  const keep = plan.action === 'remove' || plan.action === 'down' ? kept.length : 0;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.${keep > 0 ? ` ${count(keep, 'volume')} kept.` : ''}`;
}

/** May this plan be carried out without showing it first? Only when it is harmless, wanted and possible. */
export function isPlain(plan: Plan): boolean {
  return (
    plan.problems.every((one) => one.severity !== 'error') &&
    plan.risks.length === 0 &&
    plan.changes.every((one) => one.cost !== 'data')
  );
}
