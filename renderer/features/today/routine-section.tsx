import type { ReactNode } from 'react';
import type { RoutineView } from '../../../shared/contract/routines.ts';
import { type Query, useHello } from '../../client/hooks.ts';
import { useRoutinePreview } from '../../client/use-routines.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { count } from '../../ui/format.ts';
import { ProblemList } from '../../ui/problem-list.tsx';
import { widest } from '../../ui/routine-stages.ts';
import { StepList } from '../../ui/routine-steps.tsx';
import { routineAction } from '../../ui/routine-words.ts';
import { Section } from '../../ui/section.tsx';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import styles from './today.module.css';

/** The steps of the routine of the hour, with what each would do now. */
export function RoutineSection(props: {
  readonly environmentId: string;
  readonly routine: string;
  /** As they are written. */
  readonly routines: Query<RoutineView[]>;
}): ReactNode {
  const { environmentId, routine } = props;
  const home = useHello()?.homeFolder ?? null;
  const { navigate } = useWorkbenchActions();
  const written = props.routines;
  const preview = useRoutinePreview(environmentId, routine);
  // As it is written until it has been measured: the lines are there at once, and what they would do follows.
  const view = preview.data ?? written.data?.find((one) => one.name === routine) ?? null;
  const error = view === null ? (written.error ?? preview.error) : null;
  return (
    <Section
      className={styles.more}
      title={routineAction({ name: routine })}
      note={view === null ? undefined : stepCount(view)}
      actions={
        <>
          <Button kind="ghost" onClick={() => navigate({ page: 'routine-start', environmentId, routine })}>
            What it runs
          </Button>
          <Button kind="ghost" onClick={() => navigate({ page: 'routine-edit', environmentId, routine })}>
            Edit
          </Button>
        </>
      }
    >
      {error === null ? null : <ErrorNotice error={error.toShape()} tone="degraded" />}
      {view === null ? null : (
        <>
          {view.problems.length === 0 ? null : <ProblemList problems={view.problems} home={home} />}
          <StepList steps={view.steps} />
        </>
      )}
    </Section>
  );
}

const numbers = ['', '', 'two', 'three', 'four', 'five', 'six'];

/** `5 steps, two at a time`. */
function stepCount(view: RoutineView): string {
  const most = widest(view.steps);
  const words = count(view.steps.length, 'step');
  return most < 2 ? words : `${words}, ${numbers[most] ?? most} at a time`;
}
