import type { Impact, RepositoryView } from '../../shared/contract/git.ts';
import type {
  RoutineRun,
  RoutineStepView,
  RoutineTrend,
  RoutineView,
  RunStep,
  ScheduleView,
  TrustView,
} from '../../shared/contract/routines.ts';
import type { DaySummary } from '../../shared/contract/summary.ts';

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

const atHour = (hour: number): string => {
  const date = new Date();
  date.setHours(hour, 0, 0, 0);
  return date.toISOString();
};

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

const view = (
  id: string,
  uses: RoutineStepView['uses'],
  title: string,
  now: string | null,
  usualMs: number | null,
  change: Partial<RoutineStepView> = {},
): RoutineStepView => ({ id, uses, title, needs: [], if: null, now, skips: false, usualMs, ...change });

export const trust = (state: 'trusted' | 'first' | 'changed'): TrustView => ({
  hash: 'a1',
  trusted: state === 'trusted',
  changed: state === 'changed',
  commands: [
    {
      step: 'pull',
      text: 'git fetch origin main, then fast-forward',
      where: '/home/sam/work/trading',
      isNew: state === 'first',
    },
    {
      step: 'build',
      text: 'npm run build:images -- --only api,fractal-worker',
      where: '/home/sam/work/trading',
      position: { file: '/home/sam/work/trading/golden.yml', line: 31, column: 9 },
      isNew: state !== 'trusted',
    },
    {
      step: 'seed',
      text: './bin/seed --levels "$FRACTAL_LEVELS"',
      where: 'in the container of api',
      position: { file: '/home/sam/work/trading/golden.yml', line: 36, column: 9 },
      isNew: state === 'first',
    },
  ],
});

export const scheduled = (schedule: ScheduleView['schedule'], enabled: boolean, proposed: boolean): ScheduleView => ({
  schedule,
  enabled,
  from: proposed ? 'file' : 'user',
  nextAt: enabled ? atHour(18) : null,
  skipped: null,
});

export const routine = (name: string, trusted: TrustView): RoutineView => ({
  environmentId: 'trading/main',
  name,
  title: name === 'morning' ? 'Morning startup' : name === 'evening' ? 'End of day' : 'Fresh seed',
  source: name === 'seed' ? 'file' : 'default',
  budgetMs: 300_000,
  usualMs: name === 'evening' ? 25_000 : 40_000,
  steps:
    name === 'evening'
      ? [
          view('wip', 'git.wip', 'Commit work in progress', '4 files on order-book-v2', 2000),
          view('capture', 'golden.capture', 'Capture a golden image', '212 MB changed, limit 50 MB', 8000, {
            needs: ['wip'],
          }),
          view('summary', 'summary', 'Sum up the day', null, null, { needs: ['capture'] }),
          view('stop', 'stack.stop', 'Stop 7 services', 'fractal-worker and api first', 9000, { needs: ['summary'] }),
        ]
      : [
          view('pull', 'git.pull', 'Pull main', '3 commits, fast-forward', 4000),
          view('config', 'config.sync', 'Sync configuration', '1 new variable', 1000),
          view('restore', 'golden.restore', 'Restore the team image of last night', 'has migration 0142', 11_000, {
            needs: ['pull', 'config'],
          }),
          view('up', 'stack.up', 'Start what is down', 'all 7 run', 9000, {
            needs: ['restore'],
            skips: true,
            if: 'services.down > 0',
          }),
          view('ready', 'ready', 'Check all 7 services', null, 15_000, { needs: ['up'] }),
        ],
  schedule:
    name === 'evening'
      ? {
          ...scheduled({ at: '18:00' }, true, false),
          skipped: { at: ago(86_400), reason: 'on battery with 12 %' },
        }
      : name === 'seed'
        ? scheduled({ at: '12:30', days: ['mon', 'fri'], skip_on_metered: true }, false, true)
        : null,
  trust: trusted,
  lastRun: { id: 'run-0', at: ago(86_400), verdict: null, tookMs: 38_000 },
  problems: [],
});

