import type { ReactNode } from 'react';
import type { Reason, RoutineRun } from '../../../shared/contract/routines.ts';
import { Button } from '../../ui/button.tsx';
import { formatDuration } from '../../ui/format.ts';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { reasonLook, runElapsedMs, uniqueReasons, verdictLook } from '../../ui/routine-words.ts';
import styles from './routine.module.css';

/** How the run ended: in a word, how long it took, and every reason with what to do about it. */
export function VerdictView(props: {
  readonly run: RoutineRun;
  readonly onService: (service: string) => void;
  readonly onStep: (step: string) => void;
}): ReactNode {
  const { run } = props;
  if (run.verdict === null) return null;
  const look = verdictLook(run.verdict.kind, run.routine);
  const reasons = uniqueReasons(run.verdict.reasons);
  return (
    <li className={styles.stage} data-state="verdict">
      <span className={styles.dot} data-state="verdict">
        <ToneGlyph tone={look.tone} shape={look.shape} size={11} />
      </span>
      <section className={styles.stageBody} aria-label="Verdict">
        <div className={styles.head}>
          <h3 className="strong">{look.word}</h3>
          <span className={styles.say}>{reasonCount(reasons)}</span>
          <span className={styles.time}>{formatDuration(runElapsedMs(run, 0))}</span>
        </div>
        {reasons.length === 0 ? null : (
          <ul className={styles.reasons}>
            {reasons.map((reason) => (
              <ReasonLine
                key={`${reason.kind} ${reason.step} ${reason.title}`}
                reason={reason}
                onService={props.onService}
                onStep={props.onStep}
              />
            ))}
          </ul>
        )}
      </section>
    </li>
  );
}

function reasonCount(reasons: readonly Reason[]): string {
  const blockers = reasons.filter((one) => one.kind === 'blocker').length;
  const remarks = reasons.length - blockers;
  const parts = [
    ...(blockers === 0 ? [] : [`${blockers} in the way`]),
    ...(remarks === 0 ? [] : [`${remarks} worth knowing`]),
  ];
  return parts.length === 0 ? 'nothing to remark' : parts.join(', ');
}

function ReasonLine(props: {
  readonly reason: Reason;
  readonly onService: (service: string) => void;
  readonly onStep: (step: string) => void;
}): ReactNode {
  const { reason } = props;
  const { service, step } = reason;
  return (
    <li className={styles.reason}>
      <ToneGlyph {...reasonLook(reason)} />
      <div>
        <p className="strong">
          {reason.title}
          <span className="sr">, {reason.kind === 'blocker' ? 'in the way' : 'a remark'}</span>
        </p>
        {reason.detail === null ? null : <p className="t2 small">{reason.detail}</p>}
        {reason.remedy === null ? null : <p className="t2 small">{reason.remedy}</p>}
      </div>
      {service !== null ? (
        <Button size="small" aria-label={`Open ${service}: ${reason.title}`} onClick={() => props.onService(service)}>
          Open {service}
        </Button>
      ) : step !== null && reason.kind === 'blocker' ? (
        <Button size="small" aria-label={`Show the step: ${reason.title}`} onClick={() => props.onStep(step)}>
          Show the step
        </Button>
      ) : null}
    </li>
  );
}
