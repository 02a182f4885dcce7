import type { StepPart } from '../../../shared/contract/operations.ts';
import { formatBytes } from '../../ui/format.ts';
import { progressWords } from './operation-words.ts';

const states: Record<StepPart['state'], string> = {
  waiting: 'waiting',
  running: '',
  done: 'done',
  failed: 'failed',
};

/** `3.1 of 12 MB, 4.2 MB/s` while it runs; how it ended otherwise. Empty when nothing is measured yet. */
export function partWords(part: StepPart): string {
  if (part.state === 'done') return part.detail ?? states.done;
  if (part.state !== 'running') return states[part.state];
  const amount = progressWords(part);
  if (amount === null) return '';
  const rate =
    part.perSecond === null
      ? ''
      : `, ${part.progress?.unit === 'bytes' ? formatBytes(part.perSecond) : Math.round(part.perSecond)}/s`;
  return `${amount}${rate}`;
}

const most = 6;
const rank: Record<StepPart['state'], number> = { failed: 0, running: 1, waiting: 2, done: 3 };

/** The few that fit, in their own order: what failed and what moves stays before what waits or ended. */
export function shownParts(parts: readonly StepPart[]): {
  readonly shown: readonly StepPart[];
  readonly rest: readonly StepPart[];
} {
  if (parts.length <= most) return { shown: parts, rest: [] };
  const ranked = parts.map((part, index) => ({ part, index }));
  const chosen = new Set(
    ranked
      .sort((a, b) => rank[a.part.state] - rank[b.part.state] || a.index - b.index)
      .slice(0, most)
      .map(({ part }) => part),
  );
  return { shown: parts.filter((part) => chosen.has(part)), rest: parts.filter((part) => !chosen.has(part)) };
}

/** `and 9 more: 4 waiting, 5 done` */
export function restWords(rest: readonly StepPart[]): string {
  const counts = (['running', 'waiting', 'done', 'failed'] as const).flatMap((state) => {
    const many = rest.filter((part) => part.state === state).length;
    return many === 0 ? [] : [`${many} ${state === 'running' ? 'under way' : states[state]}`];
  });
  return `and ${rest.length} more: ${counts.join(', ')}`;
}
