import type { RunStep } from '../../shared/contract/routines.ts';
import type { StepKind } from '../../shared/domain/routine-file.ts';

interface Linked {
  readonly id: string;
  readonly needs: readonly string[];
}

/** Steps that may run at the same time, because each needs only what came before. Pure; order within is that of the list. */
export function stagesOf<T extends Linked>(steps: readonly T[]): readonly (readonly T[])[] {
  const byId = new Map(steps.map((one) => [one.id, one]));
  const levels = new Map<string, number>();
  const levelOf = (step: Linked, path: ReadonlySet<string>): number => {
    const known = levels.get(step.id);
    if (known !== undefined) return known;
    let level = 0;
    for (const id of step.needs) {
      const needed = byId.get(id);
      // A need that is not there, or one in a circle, cannot be waited for: drawn as if it were not.
      if (needed === undefined || path.has(id)) continue;
      level = Math.max(level, 1 + levelOf(needed, new Set([...path, step.id])));
    }
    levels.set(step.id, level);
    return level;
  };
  const stages: T[][] = [];
  for (const step of steps) {
    const level = levelOf(step, new Set([step.id]));
    while (stages.length <= level) stages.push([]);
    stages[level]?.push(step);
  }
  return stages.filter((one) => one.length > 0);
}

export type StageState = 'waiting' | 'running' | 'asking' | 'done' | 'skipped' | 'failed' | 'blocked' | 'cancelled';

const settled: ReadonlySet<RunStep['state']> = new Set(['done', 'skipped', 'failed', 'blocked', 'cancelled']);
export const isSettled = (step: Pick<RunStep, 'state'>): boolean => settled.has(step.state);

/** What the group as a whole is doing: what wants somebody comes first. */
export function stageState(steps: readonly Pick<RunStep, 'state'>[]): StageState {
  const has = (state: RunStep['state']): boolean => steps.some((one) => one.state === state);
  if (has('asking')) return 'asking';
  if (has('running')) return 'running';
  if (has('failed')) return 'failed';
  if (steps.every((one) => one.state === 'waiting')) return 'waiting';
  // Some are done and some have yet to begin: under way all the same.
  if (has('waiting')) return 'running';
  if (has('blocked')) return 'blocked';
  if (has('cancelled')) return 'cancelled';
  return has('done') ? 'done' : 'skipped';
}

/** How many run at the same time at most. */
export const widest = (steps: readonly Linked[]): number =>
  Math.max(0, ...stagesOf(steps).map((stage) => stage.length));

/** Which group is under way, from 1: the first that is not over, else the last. */
export function currentStage(stages: readonly (readonly Pick<RunStep, 'state'>[])[]): number {
  const at = stages.findIndex((steps) => !steps.every(isSettled));
  return at < 0 ? stages.length : at + 1;
}

const families: readonly { readonly title: string; readonly kinds: ReadonlySet<StepKind> }[] = [
  { title: 'Check this machine', kinds: new Set(['engine', 'health']) },
  { title: 'Fetch what is new', kinds: new Set(['git.fetch', 'git.pull', 'config.sync', 'changes']) },
  { title: 'Check and bring up to date', kinds: new Set(['health', 'git.pull', 'changes']) },
  { title: 'Check and fetch', kinds: new Set(['engine', 'health', 'git.fetch', 'git.pull', 'config.sync', 'changes']) },
  { title: 'Keep the work', kinds: new Set(['git.wip', 'git.push', 'golden.capture', 'summary']) },
  { title: 'Stop what runs', kinds: new Set(['stack.stop', 'stack.down']) },
  { title: 'Push, sum up and stop', kinds: new Set(['git.push', 'summary', 'stack.stop', 'stack.down']) },
  { title: 'Start what is needed', kinds: new Set(['stack.up', 'stack.restart', 'golden.restore', 'ready']) },
];

/** A heading for steps side by side: what they have in common, else how many they are. */
export function stageTitle(steps: readonly Pick<RunStep, 'title' | 'uses'>[]): string {
  if (steps.length === 1) return steps[0]?.title ?? '';
  const family = families.find(({ kinds }) => steps.every((one) => kinds.has(one.uses)));
  return family?.title ?? `${steps.length} steps at the same time`;
}

/** `2 at the same time`; nothing for one, and where the heading says it. */
export function stageNote(steps: readonly Pick<RunStep, 'title' | 'uses'>[]): string {
  const words = `${steps.length} at the same time`;
  return steps.length < 2 || stageTitle(steps) === `${steps.length} steps at the same time` ? '' : words;
}

interface Timed {
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

/** From the first start to the last end, ms; null before it began. Open while one of them runs. */
export function stageElapsedMs(steps: readonly Timed[], now: number): number | null {
  const starts = steps.flatMap((one) => (one.startedAt === null ? [] : [Date.parse(one.startedAt)]));
  if (starts.length === 0) return null;
  const open = steps.some((one) => one.startedAt !== null && one.endedAt === null);
  const end = open ? now : Math.max(...steps.map((one) => (one.endedAt === null ? 0 : Date.parse(one.endedAt))));
  return Math.max(0, end - Math.min(...starts));
}

/** What the group usually takes, ms: as long as its slowest; null when one of them never ran. */
export function stageUsualMs(steps: readonly { readonly usualMs: number | null }[]): number | null {
  const known = steps.map((one) => one.usualMs);
  return known.some((one) => one === null) ? null : Math.max(0, ...known.map((one) => one ?? 0));
}

/** `step 3 of 6`, those that run side by side counted as one. */
export function placeWords(run: { readonly steps: readonly (Linked & Pick<RunStep, 'state'>)[] }): string {
  const stages = stagesOf(run.steps);
  return `step ${currentStage(stages)} of ${stages.length}`;
}
