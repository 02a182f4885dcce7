import { Plus } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { RoutineView, Vocabulary } from '../../../shared/contract/routines.ts';
import type { Routine, StepKind } from '../../../shared/domain/routine-file.ts';
import { useEnvironment, useHello } from '../../client/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Field, Labelled } from '../../ui/field.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { stepIcons } from '../../ui/routine-icons.ts';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { ChangeSection } from './change-section.tsx';
import { addStep, changeRoutine } from './draft.ts';
import styles from './editor.module.css';
import { EditorFoot } from './editor-foot.tsx';
import { faultAt, faultsOf, faultsOfProblems } from './faults.ts';
import { kindWords } from './kind-words.ts';
import { ScheduleSection } from './schedule-section.tsx';
import { StepRows } from './step-rows.tsx';
import { TrustSection } from './trust-section.tsx';
import { useFileChange } from './use-change.ts';
import { useDraft } from './use-draft.ts';

/** One routine: its steps, when it starts, and what saving it would write. */
export function RoutineForm(props: {
  readonly environmentId: string;
  readonly routine: string;
  readonly view: RoutineView | null;
  /** What the file says; null: nothing yet. */
  readonly saved: Routine | null;
  readonly vocabulary: Vocabulary;
  readonly onWritten: () => void;
  readonly onRemoved: () => void;
}): ReactNode {
  const { environmentId, routine, view, saved } = props;
  const home = useHello()?.homeFolder ?? null;
  const services = useEnvironment(environmentId)?.services.map((one) => one.name) ?? [];
  const edited = useDraft(environmentId, routine, saved);
  const [open, setOpen] = useState<number | null>(null);
  const [added, setAdded] = useState<number | null>(null);
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (added === null) return;
    // The menu hands the focus back to its button first; ours comes after it.
    const timer = setTimeout(() => {
      const row = body.current?.querySelector<HTMLElement>(`[data-step="${added}"]`);
      row?.focus();
      row?.scrollIntoView({ block: 'start' });
    });
    return () => clearTimeout(timer);
  }, [added]);
  const declaration = edited?.declaration ?? null;
  const local = useMemo(() => (declaration === null ? [] : faultsOf(declaration)), [declaration]);
  const { change, current, error } = useFileChange(environmentId, routine, local.length === 0 ? declaration : null);
  if (edited === null || declaration === null) return null;
  const { draft, dirty } = edited;
  // What the engine said of an earlier text would stand at the wrong step.
  const told = change === null || !current ? [] : faultsOfProblems(routine, change.problems);
  const faults = [...local, ...told];
  const shown = ['title', 'budget', 'steps'];
  const elsewhere = faults.filter((one) => one.step === null && !shown.includes(one.field));
  const add = (kind: StepKind): void => {
    const place = draft.steps.findIndex((one) => one.key === open);
    edited.change((before) => addStep(before, kind, place < 0 ? before.steps.length - 1 : place));
    setOpen(draft.nextKey);
    setAdded(draft.nextKey);
  };
  return (
    <div className={styles.editor}>
      <div className={styles.body} ref={body}>
        <ScrollRegion label="Routine and steps" className={styles.main}>
          <h2 className="sr">{declaration.title ?? routine}</h2>
          <p className={styles.origin}>{originWords(view, saved)}</p>
          {edited.overtaken ? (
            <ErrorNotice
              tone="degraded"
              error={{
                code: 'plan.stale',
                message: 'golden.yml says something else by now than when you began.',
                remedy: 'Save what you have in its place, or take what the file says.',
              }}
              actions={
                <Button size="small" onClick={edited.discard}>
                  Take what the file says
                </Button>
              }
            />
          ) : null}
          {elsewhere.map((one) => (
            <p key={`${one.field} ${one.message}`} className={styles.fault} role="alert">
              {one.message}
            </p>
          ))}
          <div className={styles.head}>
            <Labelled label="Title" problem={faultAt(faults, null, 'title')}>
              {(ids) => (
                <Field
                  {...ids}
                  maxLength={120}
                  value={draft.routine.title ?? ''}
                  placeholder={view?.title ?? routine}
                  onChange={(event) =>
                    edited.change((before) => changeRoutine(before, { title: event.target.value || undefined }))
                  }
                />
              )}
            </Labelled>
            <Labelled label="Budget" problem={faultAt(faults, null, 'budget')}>
              {(ids) => (
                <Field
                  {...ids}
                  value={draft.routine.budget ?? ''}
                  invalid={faultAt(faults, null, 'budget') !== null}
                  placeholder="5m"
                  onChange={(event) =>
                    edited.change((before) => changeRoutine(before, { budget: event.target.value.trim() || undefined }))
                  }
                />
              )}
            </Labelled>
          </div>
          <div className={styles.stepsHead}>
            <h3>Steps</h3>
            <span className="t3 small grow trunc">one after the other, unless said otherwise</span>
            <AddStep kinds={props.vocabulary.kinds} onAdd={add} />
          </div>
          {faultAt(faults, null, 'steps') === null ? null : (
            <p className={styles.fault} role="alert">
              {faultAt(faults, null, 'steps')}
            </p>
          )}
          <StepRows
            draft={draft}
            open={open}
            vocabulary={props.vocabulary}
            services={services}
            faults={faults}
            onOpen={setOpen}
            onChange={edited.change}
          />
        </ScrollRegion>
        <aside className={styles.side} aria-label="Schedule and file">
          <ScrollRegion label="Schedule and file" className={styles.sideScroll}>
            <ScheduleSection
              environmentId={environmentId}
              routine={routine}
              view={view}
              proposed={saved?.schedule ?? null}
              draft={draft.routine.schedule ?? null}
              onPropose={(schedule) =>
                edited.change((before) => changeRoutine(before, { schedule: schedule ?? undefined }))
              }
              onChanged={props.onWritten}
            />
            <TrustSection environmentId={environmentId} view={view} onChanged={props.onWritten} />
            <ChangeSection
              dirty={dirty}
              change={change}
              current={current || local.length > 0}
              error={error}
              home={home}
            />
          </ScrollRegion>
        </aside>
      </div>
      <EditorFoot
        environmentId={environmentId}
        routine={routine}
        edited={edited}
        fresh={saved === null}
        inFile={view?.source === 'file'}
        faults={faults.length}
        ready={current && error === null}
        onWritten={props.onWritten}
        onRemoved={props.onRemoved}
      />
    </div>
  );
}

