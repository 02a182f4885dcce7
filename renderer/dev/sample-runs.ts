import type { RoutineRun, RunStep } from '../../shared/contract/routines.ts';

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

export const runStep = (
  id: string,
  uses: RunStep['uses'],
  title: string,
  state: RunStep['state'],
  change: Partial<RunStep> = {},
): RunStep => ({
  id,
  uses,
  title,
  needs: [],
  state,
  startedAt: state === 'waiting' || state === 'blocked' ? null : ago(20),
  endedAt: state === 'done' || state === 'failed' ? ago(18) : null,
  attempts: 1,
  detail: null,
  progress: null,
  result: null,
  error: null,
  question: null,
  operationId: null,
  usualMs: null,
  can: { retry: false, skip: false, terminal: false },
  folder: '/home/sam/work/trading',
  undo: null,
  hasOutput: state !== 'waiting',
  ...change,
});

const steps = (): RunStep[] => [
  runStep('engine', 'engine', 'Check the machine', 'done', {
    startedAt: ago(21),
    endedAt: ago(20.4),
    result: 'Docker reachable, 84 GB free, all 7 services healthy',
  }),
  runStep('pull', 'git.pull', 'Pull main', 'done', {
    needs: ['engine'],
    startedAt: ago(20.4),
    endedAt: ago(16.6),
    result: '3 commits, fast-forward to 8f3c1e2',
  }),
  runStep('config', 'config.sync', 'Sync configuration', 'done', {
    needs: ['engine'],
    startedAt: ago(20.4),
    endedAt: ago(19.3),
    result: 'FRACTAL_LEVELS added to .env',
  }),
  runStep('changes', 'changes', 'See what changed', 'done', {
    needs: ['engine'],
    startedAt: ago(20.4),
    endedAt: ago(12.2),
    result: '1 new migration, compose.yaml as before',
  }),
  runStep('restore', 'golden.restore', 'Restore golden-dev-nightly-20250204', 'running', {
    needs: ['pull', 'config', 'changes'],
    startedAt: ago(11),
    detail: 'Copying timescaledb beside the live one',
    progress: { done: 2.9e9, total: 3.9e9, unit: 'bytes' },
  }),
  runStep('build', 'run', 'Build api, fractal-worker', 'running', {
    needs: ['pull', 'config', 'changes'],
    startedAt: ago(11),
    detail: 'api ready, fractal-worker installs packages',
    progress: { done: 13, total: 18, unit: 'items' },
  }),
  runStep('up', 'stack.up', 'Switch and start', 'waiting', { needs: ['restore', 'build'], usualMs: 9000 }),
  runStep('ready', 'ready', 'Check all 7 services', 'waiting', { needs: ['up'], usualMs: 15_000 }),
  runStep('summary', 'summary', 'Verdict and summary', 'waiting', { needs: ['ready'], usualMs: 400 }),
];

const reasons: RoutineRun['reasons'] = [
  {
    kind: 'remark',
    step: 'engine',
    title: 'redpanda close to its limit',
    detail: '471 of 512 MB. Does not stop the routine.',
    remedy: 'Raise its memory limit in compose.yaml.',
    service: 'redpanda',
  },
  {
    kind: 'remark',
    step: 'config',
    title: '1 variable added',
    detail: 'FRACTAL_LEVELS=5, from .env.example',
    remedy: null,
    service: null,
  },
  {
    kind: 'remark',
    step: 'changes',
    title: '1 migration arrives',
    detail: '0142_fractal_levels, yesterday 21:14',
    remedy: null,
    service: null,
  },
];

export const sampleRun = (change: Partial<RoutineRun> = {}): RoutineRun => ({
  id: 'run-1',
  environmentId: 'trading/main',
  routine: 'morning',
  title: 'Morning startup',
  trigger: 'user',
  state: 'running',
  startedAt: ago(21),
  endedAt: null,
  budgetMs: 300_000,
  usualMs: 40_000,
  verdict: null,
  reasons,
  steps: steps(),
  resumed: false,
  ...change,
});

