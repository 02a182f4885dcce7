import { RotateCcw, ShieldCheck, Undo2 } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { GoldenImageView, RestorePlan } from '../../../shared/contract/golden.ts';
import { useHello, useQuery } from '../../client/hooks.ts';
import { useOperationAction } from '../../client/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { formatBytes, formatDuration } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { ProblemList } from '../../ui/problem-list.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import styles from './golden.module.css';
import { planSentence, planTimes } from './golden-words.ts';
import { OperationOutcome } from './operation-outcome.tsx';
import { PlanServices } from './plan-services.tsx';

/** What restoring an image (or, without one, undoing) would do, and the button that does exactly that. */
export function RestorePanel(props: {
  readonly environment: EnvironmentView;
  /** Null: go back to the undo point. */
  readonly image: GoldenImageView | null;
  readonly onClose: () => void;
}): ReactNode {
  const { environment, image } = props;
  const home = useHello()?.homeFolder ?? null;
  const action = useOperationAction();
  const holders = image === null ? [] : [...new Set(image.volumes.flatMap((volume) => volume.services))];
  const known = holders.filter((name) => environment.services.some((one) => one.name === name)).sort();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const chosen = known.filter((name) => !left.has(name));
  const partial = left.size > 0;
  const environmentId = environment.id;
  const subset = partial ? { services: chosen } : {};
  const nothing = image !== null && known.length > 0 && chosen.length === 0;

  const plan = useQuery<RestorePlan>(
    nothing ? null : `${environmentId} ${image?.id ?? 'undo'} ${chosen.join(' ')}`,
    (api, options) =>
      image === null
        ? api.golden.planUndo({ environmentId }, options)
        : api.golden.planRestore({ environmentId, imageId: image.id, ...subset }, options),
  );
  // The plan before stays in view while another one is made: nothing jumps, and nothing can be carried out meanwhile.
  const [last, setLast] = useState<RestorePlan | null>(null);
  useEffect(() => {
    if (plan.data !== null) setLast(plan.data);
  }, [plan.data]);
  const shown = plan.data ?? (plan.error === null ? last : null);
  const blocked = shown?.problems.some((one) => one.severity === 'error') === true;
  const verb = image === null ? 'Undo' : 'Restore';

  const carryOut = async (): Promise<void> => {
    const planHash = plan.data?.hash;
    if (planHash === undefined) return;
    const ref = await action.start((api, options) =>
      image === null
        ? api.golden.undo({ environmentId, planHash }, options)
        : api.golden.restore({ environmentId, imageId: image.id, planHash, ...subset }, options),
    );
    // Refused because the plan has become another one: show that one.
    if (ref === undefined) plan.refetch();
  };

  return (
    <Panel
      label={image === null ? 'Undo' : `Restore ${image.name}`}
      title={
        <span className={styles.panelTitle}>
          <span>{verb}</span>
          <span className="mono t2 trunc" title={image?.name}>
            {image?.name ?? environment.undo?.reason ?? environmentId}
          </span>
        </span>
      }
      onClose={props.onClose}
      foot={
        action.operation !== null ? (
          <>
            <OperationOutcome operation={action.operation} />
            {action.operation.endedAt === null ? null : (
              <div className={styles.buttons}>
                <Button kind="ghost" onClick={props.onClose}>
                  Close
                </Button>
              </div>
            )}
          </>
        ) : (
          <>
            {action.error === null ? null : <ErrorNotice error={action.error.toShape()} onDismiss={action.clear} />}
            <p className="small t2">
              {nothing ? 'Choose at least one service.' : plan.data === null ? '' : planSentence(plan.data)}
            </p>
            <div className={styles.buttons}>
              <Button
                kind="primary"
                busy={action.busy}
                disabled={nothing || blocked || plan.data === null}
                onClick={() => void carryOut()}
              >
                {verb}
              </Button>
              <span className="grow" />
              <Button kind="ghost" onClick={props.onClose}>
                Cancel
              </Button>
            </div>
          </>
        )
      }
    >
      {plan.error !== null ? (
        <ErrorNotice
          error={plan.error.toShape()}
          actions={
            <Button size="small" onClick={plan.refetch}>
              Try again
            </Button>
          }
        />
      ) : shown === null && !nothing ? (
        <Skeleton lines={6} />
      ) : (
        <div className={styles.plan}>
          {shown === null || shown.problems.length === 0 ? null : (
            <section aria-label="Problems">
              <h3>{blocked ? 'What is in the way' : 'Worth knowing'}</h3>
              <ProblemList problems={shown.problems} home={home} />
            </section>
          )}
          <PlanServices
            plan={nothing ? null : shown}
            choices={image === null ? [] : known}
            left={left}
            locked={action.operation !== null}
            onChange={setLeft}
          />
          {nothing || shown === null ? null : <PlanDetails plan={shown} />}
        </div>
      )}
    </Panel>
  );
}

function PlanDetails({ plan }: { readonly plan: RestorePlan }): ReactNode {
  const times = planTimes(plan);
  return (
    <>
      <section aria-label="How long">
        <h3>
          <span>How long</span>
          <span className="t2">
            {times === null ? 'not known before the first one' : `about ${formatDuration(times.totalMs)}`}
          </span>
        </h3>
        {times === null ? null : (
          <>
            <div className={styles.times} aria-hidden>
              {times.parts.map((part) => (
                <span
                  key={part.label}
                  className={part.away ? styles.timeAway : styles.time}
                  style={{ flexGrow: Math.max(part.ms, times.totalMs * 0.03) }}
                />
              ))}
            </div>
            <p className={styles.timeWords}>
              {times.parts.map((part) => (
                <span key={part.label}>
                  {part.label} {formatDuration(part.ms)}
                </span>
              ))}
            </p>
          </>
        )}
        {plan.neededBytes === 0 ? null : (
          <p className="small t3">
            Needs {formatBytes(plan.neededBytes)}
            {plan.freeBytes === null ? '' : ` of ${formatBytes(plan.freeBytes)} free`}, copied beside the data of now.
          </p>
        )}
      </section>
      <Sentences title="What is kept" icon={<Undo2 size={14} strokeWidth={1.9} aria-hidden />} lines={plan.kept} />
      <Sentences
        title="What must pass"
        icon={<ShieldCheck size={14} strokeWidth={1.9} aria-hidden />}
        lines={plan.checks}
      />
    </>
  );
}

function Sentences(props: {
  readonly title: string;
  readonly icon: ReactNode;
  readonly lines: readonly string[];
}): ReactNode {
  if (props.lines.length === 0) return null;
  return (
    <section aria-label={props.title}>
      <h3>{props.title}</h3>
      <ul className={styles.sentences}>
        {props.lines.map((line, index) => (
          <li key={line}>
            {index === 0 || props.title !== 'What must pass' ? (
              props.icon
            ) : (
              <RotateCcw size={14} strokeWidth={1.9} aria-hidden />
            )}
            <span>{line}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
