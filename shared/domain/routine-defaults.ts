import { sizeUnits } from './condition-tokens.ts';
import { printOperand } from './condition-words.ts';
import type { ConfigSection, DaySection, GitSection, Routine, RoutineStep, StepKind } from './routine-file.ts';

export interface DaySections {
  readonly day?: DaySection | undefined;
  readonly git?: GitSection | undefined;
  readonly config?: ConfigSection | undefined;
}

export const defaultCaptureWhen = '50MiB';

/** Names and titles of what there is without declaring anything. */
export const defaultRoutines = { morning: 'Morning startup', evening: 'End of day' } as const;
export type DefaultRoutine = keyof typeof defaultRoutines;

export const isDefaultRoutine = (name: string): name is DefaultRoutine => Object.hasOwn(defaultRoutines, name);

/** Our own routine of that name as if it stood in the file. Kinds of steps that nobody brought are left out. */
export function defaultRoutine(name: DefaultRoutine, sections: DaySections, has: (kind: StepKind) => boolean): Routine {
  const wished = name === 'morning' ? morning(sections) : evening(sections);
  const kept = wished.filter(({ uses }) => has(uses));
  const ids = new Set<string>(kept.map(({ uses }) => uses));
  return {
    title: defaultRoutines[name],
    steps: kept.map((step) => ({ ...step, needs: kept.length === 0 ? [] : needsAmong(step, wished, ids) })),
  };
}

type Wished = RoutineStep & { readonly uses: StepKind; readonly needs: string[] };

/** What is left out hands its needs on. */
function needsAmong(step: Wished, wished: readonly Wished[], ids: ReadonlySet<string>): string[] {
  const through = (need: string): string[] =>
    ids.has(need) ? [need] : (wished.find(({ uses }) => uses === need)?.needs ?? []).flatMap(through);
  return [...new Set(step.needs.flatMap(through))];
}

function morning({ day }: DaySections): Wished[] {
  const restore = day?.restore_after;
  const image = day?.restore_image;
  return [
    { uses: 'engine', needs: [] },
    { uses: 'health', needs: ['engine'] },
    // What is wrong with a branch is said, and keeps nobody from working with what is there.
    { uses: 'git.fetch', needs: [], optional: true, retries: 1 },
    { uses: 'git.pull', needs: ['git.fetch'], optional: true },
    // A pull may bring another golden.yml and other templates, and must not find files that change meanwhile.
    { uses: 'config.sync', needs: ['git.pull'], optional: true },
    { uses: 'changes', needs: ['config.sync'], optional: true },
    ...(restore === undefined
      ? []
      : [
          {
            uses: 'golden.restore',
            needs: ['engine', 'health', 'changes'],
            if: `data.age > ${restore}`,
            ...(image === undefined ? {} : { with: { image } }),
          } satisfies Wished,
        ]),
    {
      uses: 'stack.up',
      needs: ['engine', 'health', 'changes', ...(restore === undefined ? [] : ['golden.restore'])],
      with: { only: 'down' },
    },
    { uses: 'ready', needs: ['stack.up'] },
  ];
}

/** Sizes are also written as Compose does, `50m` or `50mb`: powers of 1024, whatever the case. */
function sizeInCondition(text: string): string {
  const [, number = '', unit = ''] = /^\s*(\d*\.?\d+|\d+\.)\s*([a-zA-Z]*)\s*$/.exec(text) ?? [];
  const power = 'bkmgt'.indexOf(unit.charAt(0).toLowerCase());
  const size = sizeUnits[unit] ?? (unit === '' ? 1 : power < 0 ? undefined : 1024 ** power);
  if (number === '' || size === undefined) return defaultCaptureWhen;
  return printOperand({ kind: 'value', type: 'bytes', value: Math.round(Number(number) * size) });
}

function evening({ day }: DaySections): Wished[] {
  const wip = day?.wip ?? 'branch';
  return [
    ...(wip === 'off' ? [] : [{ uses: 'git.wip', needs: [] } satisfies Wished]),
    ...(day?.push === true ? [{ uses: 'git.push', needs: wip === 'off' ? [] : ['git.wip'] } satisfies Wished] : []),
    // Not to have an image of the day is a pity, and no reason to leave everything running.
    {
      uses: 'golden.capture',
      needs: [],
      if: `data.changed > ${sizeInCondition(day?.capture_when ?? defaultCaptureWhen)}`,
      with: { purpose: 'end-of-day' },
      optional: true,
    },
    {
      uses: 'summary',
      needs: [...(wip === 'off' ? [] : ['git.wip']), ...(day?.push === true ? ['git.push'] : []), 'golden.capture'],
      optional: true,
    },
    ...(day?.at_end === 'leave' ? [] : [{ uses: 'stack.stop', needs: ['golden.capture'] } satisfies Wished]),
  ];
}