const edit = (list: RunStep[], changes: Record<string, Partial<RunStep>>): RunStep[] =>
  list.map((one) => ({ ...one, ...changes[one.id] }));

export const failedRun = (): RoutineRun => {
  const error = {
    code: 'routine.step-failed' as const,
    message: 'npm run build:images ended with exit code 1.',
    remedy: 'Its last lines say why. Mend it and retry, or skip it and go on with the images of yesterday.',
    details: { exitCode: 1 },
  };
  const blocker = {
    kind: 'blocker' as const,
    step: 'build',
    title: 'Build api, fractal-worker failed',
    detail: error.message,
    remedy: 'Mend it and retry, or skip it.',
    service: null,
  };
  return sampleRun({
    state: 'ended',
    endedAt: ago(2),
    verdict: {
      kind: 'not-ready',
      sentence: 'Not ready – a step failed, 6 of 7 services healthy',
      reasons: [blocker, ...reasons],
    },
    reasons: [blocker, ...reasons],
    steps: edit(steps(), {
      restore: { state: 'done', endedAt: ago(3), progress: null, result: '3.9 GB in 8 s' },
      build: {
        state: 'failed',
        endedAt: ago(2),
        progress: null,
        error,
        attempts: 2,
        can: { retry: true, skip: true, terminal: true },
      },
      up: { state: 'blocked' },
      ready: { state: 'blocked' },
      summary: { state: 'blocked' },
    }),
  });
};

export const readyRun = (): RoutineRun =>
  sampleRun({
    state: 'ended',
    endedAt: ago(-17),
    verdict: { kind: 'remarks', sentence: 'Ready – 7 of 7 services healthy, 3 things worth knowing', reasons },
    steps: steps().map((one) => ({
      ...one,
      state: 'done',
      progress: null,
      startedAt: one.startedAt ?? ago(5),
      endedAt: one.endedAt ?? ago(-10),
      result: one.result ?? (one.id === 'ready' ? '7 of 7 healthy after 14 s' : 'done'),
    })),
  });

export const askingRun = (kind: 'choice' | 'secrets' | 'values'): RoutineRun => {
  const question: RunStep['question'] =
    kind === 'secrets'
      ? {
          kind: 'secrets',
          text: 'Two secrets of the team are not on this machine yet',
          keys: [
            { key: 'MARKET_DATA_TOKEN', why: 'Read access to the market data service; ask in #trading-dev.' },
            { key: 'SENTRY_DSN', why: null },
          ],
          kept: 'Kept in the key store of this system (libsecret), never in a file.',
        }
      : kind === 'values'
        ? {
            kind: 'values',
            text: '.env lacks 2 keys that .env.example has',
            keys: [
              { key: 'FRACTAL_LEVELS', proposal: '5', comment: 'How deep the levels go' },
              { key: 'REDIS_URL', proposal: 'redis://localhost:6379', comment: null },
            ],
          }
        : {
            kind: 'choice',
            text: 'Commit 4 files on order-book-v2 before the pull?',
            detail: ['M  src/order-book.ts', 'M  src/levels.ts', 'A  src/levels.test.ts', '?? notes.md'],
            choices: [
              { id: 'commit', label: 'Commit to wip/order-book-v2', danger: false },
              { id: 'leave', label: 'Leave as it is', danger: false },
            ],
          };
  return sampleRun({
    steps: edit(steps(), {
      config: {
        state: 'asking',
        endedAt: null,
        result: null,
        question,
        can: { retry: false, skip: true, terminal: false },
      },
      restore: { state: 'waiting', startedAt: null, progress: null, detail: null, hasOutput: false },
      build: { state: 'waiting', startedAt: null, progress: null, detail: null, hasOutput: false },
    }),
  });
};
