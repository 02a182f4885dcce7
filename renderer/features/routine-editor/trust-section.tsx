import type { ReactNode } from 'react';
import type { RoutineView } from '../../../shared/contract/routines.ts';
import { useAction } from '../../client/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { count } from '../../ui/format.ts';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import styles from './editor.module.css';

/** What it runs as it is saved, and whether the user agreed to it. */
export function TrustSection(props: {
  readonly environmentId: string;
  readonly view: RoutineView | null;
  readonly onChanged: () => void;
}): ReactNode {
  const { environmentId, view } = props;
  const { navigate } = useWorkbenchActions();
  const withdraw = useAction();
  if (view === null || view.trust.commands.length === 0) return null;
  const { trusted, changed, commands } = view.trust;
  const lines = count(commands.length, 'line');
  return (
    <section aria-label="What it runs">
      <div className={styles.sideHead}>
        <h3>What it runs</h3>
      </div>
      {withdraw.error === null ? null : <ErrorNotice error={withdraw.error.toShape()} onDismiss={withdraw.clear} />}
      <p className="t2 small">
        {trusted
          ? `${lines} that you agreed to.`
          : changed
            ? `${lines}, changed since you agreed. You are asked before the next run.`
            : `${lines} that you have not agreed to. You are asked before the first run.`}
      </p>
      <div className={styles.buttons}>
        <Button size="small" onClick={() => navigate({ page: 'routine-start', environmentId, routine: view.name })}>
          Look at it
        </Button>
        {trusted ? (
          <Button
            size="small"
            kind="ghost"
            busy={withdraw.busy}
            onClick={() =>
              void withdraw
                .run((client) =>
                  client.call((api, options) => api.routines.withdraw({ environmentId, routine: view.name }, options)),
                )
                .then((done) => (done === undefined ? undefined : props.onChanged()))
            }
          >
            Ask me again
          </Button>
        ) : null}
      </div>
    </section>
  );
}
