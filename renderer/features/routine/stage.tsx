import { Ban, Check, CircleHelp, Minus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RunStep } from '../../../shared/contract/routines.ts';
import { formatDuration, formatElapsed } from '../../ui/format.ts';
import { stepIcons } from '../../ui/routine-icons.ts';
import type { StageState } from '../../ui/routine-stages.ts';
import { stageElapsedMs, stageNote, stageState, stageTitle, stageUsualMs } from '../../ui/routine-stages.ts';
import { canUnfold } from './open-steps.ts';
import styles from './routine.module.css';
import { stepTime, stepWords, usualWords } from './run-words.ts';
import { StepBody, StepCell, StepHead, type StepTools } from './step.tsx';
import { StepOutput } from './step-output.tsx';

/** One step, or those that run side by side, on the line of the run. */
export function Stage(props: {
  readonly steps: readonly RunStep[];
  /** From 1. */
  readonly number: number;
  readonly now: number;
  readonly tools: StepTools;
}): ReactNode {
  const { steps, now, tools } = props;
  const state = stageState(steps);
  const [only] = steps;
  const outputs = steps.filter((one) => canUnfold(one) && tools.open.has(one.id));
  return (
    <li className={styles.stage} data-state={state} data-steps={steps.map((one) => one.id).join(' ')}>
      <StageDot state={state} number={props.number} icon={steps.find(isLive) ?? only} />
      <div className={styles.stageBody}>
        {steps.length === 1 && only !== undefined ? (
          <>
            <StepHead step={only} time={stepTime(only, now)} tools={tools} />
            <StepBody step={only} tools={tools} />
          </>
        ) : (
          <>
            <div className={styles.head}>
              <h3 className="strong trunc">{stageTitle(steps)}</h3>
              <span className={styles.say}>{stageNote(steps)}</span>
              <span className={styles.time}>{timeOf(steps, state, now)}</span>
            </div>
            <ul className={styles.par}>
              {steps.map((step) => (
                <StepCell key={step.id} step={step} time={stepTime(step, now)} tools={tools} />
              ))}
            </ul>
            {steps.map((step) => (
              <StepBody key={step.id} step={step} tools={tools} named />
            ))}
          </>
        )}
        {outputs.map((step) => (
          <StepOutput key={step.id} runId={tools.runId} step={step} onFold={() => tools.toggle(step.id)} />
        ))}
      </div>
    </li>
  );
}

const isLive = (step: RunStep): boolean => step.state === 'running' || step.state === 'asking';

function timeOf(steps: readonly RunStep[], state: StageState, now: number): string {
  if (state === 'waiting') return usualWords(stageUsualMs(steps));
  const took = stageElapsedMs(steps, now);
  if (took === null) return '';
  return state === 'running' || state === 'asking' ? formatElapsed(took) : formatDuration(took);
}

function StageDot(props: {
  readonly state: StageState;
  readonly number: number;
  readonly icon: RunStep | undefined;
}): ReactNode {
  const { state, icon } = props;
  const Running = icon === undefined ? Minus : stepIcons[icon.uses];
  const size = { size: 12, strokeWidth: 2.2, 'aria-hidden': true } as const;
  return (
    <span className={styles.dot} data-state={state}>
      {state === 'done' ? (
        <Check {...size} />
      ) : state === 'skipped' || state === 'cancelled' ? (
        <Minus {...size} />
      ) : state === 'failed' ? (
        <X {...size} />
      ) : state === 'blocked' ? (
        <Ban {...size} />
      ) : state === 'asking' ? (
        <CircleHelp {...size} />
      ) : state === 'running' ? (
        <Running {...size} size={11} />
      ) : (
        <span aria-hidden>{props.number}</span>
      )}
      <span className="sr">{stepWords[state]}</span>
    </span>
  );
}
