import { implement } from '@orpc/server';
import { gitContract } from '../../shared/contract/git.ts';
import { type RoutineView, routinesContract, type ScheduleView } from '../../shared/contract/routines.ts';
import type { AppState, StateChange } from '../../shared/contract/streams.ts';
import { summaryContract } from '../../shared/contract/summary.ts';
import { AppError } from '../../shared/errors.ts';
import { sampleEditing, vocabulary } from './sample-editing.ts';
import * as sample from './sample-routines.ts';
import * as runs from './sample-runs.ts';

const os = implement({ routines: routinesContract, git: gitContract, summary: summaryContract });

/** Routines, repositories and summaries of the sample engine. */
export function sampleDay(deps: {
  readonly state: () => AppState;
  readonly publish: (change: StateChange) => void;
  readonly refuse: (error: AppError) => never;
  readonly started: () => { operationId: string };
  readonly scene: string;
}) {
  const { state, publish, refuse, scene } = deps;
  let trusted: 'trusted' | 'first' | 'changed' =
    scene === 'trust' ? 'first' : scene === 'trust-changed' ? 'changed' : 'trusted';
  const run = (runId: string) => {
    const found = state().routineRuns.find((one) => one.id === runId);
    return found ?? runs.sampleRun({ id: runId });
  };
  const editing = sampleEditing();
  const schedules = new Map<string, ScheduleView | null>();
  const routineOf = (name: string): RoutineView => {
    const view = sample.routine(name, sample.trust(trusted));
    return { ...view, schedule: schedules.get(name) ?? view.schedule };
  };
  const answered = (runId: string) => {
    const next = { ...run(runId), steps: runs.sampleRun().steps };
    publish({ type: 'routineRun', value: next });
    return next;
  };
  return {
    routines: {
      list: os.routines.list.handler(() => ['morning', 'evening', 'seed'].map(routineOf)),
      preview: os.routines.preview.handler(({ input }) => sample.routine(input.routine, sample.trust(trusted))),
      run: os.routines.run.handler(({ input }) => {
        if (trusted !== 'trusted')
          refuse(
            new AppError({
              code: 'guard.untrusted',
              message: 'What this routine runs was not agreed to yet.',
              remedy: 'Look at it, and allow it.',
            }),
          );
        const next = runs.sampleRun({ routine: input.routine, startedAt: new Date().toISOString() });
        publish({ type: 'routineRun', value: next });
        return { runId: next.id };
      }),
      get: os.routines.get.handler(({ input }) => run(input.runId)),
      runs: os.routines.runs.handler(() =>
        [0, 1, 2, 3, 4].map((days) => {
          const at = Date.now() - days * 86_400_000;
          return {
            ...runs.readyRun(),
            id: `old-${days}`,
            startedAt: new Date(at - (38 + days) * 1000).toISOString(),
            endedAt: new Date(at).toISOString(),
          };
        }),
      ),
      cancel: os.routines.cancel.handler(({ input }) => {
        const next = {
          ...run(input.runId),
          state: 'ended' as const,
          endedAt: new Date().toISOString(),
          verdict: { kind: 'cancelled' as const, sentence: 'Cancelled by you', reasons: [] },
        };
        publish({ type: 'routineRun', value: next });
        return next;
      }),
      retry: os.routines.retry.handler(({ input }) => answered(input.runId)),
      skip: os.routines.skip.handler(({ input }) => answered(input.runId)),
      answer: os.routines.answer.handler(({ input }) => answered(input.runId)),
      output: os.routines.output.handler(async function* ({ signal }) {
        yield {
          text: [
            '08:42:54.102  lock trading/main, journal op-7f21',
            '08:42:54.340  preflight: 84 GB free, 7 digests match, ports free',
            '08:42:54.391  store on ext4, no reflink: copy beside, switch at the end',
            '08:42:54.518  redis        18 MB   0.1 s',
            '08:42:56.844  redpanda     1.1 GB  2.3 s',
            '08:43:03.207  timescaledb  base/16401, 1.8 of 2.8 GB',
            '',
          ].join('\n'),
          dropped: 0,
        };
        await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
      }),
      trend: os.routines.trend.handler(() => sample.trend),
      trust: os.routines.trust.handler(() => sample.trust(trusted)),
      agree: os.routines.agree.handler(() => {
        trusted = 'trusted';
        return sample.trust(trusted);
      }),
      withdraw: os.routines.withdraw.handler(() => sample.trust('first')),
      schedule: os.routines.schedule.handler(({ input }) => {
        const own = input.schedule ?? editing.declaration(input.routine).schedule ?? null;
        const view = own === null ? null : sample.scheduled(own, input.enabled, input.schedule === null);
        schedules.set(input.routine, view);
        return view;
      }),
      previewSave: os.routines.previewSave.handler(({ input }) => editing.preview(input.routine, input.declaration)),
      save: os.routines.save.handler(({ input }) => editing.save(input.routine, input.declaration)),
      declaration: os.routines.declaration.handler(({ input }) => editing.declaration(input.routine)),
      vocabulary: os.routines.vocabulary.handler(() => vocabulary),
      templates: os.routines.templates.handler(() => editing.templates),
    },
    git: {
      repositories: os.git.repositories.handler(() => [sample.repository()]),
      impact: os.git.impact.handler(() => sample.impact),
      restartAffected: os.git.restartAffected.handler(deps.started),
      undoWip: os.git.undoWip.handler(() => ({ words: 'Taken back: 4 files are as before.' })),
    },
    summary: {
      day: os.summary.day.handler(({ input }) => sample.summary(input.day ?? new Date().toISOString().slice(0, 10))),
    },
  };
}
