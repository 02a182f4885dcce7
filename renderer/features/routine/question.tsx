import { type FormEvent, type ReactNode, useId, useState } from 'react';
import type { RunStep, StepQuestion } from '../../../shared/contract/routines.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Field, Labelled } from '../../ui/field.tsx';
import styles from './question.module.css';

export type Answer =
  | { readonly kind: 'choice'; readonly id: string }
  | { readonly kind: 'secrets' | 'values'; readonly values: Record<string, string> };

/** What a step wants to know. The rest of the run goes on meanwhile. */
export function Question(props: {
  readonly step: RunStep;
  readonly question: StepQuestion;
  readonly busy: boolean;
  readonly onAnswer: (answer: Answer) => void;
  readonly onSkip: (() => void) | null;
}): ReactNode {
  const { question } = props;
  const id = useId();
  return (
    <fieldset className={styles.question} aria-labelledby={id}>
      <p id={id} className="strong">
        {question.text}
      </p>
      {question.kind === 'choice' ? (
        <Choice question={question} busy={props.busy} onAnswer={props.onAnswer} />
      ) : question.kind === 'secrets' ? (
        <Secrets question={question} busy={props.busy} onAnswer={props.onAnswer} onSkip={props.onSkip} />
      ) : (
        <Values question={question} busy={props.busy} onAnswer={props.onAnswer} onSkip={props.onSkip} />
      )}
    </fieldset>
  );
}

function Choice(props: {
  readonly question: Extract<StepQuestion, { kind: 'choice' }>;
  readonly busy: boolean;
  readonly onAnswer: (answer: Answer) => void;
}): ReactNode {
  const { detail, choices } = props.question;
  return (
    <>
      {detail.length === 0 ? null : (
        <ul className={styles.detail}>
          {detail.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <div className={styles.buttons}>
        {choices.map((choice, index) => (
          <Button
            key={choice.id}
            kind={index === 0 && !choice.danger ? 'primary' : 'plain'}
            danger={choice.danger}
            disabled={props.busy}
            onClick={() => props.onAnswer({ kind: 'choice', id: choice.id })}
          >
            {choice.label}
          </Button>
        ))}
      </div>
    </>
  );
}

function Secrets(props: {
  readonly question: Extract<StepQuestion, { kind: 'secrets' }>;
  readonly busy: boolean;
  readonly onAnswer: (answer: Answer) => void;
  readonly onSkip: (() => void) | null;
}): ReactNode {
  const { keys, kept } = props.question;
  const [values, setValues] = useState<Record<string, string>>({});
  const [shown, setShown] = useState(false);
  const missing = keys.filter(({ key }) => (values[key] ?? '') === '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (missing.length === 0 && !props.busy) props.onAnswer({ kind: 'secrets', values });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      {keys.map(({ key, why }) => (
        <Labelled key={key} label={key} hint={why}>
          {(ids) => (
            <Field
              {...ids}
              type={shown ? 'text' : 'password'}
              className="mono"
              autoComplete="new-password"
              value={values[key] ?? ''}
              onChange={(event) => setValues({ ...values, [key]: event.target.value })}
            />
          )}
        </Labelled>
      ))}
      <Checkbox checked={shown} onChange={setShown} label="Show what I type" />
      <p className="small t3">{kept}</p>
      <div className={styles.buttons}>
        <Button kind="primary" type="submit" busy={props.busy} disabled={missing.length > 0}>
          Keep and go on
        </Button>
        {props.onSkip === null ? null : (
          <Button kind="ghost" onClick={props.onSkip}>
            Not now
          </Button>
        )}
      </div>
    </form>
  );
}

function Values(props: {
  readonly question: Extract<StepQuestion, { kind: 'values' }>;
  readonly busy: boolean;
  readonly onAnswer: (answer: Answer) => void;
  readonly onSkip: (() => void) | null;
}): ReactNode {
  const { keys } = props.question;
  const [values, setValues] = useState(() => Object.fromEntries(keys.map(({ key, proposal }) => [key, proposal])));
  const changed = keys.some(({ key, proposal }) => values[key] !== proposal);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!props.busy) props.onAnswer({ kind: 'values', values });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      {keys.map(({ key, comment }) => (
        <Labelled key={key} label={key} hint={comment}>
          {(ids) => (
            <Field
              {...ids}
              className="mono"
              value={values[key] ?? ''}
              onChange={(event) => setValues({ ...values, [key]: event.target.value })}
            />
          )}
        </Labelled>
      ))}
      <div className={styles.buttons}>
        <Button kind="primary" type="submit" busy={props.busy}>
          {changed ? 'Use these' : keys.length === 1 ? 'Take it as proposed' : 'Take all as proposed'}
        </Button>
        {props.onSkip === null ? null : (
          <Button kind="ghost" onClick={props.onSkip}>
            Not now
          </Button>
        )}
      </div>
    </form>
  );
}