function AddStep(props: { readonly kinds: readonly StepKind[]; readonly onAdd: (kind: StepKind) => void }): ReactNode {
  return (
    <Menu
      label="Add a step"
      trigger={
        <Button kind="ghost" size="small" icon={Plus}>
          Add a step
        </Button>
      }
    >
      {commandFirst(props.kinds).map((kind) => (
        <MenuItem key={kind} icon={stepIcons[kind]} onSelect={() => props.onAdd(kind)}>
          <span className={styles.kind}>
            <span>{kindWords[kind].title}</span>
            <span className="t3 small">{kindWords[kind].about}</span>
          </span>
        </MenuItem>
      ))}
    </Menu>
  );
}

/** What people add most. */
const commandFirst = (kinds: readonly StepKind[]): readonly StepKind[] => [
  ...kinds.filter((kind) => kind === 'run'),
  ...kinds.filter((kind) => kind !== 'run'),
];

/** Whose it is, and what saving would make of it. */
function originWords(view: RoutineView | null, saved: Routine | null): string {
  if (saved === null) return 'Not written yet. Saving adds it to golden.yml, for everybody who has the file.';
  if (view?.source === 'default') return 'Ours, as it is without being declared. A change writes it into golden.yml.';
  const at = view?.position;
  return at === undefined ? 'Declared in golden.yml.' : `Declared in golden.yml, line ${at.line}.`;
}
