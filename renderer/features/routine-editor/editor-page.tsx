import { type ReactNode, useState } from 'react';
import type { RoutineView, Vocabulary } from '../../../shared/contract/routines.ts';
import { problemsOf } from '../../../shared/domain/problem.ts';
import type { Routine } from '../../../shared/domain/routine-file.ts';
import type { AppError } from '../../../shared/errors.ts';
import { useHello, useQuery } from '../../client/hooks.ts';
import { useFocusRefresh, useRoutines } from '../../client/use-routines.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { ProblemList } from '../../ui/problem-list.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import { useDraftNames, useDrafts } from './drafts.ts';
import styles from './editor.module.css';
import { NewRoutine } from './new-routine.tsx';
import { RoutineForm } from './routine-form.tsx';
import { listedRoutines, RoutineList } from './routine-list.tsx';

/** The routines of an environment, to be changed: one at a time, written into golden.yml when saved. */
export function RoutineEditorPage(props: { readonly environmentId: string; readonly routine: string }): ReactNode {
  const { environmentId, routine } = props;
  const { navigate } = useWorkbenchActions();
  const list = useRoutines(environmentId);
  const unsaved = useDraftNames(environmentId);
  const [making, setMaking] = useState(false);
  const views = list.data ?? [];
  const listed = listedRoutines(views, unsaved);
  const show = (name: string): void => navigate({ page: 'routine-edit', environmentId, routine: name });
  return (
    <div className={styles.page}>
      <RoutineList
        routines={listed.length === 0 ? [{ name: routine, title: routine, note: '', faulty: false }] : listed}
        chosen={routine}
        onChoose={show}
        onNew={() => setMaking(true)}
      />
      <Editor
        key={routine}
        environmentId={environmentId}
        routine={routine}
        view={views.find((one) => one.name === routine) ?? null}
        onWritten={list.refetch}
        onRemoved={() => {
          list.refetch();
          show('morning');
        }}
      />
      <NewRoutine
        environmentId={environmentId}
        open={making}
        taken={listed.map((one) => one.name)}
        onClose={() => setMaking(false)}
        onMade={(name) => {
          setMaking(false);
          show(name);
        }}
      />
    </div>
  );
}

function Editor(props: {
  readonly environmentId: string;
  readonly routine: string;
  readonly view: RoutineView | null;
  readonly onWritten: () => void;
  readonly onRemoved: () => void;
}): ReactNode {
  const { environmentId, routine } = props;
  const drafts = useDrafts(environmentId);
  // Once it was written the file has it, and says so a moment later.
  const [made] = useState(() => drafts.get(routine)?.base === null);
  const declaration = useQuery<Routine>(`declaration ${environmentId} ${routine}`, (api, options) =>
    api.routines.declaration({ environmentId, routine }, options),
  );
  const vocabulary = useQuery<Vocabulary>('vocabulary', (api, options) => api.routines.vocabulary(undefined, options));
  useFocusRefresh(declaration.refetch);
  const error =
    (made && declaration.error?.code === 'routine.not-found' ? null : declaration.error) ?? vocabulary.error;
  const again = (): void => {
    declaration.refetch();
    vocabulary.refetch();
  };
  if (error !== null && (declaration.data === null || vocabulary.data === null))
    return <Unreadable error={error} onAgain={again} />;
  if (vocabulary.data === null || (declaration.data === null && !made))
    return (
      <div className={styles.alone}>
        <Skeleton lines={6} />
      </div>
    );
  return (
    <RoutineForm
      {...props}
      saved={declaration.data}
      vocabulary={vocabulary.data}
      onWritten={() => {
        declaration.refetch();
        props.onWritten();
      }}
    />
  );
}

/** What the file says cannot be taken into fields: it has to be corrected there. */
function Unreadable(props: { readonly error: AppError; readonly onAgain: () => void }): ReactNode {
  const home = useHello()?.homeFolder ?? null;
  const problems = problemsOf(props.error.details);
  return (
    <div className={styles.alone}>
      <ErrorNotice
        error={props.error.toShape()}
        actions={
          <Button size="small" onClick={props.onAgain}>
            Read it again
          </Button>
        }
      />
      {problems.length === 0 ? null : <ProblemList problems={problems} home={home} />}
    </div>
  );
}
