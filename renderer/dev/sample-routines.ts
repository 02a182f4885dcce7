import type { Impact, RepositoryView } from '../../shared/contract/git.ts';
import type {
  RoutineStepView,
  RoutineTrend,
  RoutineView,
  ScheduleView,
  TrustView,
} from '../../shared/contract/routines.ts';
import type { DaySummary } from '../../shared/contract/summary.ts';

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

const atHour = (hour: number): string => {
  const date = new Date();
  date.setHours(hour, 0, 0, 0);
  return date.toISOString();
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
