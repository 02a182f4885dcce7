import { Camera } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import { slug } from '../../../shared/domain/names.ts';
import { useQuery } from '../../client/hooks.ts';
import { useOperationAction } from '../../client/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Field, Labelled } from '../../ui/field.tsx';
import { Panel } from '../../ui/panel.tsx';
import styles from './golden.module.css';
import { MovePlan } from './move-plan.tsx';
import { OperationOutcome } from './operation-outcome.tsx';

/** Purposes come from the fingers: the engine is asked once they rest. */
const restMs = 200;

/** Takes a golden image of the environment's data. */
export function CapturePanel(props: {
  readonly environment: EnvironmentView;
  readonly onClose: () => void;
}): ReactNode {
  const { environment } = props;
  const environmentId = environment.id;
  const action = useOperationAction();
  const [purpose, setPurpose] = useState<string | null>(null);
  const [tag, setTag] = useState('');
  const [note, setNote] = useState('');
  const [stay, setStay] = useState(false);
  const noteId = useId();
  const asked = useRested(purpose, restMs);
  const suggestion = useQuery(`name ${environmentId} ${asked ?? ''}`, (api, options) =>
    api.golden.suggestName(
      { environmentId, ...(asked === null || asked.trim() === '' ? {} : { purpose: asked }) },
      options,
    ),
  );
  const plan = useQuery(`capture ${environmentId}`, (api, options) =>
    api.golden.planCapture({ environmentId }, options),
  );
  const move = plan.data?.move ?? null;
  const moving = stay ? 0 : (move?.volumes.length ?? 0);
  const value = purpose ?? suggestion.data?.purpose ?? '';
  const input = useRef<HTMLInputElement>(null);
  const proposed = purpose === null ? (suggestion.data?.purpose ?? null) : null;
  // A proposal that arrives after somebody went into the field gives way to what they type.
  useEffect(() => {
    if (proposed !== null && document.activeElement === input.current) input.current?.select();
  }, [proposed]);
  const fresh = purpose === asked;
  const problem =
    purpose !== null && purpose.trim() === ''
      ? 'Say what it is for, in a few words.'
      : fresh
        ? (suggestion.data?.problem ?? null)
        : null;
  const cleanTag = slug(tag);
  const name = suggestion.data === null ? '' : `${suggestion.data.name}${cleanTag === '' ? '' : `-${cleanTag}`}`;
  const running = environment.state === 'running' || environment.state === 'partial';

  const capture = (): void =>
    void action.start((api, options) =>
      api.golden.capture(
        {
          environmentId,
          purpose: value.trim(),
          ...(cleanTag === '' ? {} : { tag: cleanTag }),
          ...(note.trim() === '' ? {} : { note: note.trim() }),
          ...(moving === 0 || plan.data === null ? {} : { adopt: true, planHash: plan.data.hash }),
        },
        options,
      ),
    );
  // What moves must have been seen before it is agreed to.
  const planned = !plan.loading && (plan.data !== null || plan.error !== null);
  const ready =
    fresh && planned && problem === null && value.trim() !== '' && suggestion.data !== null && !environment.stale;

  return (
    <Panel
      label="Capture a golden image"
      title="Capture"
      onClose={props.onClose}
      foot={
        <>
          {action.error === null ? null : <ErrorNotice error={action.error.toShape()} onDismiss={action.clear} />}
          {action.operation === null ? null : <OperationOutcome operation={action.operation} />}
          <div className={styles.buttons}>
            {action.operation === null ? (
              <>
                <Button kind="primary" icon={Camera} busy={action.busy} disabled={!ready} onClick={capture}>
                  {moving === 0 ? 'Capture' : `Capture and move ${moving === 1 ? 'a volume' : `${moving} volumes`}`}
                </Button>
                <span className="grow" />
                <Button kind="ghost" onClick={props.onClose}>
                  Cancel
                </Button>
              </>
            ) : action.operation.endedAt === null ? null : (
              <Button kind="ghost" onClick={props.onClose}>
                Close
              </Button>
            )}
          </div>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && action.operation === null) capture();
        }}
      >
        <Labelled
          label="What is it for?"
          problem={problem}
          hint="The state you would want to come back to, in a few words."
        >
          {(ids) => (
            <Field
              {...ids}
              ref={input}
              autoFocus
              maxLength={200}
              value={value}
              invalid={problem !== null}
              onChange={(event) => setPurpose(event.currentTarget.value)}
            />
          )}
        </Labelled>
        {plan.error === null ? null : <ErrorNotice error={plan.error.toShape()} />}
        {plan.data === null ? null : (
          <MovePlan plan={plan.data} stay={stay} locked={action.operation !== null} onStay={setStay} />
        )}
        <Labelled label="Tag, if it needs one" hint="Goes at the end of the name.">
          {(ids) => (
            <Field {...ids} maxLength={60} value={tag} onChange={(event) => setTag(event.currentTarget.value)} />
          )}
        </Labelled>
        <div className={styles.named}>
          <span className="small t2">Name</span>
          <span className="mono sel" aria-live="polite">
            {problem !== null || name === '' ? '–' : name}
          </span>
        </div>
        <div className={styles.named}>
          <label className="small t2" htmlFor={noteId}>
            Note
          </label>
          <textarea
            id={noteId}
            className={styles.note}
            rows={3}
            maxLength={2000}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        </div>
        <button type="submit" hidden aria-hidden tabIndex={-1} />
        {suggestion.error === null ? null : <ErrorNotice error={suggestion.error.toShape()} />}
        <p className="small t2">
          {moving > 0
            ? running
              ? 'The image holds what the services leave when they stop.'
              : 'The stack does not run, so the image is clean: what starts from it needs no recovery.'
            : running
              ? 'Services keep running. All of them are frozen for one instant, so that their data belongs together. Stop the stack first if you want a clean image that needs no recovery.'
              : 'The stack does not run, so the image is clean: what starts from it needs no recovery.'}
        </p>
      </form>
    </Panel>
  );
}

/** A value once it has not changed for `ms`. */
function useRested<T>(value: T, ms: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return rested;
}
