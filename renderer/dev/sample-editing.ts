import type { Vocabulary } from '../../shared/contract/routines.ts';
import { defaultRoutine } from '../../shared/domain/routine-defaults.ts';
import { type Routine, stepKinds } from '../../shared/domain/routine-file.ts';

const file = '/home/sam/work/trading/golden.yml';

const seed: Routine = {
  title: 'Fresh seed',
  budget: '10m',
  schedule: { at: '12:30', days: ['mon', 'fri'], skip_on_metered: true },
  steps: [
    { uses: 'engine' },
    { uses: 'git.pull', needs: [], optional: true, retries: { times: 2, pause: '5s' } },
    {
      uses: 'golden.restore',
      needs: ['engine', 'git.pull'],
      if: 'data.age > 7d',
      with: { image: 'golden-dev-seed-*' },
    },
    { uses: 'stack.up', with: { only: 'down' } },
    {
      id: 'seed',
      title: 'Seed the order book',
      run: './bin/seed --levels "$FRACTAL_LEVELS"',
      service: 'api',
      timeout: '5m',
    },
    { run: ['npm', 'run', 'warm-up'], environment: { LEVELS: '5' }, needs: ['seed'] },
    { uses: 'ready' },
  ],
};

export const vocabulary: Vocabulary = {
  kinds: [...stepKinds],
  facts: [
    { name: 'data.changed', type: 'bytes', about: 'How much lies in files that changed since the last golden image.' },
    { name: 'data.age', type: 'duration', about: 'How long ago the data was put there.' },
    { name: 'branch.behind', type: 'number', about: 'Commits that the upstream has and the branch does not.' },
    { name: 'branch.name', type: 'text', about: 'The current branch; none while detached.' },
    { name: 'on.battery', type: 'flag', about: 'The machine runs on its battery.' },
    { name: 'weekday', type: 'text', about: 'The day: mon, tue, wed, thu, fri, sat or sun.' },
  ],
};

/** A golden.yml that is only remembered. */
export function sampleEditing() {
  const declared = new Map<string, Routine>([['seed', seed]]);
  const lines = (routine: Routine | undefined): string[] =>
    routine === undefined
      ? []
      : Object.entries(routine).flatMap(([key, value]) =>
          Array.isArray(value)
            ? [`    ${key}:`, ...value.map((one) => `      - ${JSON.stringify(one)}`)]
            : [`    ${key}: ${JSON.stringify(value)}`],
        );
  const declaration = (name: string): Routine =>
    declared.get(name) ?? defaultRoutine(name === 'evening' ? 'evening' : 'morning', {}, () => true);
  return {
    declaration,
    preview(name: string, wanted: Routine | null) {
      const [before, after] = [lines(declared.get(name)), lines(wanted ?? undefined)];
      const gone = before.filter((one) => !after.includes(one)).map((one) => `-${one}`);
      const come = after.filter((one) => !before.includes(one)).map((one) => `+${one}`);
      const changes = [...gone, ...come];
      return { file, diff: changes.length === 0 ? '' : ['@@ -12,6 +12,6 @@', ...changes].join('\n'), problems: [] };
    },
    save(name: string, wanted: Routine | null) {
      if (wanted === null) declared.delete(name);
      else declared.set(name, wanted);
      return { file, text: '' };
    },
    templates: [
      {
        name: 'reset-data',
        title: 'Reset the data',
        about: 'Back to the last golden image. It asks first, and what was there before stays as undo point.',
        declaration: {
          title: 'Reset the data',
          budget: '10m',
          steps: [
            { uses: 'engine' as const },
            { uses: 'golden.restore' as const, ask: true, with: { image: 'latest' } },
            { uses: 'stack.up' as const },
            { uses: 'ready' as const },
          ],
        },
      },
    ],
  };
}
