import { ChevronDown, ChevronRight, SkipForward, SquareTerminal, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RunStep } from '../../../shared/contract/routines.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Meter } from '../../ui/meter.tsx';
import { measured } from '../../ui/operation-progress.ts';
import { canUnfold } from './open-steps.ts';
import { Question } from './question.tsx';
import styles from './routine.module.css';
import { stepSentence, stepWords } from './run-words.ts';
import type { RunActions } from './use-run-actions.ts';

/** What the steps of a run share: its id, its buttons, and which outputs are unfolded. */
export interface StepTools {
  readonly runId: string;
  readonly actions: RunActions;
  readonly open: ReadonlySet<string>;
  readonly toggle: (step: string) => void;
  readonly openTerminal: (step: RunStep) => void;
}

/** A step with a line of its own. */
export function StepHead(props: {
  readonly step: RunStep;
  readonly time: string;
  readonly tools: StepTools;
}): ReactNode {
  const { step } = props;
  const sentence = stepSentence(step);
  return (
    <>
      <div className={styles.head}>
        <h3 className={cx('trunc', isAhead(step) ? 't2' : 'strong')} title={step.title}>
          {step.title}
        </h3>
        <span className={styles.say} title={sentence}>
          {sentence}
        </span>
        <SkipAhead step={step} tools={props.tools} />
        <FoldButton step={step} tools={props.tools} />
        <span className={styles.time}>{props.time}</span>
      </div>
      <StepProgress step={step} />
    </>
  );
}

/** A step beside others. */
export function StepCell(props: {
  readonly step: RunStep;
  readonly time: string;
  readonly tools: StepTools;
}): ReactNode {
  const { step } = props;
  const sentence = stepSentence(step);
  return (
    <li className={styles.cell} data-state={step.state} data-open={props.tools.open.has(step.id)}>
      <div className={styles.head}>
        <h4 className={cx('trunc', isAhead(step) ? 't2' : step.state === 'running' && 'strong')}>
          {step.title}
          <span className="sr">, {stepWords[step.state]}</span>
        </h4>
        <span className="grow" />
        <SkipAhead step={step} tools={props.tools} />
        <FoldButton step={step} tools={props.tools} />
        <span className={styles.time}>
          {step.state === 'running' && step.progress !== null ? measured(step.progress) : props.time}
        </span>
      </div>
      <p className={styles.cellSay} title={sentence}>
        {sentence === '' ? ' ' : sentence}
      </p>
      {step.state === 'running' ? <StepMeter step={step} /> : null}
    </li>
  );
}

const isAhead = (step: RunStep): boolean => step.state === 'waiting' || step.state === 'blocked';

/** Leaves out what has not begun. Quiet: shown where the pointer or the focus is. */
function SkipAhead(props: { readonly step: RunStep; readonly tools: StepTools }): ReactNode {
  const { step, tools } = props;
  if (!step.can.skip || !isAhead(step)) return null;
  return (
    <IconButton
      size="small"
      className={cx(styles.fold, styles.ahead)}
      label={`Skip ${step.title}`}
      icon={SkipForward}
      busy={tools.actions.pending === `skip ${step.id}`}
      onClick={() => tools.actions.skip(step.id)}
    />
  );
}

function FoldButton(props: { readonly step: RunStep; readonly tools: StepTools }): ReactNode {
  const { step, tools } = props;
  if (!canUnfold(step)) return null;
  const open = tools.open.has(step.id);
  return (
    <IconButton
      size="small"
      className={styles.fold}
      label={open ? `Fold the output of ${step.title}` : `Show the output of ${step.title}`}
      icon={open ? ChevronDown : ChevronRight}
      aria-expanded={open}
      onClick={() => tools.toggle(step.id)}
    />
  );
}

const part = (step: RunStep): number | null =>
  step.progress === null || step.progress.total === null || step.progress.total <= 0
    ? null
    : Math.min(1, step.progress.done / step.progress.total);

function StepMeter({ step }: { readonly step: RunStep }): ReactNode {
  return (
    <Meter
      label={step.title}
      value={part(step)}
      {...(step.progress === null ? {} : { text: measured(step.progress) })}
    />
  );
}

function StepProgress({ step }: { readonly step: RunStep }): ReactNode {
  if (step.state !== 'running' || step.progress === null) return null;
  return (
    <div className={styles.progress}>
      <StepMeter step={step} />
      <span className={styles.time}>{measured(step.progress)}</span>
    </div>
  );
}

/** What a step asks, why it failed, and what can be done about it. */
export function StepBody(props: {
  readonly step: RunStep;
  readonly tools: StepTools;
  /** Beside others: says which one it speaks of. */
  readonly named?: boolean;
}): ReactNode {
  const { step, tools } = props;
  const { actions } = tools;
  const busy = (verb: string): boolean => actions.pending === `${verb} ${step.id}`;
  const undo = step.undo;
  const words = undo === null ? undefined : actions.undone[undo.token];
  // A question has its own way out, and what has not begun its own button.
  const skips = step.can.skip && step.state !== 'asking' && !isAhead(step);
  const buttons = (
    <>
      {step.can.retry ? (
        <Button
          size="small"
          aria-label={`Retry ${step.title}`}
          busy={busy('retry')}
          onClick={() => actions.retry(step.id)}
        >
          Retry
        </Button>
      ) : null}
      {skips ? (
        <Button
          size="small"
          kind={step.can.retry ? 'plain' : 'ghost'}
          aria-label={`Skip ${step.title}`}
          busy={busy('skip')}
          onClick={() => actions.skip(step.id)}
        >
          Skip
        </Button>
      ) : null}
      {step.can.terminal ? (
        <Button
          size="small"
          icon={SquareTerminal}
          {...(step.folder === null ? {} : { title: step.folder })}
          aria-label={`Open terminal here, for ${step.title}`}
          onClick={() => tools.openTerminal(step)}
        >
          Open terminal here
        </Button>
      ) : null}
    </>
  );
  const offers = step.can.retry || skips || (step.can.terminal && step.state === 'failed');
  return (
    <>
      {step.question === null || step.state !== 'asking' ? null : (
        <Question
          step={step}
          question={step.question}
          busy={busy('answer')}
          onAnswer={(answer) => actions.answer(step.id, answer)}
          onSkip={step.can.skip ? () => actions.skip(step.id) : null}
        />
      )}
      {step.error !== null && (step.state === 'failed' || step.state === 'cancelled') ? (
        <div className={styles.trouble}>
          {props.named === true ? <p className="small t3">{step.title}</p> : null}
          <ErrorNotice error={step.error} actions={buttons} tone={step.state === 'failed' ? 'down' : 'degraded'} />
        </div>
      ) : offers && step.state !== 'waiting' ? (
        <div className={styles.buttons}>
          {props.named === true ? <span className="small t3">{step.title}</span> : null}
          {buttons}
        </div>
      ) : null}
      {undo === null ? null : (
        <div className={styles.buttons}>
          {props.named === true ? <span className="small t3">{step.title}</span> : null}
          {words === undefined ? (
            <Button
              size="small"
              icon={Undo2}
              aria-label={`${undo.label}: ${step.title}`}
              busy={actions.pending === `undo ${undo.token}`}
              onClick={() => actions.undo(undo.token)}
            >
              {undo.label}
            </Button>
          ) : (
            <span className="small t2" role="status">
              {words}
            </span>
          )}
        </div>
      )}
    </>
  );
}
