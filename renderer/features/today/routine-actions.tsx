import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { RoutineRun, RoutineView } from '../../../shared/contract/routines.ts';
import { useRoutineRuns, useRunningRun } from '../../client/use-routines.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { formatElapsed } from '../../ui/format.ts';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { Menu, MenuCaption, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { routineIcon } from '../../ui/routine-icons.ts';
import { placeWords } from '../../ui/routine-stages.ts';
import { routineAction, runAction, runElapsedMs, verdictLook } from '../../ui/routine-words.ts';
import { useNow } from '../../ui/use-now.ts';
import { useStartRoutine } from '../../ui/use-start-routine.ts';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import styles from './routine-actions.module.css';
import { lastRunWords, promise, todaysRun } from './routine-today.ts';

/** The routine of the hour as one large button, the other one beside it, all the rest in a menu. */
export function RoutineActions(props: {
  readonly environment: EnvironmentView;
  readonly environments: readonly EnvironmentView[];
  readonly routine: 'morning' | 'evening';
  readonly routines: readonly RoutineView[];
  readonly now: number;
}): ReactNode {
  const { environment, routine, now } = props;
  const { id } = environment;
  const running = useRunningRun(id);
  const runs = useRoutineRuns();
  const begin = useStartRoutine();
  if (running !== null) return <UnderWay run={running} />;
  const other = routine === 'morning' ? 'evening' : 'morning';
  const view = props.routines.find((one) => one.name === routine) ?? null;
  const last = todaysRun(runs, id, now);
  return (
    <div className={styles.actions}>
      <div className={styles.buttons}>
        <Button
          kind="ghost"
          disabled={begin.busy}
          className={styles.other}
          icon={routineIcon(other)}
          onClick={() => begin.start(id, other)}
        >
          {routineAction({ name: other })}
        </Button>
        <span className={styles.split}>
          <Button
            kind="primary"
            size="large"
            icon={routineIcon(routine)}
            busy={begin.busy}
            title={id}
            onClick={() => begin.start(id, routine)}
          >
            {routineAction({ name: routine })}
          </Button>
          <RoutineMenu {...props} start={begin.start} />
        </span>
      </div>
      {begin.error === null ? (
        last === null ? (
          <p>
            {props.environments.length < 2 ? null : <span className="t2">{id} </span>}
            {promise(view, routine, now)}
          </p>
        ) : (
          <LastRun run={last} now={now} />
        )
      ) : (
        <div className={styles.error}>
          <ErrorNotice error={begin.error.toShape()} onDismiss={begin.clear} />
        </div>
      )}
    </div>
  );
}

function RoutineMenu(props: {
  readonly environment: EnvironmentView;
  readonly environments: readonly EnvironmentView[];
  readonly routine: string;
  readonly routines: readonly RoutineView[];
  readonly start: (environmentId: string, routine: string) => void;
}): ReactNode {
  const { environment, start } = props;
  const { navigate, selectEnvironment } = useWorkbenchActions();
  const own = props.routines.filter((one) => one.name !== 'morning' && one.name !== 'evening');
  const others = props.environments.filter((one) => one.id !== environment.id);
  return (
    <Menu
      label="Other routines"
      trigger={<IconButton className={styles.more} kind="primary" label="Other routines" icon={ChevronDown} />}
    >
      <MenuCaption>{environment.id}</MenuCaption>
      {own.map((one) => (
        <MenuItem key={one.name} icon={routineIcon(one.name)} onSelect={() => start(environment.id, one.name)}>
          {routineAction(one)}
        </MenuItem>
      ))}
      <MenuItem
        onSelect={() => navigate({ page: 'routine-start', environmentId: environment.id, routine: props.routine })}
      >
        What it will do
      </MenuItem>
      <MenuItem
        onSelect={() => navigate({ page: 'routine-edit', environmentId: environment.id, routine: props.routine })}
      >
        Edit routines
      </MenuItem>
      {others.length === 0 ? null : (
        <>
          <MenuSeparator />
          <MenuCaption>{routineAction({ name: props.routine })} with</MenuCaption>
          {others.map((one) => (
            <MenuItem
              key={one.id}
              onSelect={() => {
                selectEnvironment(one.id);
                start(one.id, props.routine);
              }}
            >
              {one.id}
            </MenuItem>
          ))}
        </>
      )}
    </Menu>
  );
}

/** The button is its own progress, and leads to the run. */
function UnderWay({ run }: { readonly run: RoutineRun }): ReactNode {
  const now = useNow('second');
  const { navigate } = useWorkbenchActions();
  const asking = run.steps.find((one) => one.state === 'asking');
  const doing = run.steps.find((one) => one.state === 'running');
  return (
    <div className={styles.actions}>
      <Button
        size="large"
        kind={asking === undefined ? 'plain' : 'primary'}
        icon={routineIcon(run.routine)}
        onClick={() => navigate({ page: 'routine', runId: run.id })}
      >
        {runAction(run)}
        <span className={styles.place}>{asking === undefined ? placeWords(run) : 'asks you'}</span>
        <span className="tn">{formatElapsed(runElapsedMs(run, now))}</span>
      </Button>
      <p className="trunc">{(asking ?? doing)?.title ?? ' '}</p>
    </div>
  );
}

function LastRun({ run, now }: { readonly run: RoutineRun; readonly now: number }): ReactNode {
  const { navigate } = useWorkbenchActions();
  const look = verdictLook(run.verdict?.kind ?? null);
  return (
    <button
      type="button"
      className={styles.last}
      title={run.verdict?.sentence}
      onClick={() => navigate({ page: 'routine', runId: run.id })}
    >
      <ToneGlyph tone={look.tone} shape={look.shape} size={10} />
      {lastRunWords(run, now)}
    </button>
  );
}
