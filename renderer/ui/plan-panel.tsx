import { type ReactNode, useState } from 'react';
import type { EnvironmentView, Plan } from '../../shared/contract/environments.ts';
import { useAction, useHello, useQuery } from '../client/hooks.ts';
import { Button } from './button.tsx';
import { Checkbox } from './checkbox.tsx';
import { ErrorNotice } from './error-notice.tsx';
import { Field, Labelled } from './field.tsx';
import { Panel } from './panel.tsx';
import styles from './plan-list.module.css';
import { PlanList } from './plan-list.tsx';
import { planSummary } from './plan-words.ts';
import { ProblemList, RiskList } from './problem-list.tsx';
import { Skeleton } from './skeleton.tsx';

export type PlanAction = Plan['action'];

const verbs: Record<PlanAction, string> = {
  up: 'Start',
  down: 'Take down',
  stop: 'Stop',
  restart: 'Restart',
  remove: 'Remove',
};

/**
 * What an action on an environment would do, before it does it, and the button that does exactly that: the hash of
 * what was shown goes along, and a plan that has become another one is refused and shown again.
 */
export function PlanPanel(props: {
  readonly environment: EnvironmentView;
  readonly action: PlanAction;
  /** All of them when absent. */
  readonly services?: readonly string[];
  readonly onClose: () => void;
  readonly onStarted?: (operationId: string) => void;
}): ReactNode {
  const { environment, action } = props;
  const home = useHello()?.homeFolder ?? null;
  const [volumes, setVolumes] = useState(false);
  const [typed, setTyped] = useState('');
  const start = useAction();
  const target = {
    environmentId: environment.id,
    ...(props.services === undefined ? {} : { services: [...props.services] }),
  };
  const plan = useQuery(`${environment.id} ${action} ${volumes} ${props.services?.join(' ') ?? ''}`, (api, options) =>
    api.environments.plan({ ...target, action, volumes: action === 'remove' && volumes }, options),
  );
  const blocked = plan.data?.problems.some((one) => one.severity === 'error') === true;
  const wantsName = volumes && environment.class !== 'development';
  const named = !wantsName || typed === environment.id;
  const title = props.services === undefined ? verbs[action] : `${verbs[action]} ${props.services.join(', ')}`;

  const carryOut = async (): Promise<void> => {
    const planHash = plan.data?.hash;
    const id = environment.id;
    const hash = planHash === undefined ? {} : { planHash };
    const ref = await start.run((client) =>
      client.call((api, options) => {
        switch (action) {
          case 'up':
            return api.environments.up({ ...target, ...hash }, options);
          case 'stop':
            return api.environments.stop(target, options);
          case 'restart':
            return api.environments.restart(target, options);
          case 'down':
            return api.environments.down({ environmentId: id }, options);
          case 'remove':
            return api.environments.remove({ environmentId: id, volumes, ...hash }, options);
        }
      }),
    );
    if (ref === undefined) {
      plan.refetch();
      return;
    }
    props.onStarted?.(ref.operationId);
    props.onClose();
  };

  return (
    <Panel
      label={`${title} ${environment.id}`}
      title={
        <>
          {title}
          <span className="t3 small trunc">{environment.id}</span>
        </>
      }
      onClose={props.onClose}
      takeFocus
      foot={
        <>
          {start.error === null ? null : <ErrorNotice error={start.error} onDismiss={start.clear} />}
          {plan.data === null ? null : <p className="small t2">{planSummary(plan.data)}</p>}
          {wantsName ? (
            <Labelled label={`Type ${environment.id} to delete its data`}>
              {(ids) => <Field {...ids} value={typed} onChange={(event) => setTyped(event.target.value)} />}
            </Labelled>
          ) : null}
          <div className={styles.buttons}>
            <Button
              kind={action === 'up' ? 'primary' : 'plain'}
              danger={volumes}
              disabled={plan.data === null || blocked || !named}
              busy={start.busy}
              onClick={() => void carryOut()}
            >
              {volumes ? 'Remove and delete data' : verbs[action]}
            </Button>
            <Button kind="ghost" onClick={props.onClose}>
              Cancel
            </Button>
          </div>
        </>
      }
    >
      <div className={styles.sections}>
        {plan.error === null ? null : (
          <ErrorNotice
            error={plan.error}
            actions={
              <Button size="small" onClick={plan.refetch}>
                Try again
              </Button>
            }
          />
        )}
        {plan.data === null ? (
          plan.error === null ? (
            <Skeleton lines={4} />
          ) : null
        ) : (
          <>
            {plan.data.problems.length === 0 ? null : (
              <section aria-label="Problems">
                <h3>{blocked ? 'What is in the way' : 'Worth knowing'}</h3>
                <ProblemList problems={plan.data.problems} home={home} />
              </section>
            )}
            {plan.data.risks.length === 0 ? null : (
              <section aria-label="Access to this machine">
                <h3>Access to this machine</h3>
                <RiskList risks={plan.data.risks} home={home} />
              </section>
            )}
            <div>
              <PlanList changes={[...plan.data.changes, ...(plan.data.keeps ?? [])]} />
            </div>
          </>
        )}
        {action === 'remove' ? (
          <div className={styles.confirm}>
            <Checkbox
              checked={volumes}
              onChange={(on) => {
                setVolumes(on);
                setTyped('');
              }}
              label="Delete its volumes too"
            />
            <p className="small t3">
              {volumes
                ? 'The data in them is gone for good. Golden images stay.'
                : 'Volumes and golden images stay, and so does the entry in the list.'}
            </p>
          </div>
        ) : null}
      </div>
    </Panel>
  );
}
