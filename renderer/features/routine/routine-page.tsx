import { RotateCw } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { RoutineRun } from '../../../shared/contract/routines.ts';
import { useEnvironment } from '../../client/hooks.ts';
import { useRun } from '../../client/use-routines.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { stagesOf } from '../../ui/routine-stages.ts';
import { isRunning, verdictLook } from '../../ui/routine-words.ts';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useStartRoutine } from '../../ui/use-start-routine.ts';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import { BudgetBar } from './budget-bar.tsx';
import { followSteps, noSteps, toggleStep } from './open-steps.ts';
import styles from './routine.module.css';
import { RunSide } from './run-side.tsx';
import { runHeading, triggerWords } from './run-words.ts';
import { Stage } from './stage.tsx';
import type { StepTools } from './step.tsx';
import { useRunActions } from './use-run-actions.ts';
import { useRunCommands } from './use-run-commands.ts';
import { VerdictView } from './verdict-view.tsx';

/** One run of a routine: as it goes, and as it went. */
export function RoutinePage({ runId }: { readonly runId: string }): ReactNode {
  const { run, query } = useRun(runId);
  const { navigate } = useWorkbenchActions();
  if (run !== null) return <Run run={run} />;
  if (query.error === null) return <Skeleton lines={6} />;
  if (query.error.code === 'input.not-found' || query.error.code === 'routine.not-found')
    return (
      <EmptyState
        title="That run is not kept any more"
        text="The newest runs of each routine are kept. Its operations are still in Activity."
        actions={<Button onClick={() => navigate({ page: 'today' })}>Today</Button>}
      />
    );
  return (
    <div className={styles.alone}>
      <ErrorNotice
        error={query.error.toShape()}
        actions={
          <Button size="small" onClick={query.refetch}>
            Try again
          </Button>
        }
      />
    </div>
  );
}

function Run({ run }: { readonly run: RoutineRun }): ReactNode {
  const running = isRunning(run);
  const now = useNow(running ? 'second' : 'quarter-minute');
  const environment = useEnvironment(run.environmentId);
  const { navigate, openTerminal } = useWorkbenchActions();
  const actions = useRunActions(run.id);
  const again = useStartRoutine();
  const [folds, setFolds] = useState(() => followSteps(noSteps, run.steps));
  useEffect(() => setFolds((before) => followSteps(before, run.steps)), [run.steps]);
  const stages = useMemo(() => stagesOf(run.steps), [run.steps]);
  const openService = (service: string): void =>
    navigate({ page: 'stack', environmentId: run.environmentId, service, tab: null });
  const line = useRef<HTMLOListElement>(null);
  const showStep = (step: string): void => {
    const stage = [...(line.current?.children ?? [])].find((one) =>
      (one.getAttribute('data-steps') ?? '').split(' ').includes(step),
    );
    stage?.scrollIntoView({ block: 'start' });
    // To what can be done about it.
    const first =
      stage?.querySelector<HTMLElement>('[role="alert"] button') ?? stage?.querySelector<HTMLElement>('button');
    first?.focus({ preventScroll: true });
  };
  const tools: StepTools = {
    runId: run.id,
    actions,
    open: folds.open,
    toggle: (step) => setFolds((before) => toggleStep(before, step)),
    openTerminal: (step) =>
      openTerminal({ environmentId: run.environmentId, ...(step.folder === null ? {} : { folder: step.folder }) }),
  };
  useRunCommands(run, actions);
  const error = actions.error ?? again.error;
  return (
    <div className={styles.page}>
      <RunHead run={run} now={now}>
        {running ? (
          <Button busy={actions.pending === 'cancel'} onClick={actions.cancel}>
            Cancel
          </Button>
        ) : (
          <Button icon={RotateCw} busy={again.busy} onClick={() => again.start(run.environmentId, run.routine)}>
            Run again
          </Button>
        )}
      </RunHead>
      {error === null ? null : (
        <div className={styles.notices}>
          <ErrorNotice
            error={error.toShape()}
            onDismiss={() => {
              actions.clear();
              again.clear();
            }}
          />
        </div>
      )}
      <div className={styles.body}>
        <ScrollRegion label="Steps" className={styles.scroll}>
          <ol ref={line} className={styles.line}>
            {stages.map((steps, index) => (
              <Stage key={steps[0]?.id ?? index} steps={steps} number={index + 1} now={now} tools={tools} />
            ))}
            <VerdictView run={run} onService={openService} onStep={showStep} />
          </ol>
        </ScrollRegion>
        <RunSide run={run} environment={environment} onService={openService} />
      </div>
    </div>
  );
}

function RunHead(props: { readonly run: RoutineRun; readonly now: number; readonly children: ReactNode }): ReactNode {
  const { run, now } = props;
  const look = run.verdict === null ? null : verdictLook(run.verdict.kind);
  const notes = [triggerWords(run.trigger), run.resumed ? 'taken up again after the engine ended' : null].filter(
    (one) => one !== null,
  );
  return (
    <header className={styles.runHead}>
      <div className={styles.top}>
        {look === null ? null : <ToneGlyph tone={look.tone} shape={look.shape} size={14} />}
        <h2 aria-live="polite">{runHeading(run)}</h2>
        {notes.length === 0 ? null : <span className="t3 small trunc">{notes.join(', ')}</span>}
        <span className="grow" />
        {props.children}
      </div>
      <BudgetBar run={run} now={now} />
    </header>
  );
}
