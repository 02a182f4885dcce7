import { Check, CircleDashed, Minus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { OperationView, StepView } from '../../../shared/contract/operations.ts';
import { cx } from '../../ui/cx.ts';
import { formatDuration } from '../../ui/format.ts';
import { Meter } from '../../ui/meter.tsx';
import { OperationParts } from './operation-parts.tsx';
import { elapsedMs, progressWords, stepFraction } from './operation-words.ts';
import styles from './operations.module.css';

const words: Record<StepView['state'], string> = {
  pending: 'to come',
  running: 'under way',
  done: 'done',
  failed: 'failed',
  skipped: 'not needed',
};

function StepDot({ state }: { readonly state: StepView['state'] }): ReactNode {
  return (
    <span className={styles.dot} data-state={state}>
      {state === 'done' ? <Check size={10} strokeWidth={2.4} aria-hidden /> : null}
      {state === 'failed' ? <X size={10} strokeWidth={2.4} aria-hidden /> : null}
      {state === 'skipped' ? <Minus size={10} strokeWidth={2.4} aria-hidden /> : null}
      {state === 'running' ? <CircleDashed size={10} strokeWidth={2.4} aria-hidden /> : null}
      <span className="sr">{words[state]}</span>
    </span>
  );
}

/** The steps of an operation, with what each measured. */
export function OperationSteps(props: { readonly operation: OperationView; readonly now: number }): ReactNode {
  return (
    <ol className={styles.steps}>
      {props.operation.steps.map((step) => {
        const took = elapsedMs(step, props.now);
        const progress = step.state === 'running' ? progressWords(step) : null;
        return (
          <li key={step.name} className={styles.step} data-state={step.state}>
            <StepDot state={step.state} />
            <span className={styles.stepTitle}>{step.title}</span>
            <span className={cx(styles.stepTime, 'tn')}>
              {progress ?? (took === null || step.state === 'pending' ? '' : formatDuration(took))}
            </span>
            {step.state === 'running' ? (
              <span className={styles.stepMore}>
                <Meter
                  label={step.title}
                  value={stepFraction(step)}
                  {...(progress === null ? {} : { text: progress })}
                />
                {step.parts !== undefined && step.parts.length > 0 ? (
                  <OperationParts parts={step.parts} />
                ) : step.detail === null ? null : (
                  <span className={styles.stepDetail}>{step.detail}</span>
                )}
              </span>
            ) : null}
          </li>
        );
      })}
    </ol>
  );
}
