import { type ReactNode, useId } from 'react';
import type { RoutineView, TrustView } from '../../../shared/contract/routines.ts';
import { useAction, useHello } from '../../client/hooks.ts';
import { useRoutinePreview, useTrust } from '../../client/use-routines.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { count, formatDuration } from '../../ui/format.ts';
import { ProblemList } from '../../ui/problem-list.tsx';
import { routineIcon } from '../../ui/routine-icons.ts';
import { StepList } from '../../ui/routine-steps.tsx';
import { routineAction } from '../../ui/routine-words.ts';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useStartRoutine } from '../../ui/use-start-routine.ts';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import { History } from './history.tsx';
import styles from './start.module.css';
import { TrustList } from './trust-list.tsx';
import { trustSentence } from './trust-words.ts';

/** A routine before it runs: its steps, and exactly what it will run, to be agreed to and started from. */
export function RoutineStartPage(props: { readonly environmentId: string; readonly routine: string }): ReactNode {
  const { environmentId, routine } = props;
  const preview = useRoutinePreview(environmentId, routine);
  const trust = useTrust(environmentId, routine);
  const error = preview.error ?? trust.error;
  if (trust.data !== null && preview.data !== null)
    return <Start {...props} view={preview.data} trust={trust.data} onStale={trust.refetch} />;
  if (error === null) return <Skeleton lines={6} />;
  return (
    <div className={styles.alone}>
      <ErrorNotice
        error={error.toShape()}
        actions={
          <Button
            size="small"
            onClick={() => {
              preview.refetch();
              trust.refetch();
            }}
          >
            Try again
          </Button>
        }
      />
    </div>
  );
}

function Start(props: {
  readonly environmentId: string;
  readonly routine: string;
  readonly view: RoutineView;
  readonly trust: TrustView;
  readonly onStale: () => void;
}): ReactNode {
  const { environmentId, routine, view, trust } = props;
  const id = useId();
  const home = useHello()?.homeFolder ?? null;
  const { navigate } = useWorkbenchActions();
  const agree = useAction();
  const begin = useStartRoutine();
  const action = routineAction(view);
  const problems = view.problems.filter((one) => one.severity === 'error');
  const start = async (): Promise<void> => {
    if (!trust.trusted) {
      const agreed = await agree.run((client) =>
        client.call((api, options) => api.routines.agree({ environmentId, routine, hash: trust.hash }, options)),
      );
      // Refused because it is another text by now: show that one, and ask again.
      if (agreed === undefined) {
        props.onStale();
        return;
      }
    }
    begin.start(environmentId, routine);
  };
  const error = agree.error ?? begin.error;
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div className="grow">
          <h2 id={id}>
            {trust.trusted
              ? action
              : `${action}: ${trust.changed ? 'what it runs has changed' : 'this is what it will run'}`}
          </h2>
          <p className="t2">{trustSentence(trust, environmentId)}</p>
        </div>
      </header>
      <div className={styles.body}>
        <ScrollRegion label="What will be run" className={styles.scroll}>
          {problems.length === 0 ? null : (
            <section aria-label="Problems">
              <h3>What is in the way</h3>
              <ProblemList problems={view.problems} home={home} />
            </section>
          )}
          <TrustList trust={trust} steps={view.steps} home={home} />
        </ScrollRegion>
        <aside className={styles.side} aria-label="Steps">
          <ScrollRegion label="Steps and earlier runs" className={styles.scroll}>
            <section aria-label="Steps">
              <h3>
                {count(view.steps.length, 'step')}
                {view.usualMs === null ? null : <span className="t3">, usually {formatDuration(view.usualMs)}</span>}
              </h3>
              <StepList steps={view.steps} />
            </section>
            <History environmentId={environmentId} routine={routine} runId={null} />
          </ScrollRegion>
        </aside>
      </div>
      <footer className={styles.foot}>
        {error === null ? null : (
          <ErrorNotice
            error={error.toShape()}
            onDismiss={() => {
              agree.clear();
              begin.clear();
            }}
          />
        )}
        <div className="row">
          <Button
            kind="primary"
            size="large"
            icon={routineIcon(routine)}
            aria-describedby={id}
            busy={agree.busy || begin.busy}
            disabled={problems.length > 0}
            onClick={() => void start()}
          >
            {trust.trusted ? action : 'Allow and start'}
          </Button>
          <span className="t3 small">{trust.trusted ? '' : 'Asked again only when one of these lines changes.'}</span>
          <span className="grow" />
          <Button kind="ghost" onClick={() => navigate({ page: 'routine-edit', environmentId, routine })}>
            Edit
          </Button>
          <Button kind="ghost" onClick={() => navigate({ page: 'today' })}>
            Not now
          </Button>
        </div>
      </footer>
    </div>
  );
}
