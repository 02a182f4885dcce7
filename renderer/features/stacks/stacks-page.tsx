import { FolderPlus } from 'lucide-react';
import type { ReactNode } from 'react';
import { useAppState, useEnvironments, useOperations } from '../../client/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { activeOperation } from '../../ui/environment-words.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Grid, GridHead, GridHeading } from '../../ui/grid.tsx';
import { PlanPanel } from '../../ui/plan-panel.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import { DiscoveredSection } from './discovered-section.tsx';
import { NoEngine } from './no-engine.tsx';
import { StackRow } from './stack-row.tsx';
import { listSummary } from './stack-words.ts';
import styles from './stacks.module.css';
import { useStackActions } from './use-stack-actions.ts';

/** All environments, one row each. */
export function StacksPage(props: {
  /** Shown while there is no stack at all. */
  readonly empty: ReactNode;
}): ReactNode {
  const known = useAppState(() => true) === true;
  const environments = useEnvironments();
  const engineThere =
    useAppState((state) => state.engines.some((one) => one.selected && one.state === 'available')) === true;
  if (!known) return <Skeleton lines={4} />;
  if (environments.length === 0) return engineThere ? props.empty : <NoEngine />;
  return <StackList />;
}

function StackList(): ReactNode {
  const environments = useEnvironments();
  const operations = useOperations();
  const { navigate } = useWorkbenchActions();
  const actions = useStackActions();
  const summary = listSummary(environments);
  const shown = environments.find((one) => one.id === actions.shown?.environmentId);
  return (
    <>
      <div className={styles.strip}>
        <div className={cx(styles.say, 'grow')}>
          <span className="strong">{summary.main}</span>
          {summary.rest === '' ? null : <span>{summary.rest}</span>}
        </div>
        <Button icon={FolderPlus} onClick={() => navigate({ page: 'add-stack', folder: null })}>
          Add a stack
        </Button>
      </div>
      {actions.failure === null ? null : (
        <div className={styles.notices}>
          <ErrorNotice error={actions.failure.error} onDismiss={actions.dismiss} />
        </div>
      )}
      <div className={styles.body}>
        <div className={cx(styles.list, 'scroll')}>
          <Grid label="Environments" className={styles.grid} first={environments[0]?.id ?? null}>
            <GridHead>
              <GridHeading>Environment</GridHeading>
              <GridHeading>State</GridHeading>
              <GridHeading>Services</GridHeading>
              <GridHeading className={styles.branch}>Branch</GridHeading>
              <GridHeading className={styles.change}>Last change</GridHeading>
            </GridHead>
            {environments.map((one) => (
              <StackRow
                key={one.id}
                environment={one}
                operation={activeOperation(operations, one.id)}
                selected={one.id === shown?.id}
                busy={actions.busy.get(one.id) ?? null}
                onOpen={() => navigate({ page: 'stack', environmentId: one.id, service: null, tab: null })}
                onAction={(action) => actions.start(one.id, action)}
              />
            ))}
          </Grid>
          <DiscoveredSection />
        </div>
        {shown === undefined || actions.shown === null ? null : (
          <PlanPanel
            key={`${shown.id} ${actions.shown.action}`}
            environment={shown}
            action={actions.shown.action}
            onClose={actions.close}
          />
        )}
      </div>
    </>
  );
}