export const trend: RoutineTrend = {
  runs: [21, 22, 20, 24, 21, 23, 22, 31, 36, 38, 37, 41, 38].map((seconds, index) => ({
    id: `t${index}`,
    at: ago((13 - index) * 86_400),
    tookMs: seconds * 1000,
    verdict: index === 9 ? ('not-ready' as const) : index === 11 ? ('remarks' as const) : ('ready' as const),
  })),
  nowMs: 38_000,
  beforeMs: 21_000,
  words: 'Morning startup takes 38 s, was 21 s the week before: Start services',
  steps: [],
};

export const repository = (change: Partial<RepositoryView> = {}): RepositoryView => ({
  folder: '/home/sam/work/trading',
  name: 'trading',
  branch: 'order-book-v2',
  commit: '8f3c1e2',
  upstream: 'origin/order-book-v2',
  ahead: 2,
  behind: 0,
  base: 'main',
  aheadOfBase: 5,
  behindBase: 3,
  changed: 3,
  untracked: 1,
  conflicted: 0,
  inProgress: null,
  fetchedAt: ago(600),
  protected: false,
  hints: [
    {
      kind: 'wip-left',
      text: 'A WIP commit of Friday is still on wip/order-book-v2',
      remedy: 'Take it back or squash it before the review.',
    },
  ],
  problem: null,
  ...change,
});

export const impact: Impact = {
  base: null,
  files: ['src/order-book.ts', 'src/levels.ts', 'src/levels.test.ts', 'notes.md'].map((path) => ({
    repository: 'trading',
    path,
    from: 'working-tree' as const,
  })),
  moreFiles: 0,
  domains: [{ name: 'matching', files: 3, services: ['api', 'fractal-worker'], tests: ['npm test -w matching'] }],
  services: [
    { name: 'api', why: 'domain matching', running: true },
    { name: 'fractal-worker', why: 'built from ./worker', running: true },
  ],
  dependants: ['web'],
  tests: ['npm test -w matching'],
  unclaimed: 1,
};

export function summary(day: string): DaySummary {
  const at = (time: string): string => new Date(`${day}T${time}:00`).toISOString();
  const entry = (
    time: string,
    kind: DaySummary['entries'][number]['kind'],
    title: string,
    detail: string | null,
  ): DaySummary['entries'][number] => ({ at: at(time), kind, title, detail, environmentId: 'trading/main' });
  return {
    day,
    from: at('08:41'),
    to: at('18:06'),
    totals: {
      spanMs: 33_900_000,
      uptime: 0.992,
      incidents: 1,
      incidentMs: 240_000,
      operations: 6,
      restores: 2,
      captures: 1,
      commits: 9,
      filesChanged: 31,
      insertions: 640,
      deletions: 212,
    },
    environments: [{ environmentId: 'trading/main', runningMs: 33_900_000, uptime: 0.992, incidents: 1 }],
    repositories: [{ name: 'trading', branch: 'fractal-improvements', commits: [], filesChanged: 31 }],
    entries: [
      entry('08:43', 'routine', 'Started the day in 38 s', '3 commits from main, restored golden-dev-nightly'),
      entry(
        '11:10',
        'incident',
        'redpanda down for 4 min, out of memory at 512 MB',
        'Restarted by you. api and fractal-worker waited for it.',
      ),
      entry(
        '14:02',
        'restore',
        'Restored golden-dev-pre-0141',
        'Foreign key from fractal_levels. Running data untouched.',
      ),
      entry('16:00', 'branch', 'Switched to fractal-improvements', null),
      entry('18:04', 'capture', 'golden-dev-fractal-improvements-20250203', '212 MB changed, clean, verified 18:06'),
    ],
    markdown: `## ${day}\n\n- 08:43 Started the day in 38 s\n`,
  };
}
