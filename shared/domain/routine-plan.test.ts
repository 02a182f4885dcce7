import { describe, expect, it } from 'vitest';
import { defaultRoutine } from './routine-defaults.ts';
import { routineSchema, type StepKind } from './routine-file.ts';
import { planRoutine } from './routine-plan.ts';

const names = { 'data.changed': { type: 'bytes', about: '' }, 'data.age': { type: 'duration', about: '' } } as const;
const plan = (steps: unknown[]) => planRoutine(routineSchema.parse({ steps }), names);
const faults = (steps: unknown[]): string[] =>
  plan(steps).faults.map(({ path, message, remedy }) => `${path.join('.')}: ${message} ${remedy}`);

describe('a plan', () => {
  it('names steps by what they do, and lets each need the one before', () => {
    const { plan: found, faults: none } = plan([
      { uses: 'health' },
      { run: 'make seed' },
      { run: ['make', 'more'], needs: [] },
      { id: 'run-3', uses: 'ready' },
      { run: 'last', retries: { times: 2, pause: '1s' }, timeout: '1m30s' },
      { uses: 'stack.up', with: { only: 'down' }, optional: true, ask: true, if: 'data.age > 1d', retries: 1 },
    ]);
    expect(none).toEqual([]);
    expect(found.steps.map(({ id, needs }) => [id, needs])).toEqual([
      ['health', []],
      ['run', ['health']],
      ['run-2', []],
      ['run-3', ['run-2']],
      ['run-4', ['run-3']],
      ['stack.up', ['run-4']],
    ]);
    expect(found.budgetMs).toBe(300_000);
    expect(found.steps[4]).toMatchObject({ timeoutMs: 90_000, retries: { times: 2, pauseMs: 1000 }, optional: false });
    expect(found.steps[5]).toMatchObject({
      options: { only: 'down' },
      optional: true,
      ask: true,
      if: 'data.age > 1d',
      retries: { times: 1, pauseMs: 2000 },
    });
    expect(found.steps[2]).toMatchObject({ uses: 'run', options: { run: ['make', 'more'] } });
  });

  it.each([
    [
      [
        { uses: 'health', id: 'a' },
        { uses: 'ready', id: 'a' },
      ],
      ['steps.1.id: Two steps are called a. Give each step a name of its own.'],
    ],
    [[{ title: 'x' }], ['steps.0: The step does not say what it does. Add “uses:” or “run:”.']],
    [[{ uses: 'run' }], ['steps.0.uses: The step runs a command, and none is said. Add “run:” with the command.']],
    [[{ uses: 'health', run: 'x' }], ['steps.0.uses: The step says both run and uses: health. Keep one of them.']],
    [[{ uses: 'health', folder: 'x' }], ['steps.0.folder: folder is for commands. Remove it, or add “run:”.']],
    [[{ uses: 'health', needs: ['helth'] }], ['steps.0.needs.0: There is no step called helth. Did you mean health?']],
    [
      [{ uses: 'health', if: 'data.changed > 5' }],
      [
        'steps.0.if: data.changed is a size, and 5 a number. (character 16 of the condition) Write for example data.changed > 50MiB.',
      ],
    ],
    [
      [
        { id: 'a', uses: 'health', needs: ['c'] },
        { id: 'b', uses: 'ready' },
        { id: 'c', uses: 'engine' },
        { id: 'd', uses: 'engine', needs: ['d'] },
      ],
      [
        'steps.0.needs: The steps wait for each other: a → c → b → a. Remove one of these needs.',
        'steps.3.needs: The steps wait for each other: d → d. Remove one of these needs.',
      ],
    ],
  ])('%j is refused', (steps, expected) => {
    expect(faults(steps)).toEqual(expected);
  });
});

describe('the default routines', () => {
  const all = (): boolean => true;
  const graph = (...args: Parameters<typeof defaultRoutine>) =>
    Object.fromEntries(planRoutine(defaultRoutine(...args), names).plan.steps.map(({ id, needs }) => [id, needs]));

  it('are what they would be if they stood in the file', () => {
    for (const name of ['morning', 'evening'] as const) {
      const routine = defaultRoutine(name, { day: { restore_after: '7d', push: true } }, all);
      expect(routineSchema.parse(routine)).toEqual(routine);
      expect(planRoutine(routine, names).faults).toEqual([]);
    }
  });

  it('go side by side where nothing keeps them', () => {
    expect(graph('morning', { day: { restore_after: '7d', restore_image: 'golden-dev-*' } }, all)).toEqual({
      engine: [],
      health: ['engine'],
      'git.fetch': [],
      'git.pull': ['git.fetch'],
      'config.sync': ['git.pull'],
      changes: ['config.sync'],
      'golden.restore': ['engine', 'health', 'changes'],
      'stack.up': ['engine', 'health', 'changes', 'golden.restore'],
      ready: ['stack.up'],
    });
    expect(graph('evening', { day: { push: true } }, all)).toEqual({
      'git.wip': [],
      'git.push': ['git.wip'],
      'golden.capture': [],
      summary: ['git.wip', 'git.push', 'golden.capture'],
      'stack.stop': ['golden.capture'],
    });
  });

  it('leave out what nobody brought, and what the file does not want', () => {
    const few: readonly StepKind[] = ['engine', 'git.fetch', 'stack.up', 'ready', 'golden.capture', 'stack.stop'];
    const has = (kind: StepKind): boolean => few.includes(kind);
    expect(graph('morning', { day: { restore_after: '7d' } }, has)).toEqual({
      engine: [],
      'git.fetch': [],
      'stack.up': ['engine', 'git.fetch'],
      ready: ['stack.up'],
    });
    expect(graph('evening', { day: { wip: 'off', at_end: 'leave' } }, has)).toEqual({ 'golden.capture': [] });
  });

  it.each([
    [undefined, '50MiB'],
    ['50MiB', '50MiB'],
    ['1.5GB', '1500MB'],
    ['50m', '50MiB'],
    ['50mb', '50MiB'],
    ['2 g', '2GiB'],
    ['1000', '1KB'],
    ['0', '0B'],
    ['.5g', '512MiB'],
  ])('capture when more than %s changed', (size, expected) => {
    const routine = defaultRoutine('evening', { day: size === undefined ? {} : { capture_when: size } }, all);
    expect(routine.steps.find(({ uses }) => uses === 'golden.capture')?.if).toBe(`data.changed > ${expected}`);
    expect(planRoutine(routine, names).faults).toEqual([]);
  });
});
