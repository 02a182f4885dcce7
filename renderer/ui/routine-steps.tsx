import type { ReactNode } from 'react';
import type { RoutineStepView } from '../../shared/contract/routines.ts';
import { cx } from './cx.ts';
import { formatDuration } from './format.ts';
import { stepIcons } from './routine-icons.ts';
import styles from './routine-steps.module.css';

/** The steps of a routine with what each would do now, and how long it usually takes. */
export function StepList({ steps }: { readonly steps: readonly RoutineStepView[] }): ReactNode {
  return (
    <ol className={styles.steps}>
      {steps.map((step) => {
        const Icon = stepIcons[step.uses];
        return (
          <li key={step.id} data-skips={step.skips}>
            <Icon size={14} strokeWidth={1.9} aria-hidden />
            <span className="trunc" title={stepTitle(step)}>
              {step.title}
              {step.now === null ? null : <span className={styles.now}>{step.now}</span>}
            </span>
            <span className={cx(styles.time, 'tn')} title={step.usualMs === null ? undefined : 'usual time'}>
              {step.skips ? 'not now' : step.usualMs === null ? '–' : formatDuration(step.usualMs)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** The whole of a line that may be cut, and the condition it depends on. */
const stepTitle = (step: RoutineStepView): string =>
  [step.now === null ? step.title : `${step.title}: ${step.now}`, step.if === null ? null : `if ${step.if}`]
    .filter((one) => one !== null)
    .join('\n');
