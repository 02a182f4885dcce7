import type { ReactNode } from 'react';
import type { OperationView } from '../../../shared/contract/operations.ts';
import { useAction } from '../../client/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { formatDuration } from '../../ui/format.ts';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { Meter } from '../../ui/meter.tsx';
import { measuredProgress } from '../../ui/operation-progress.ts';
import styles from './golden.module.css';

/** What a panel's button started: how far it is, and how it ended. */
export function OperationOutcome({ operation }: { readonly operation: OperationView }): ReactNode {
  const cancel = useAction();
  const undo = useAction();
  const step = operation.steps.find((one) => one.state === 'running');
  const { environmentId } = operation;
  if (operation.endedAt === null)
    return (
      <div className={styles.outcome} role="status">
        <span className={styles.outcomeHead}>
          <span className="trunc grow">
            {operation.state === 'queued'
              ? 'Waiting for the operation before it'
              : operation.state === 'undoing'
                ? 'Bringing everything back as it was'
                : (step?.title ?? operation.title)}
          </span>
          {operation.cancellable ? (
            <Button
              size="small"
              busy={cancel.busy || operation.state === 'cancelling'}
              onClick={() =>
                void cancel.run((client) =>
                  client.call((api, options) => api.operations.cancel({ operationId: operation.id }, options)),
                )
              }
            >
              Cancel
            </Button>
          ) : null}
        </span>
        <Meter label={operation.title} value={measuredProgress(operation)} />
        {step?.detail == null ? null : <span className="small t3">{step.detail}</span>}
        {cancel.error === null ? null : <ErrorNotice error={cancel.error.toShape()} />}
      </div>
    );
  if (operation.error !== null && operation.state === 'failed') return <ErrorNotice error={operation.error} />;
  const took =
    operation.startedAt === null
      ? ''
      : ` Took ${formatDuration(Date.parse(operation.endedAt) - Date.parse(operation.startedAt))}.`;
  return (
    <div className={styles.outcome} role="status">
      <span className={styles.outcomeHead}>
        <ToneGlyph
          tone={operation.state === 'done' ? 'healthy' : 'idle'}
          shape={operation.state === 'done' ? 'disc' : 'ring'}
        />
        <span className="grow">
          {operation.summary ??
            (operation.state === 'cancelled' ? 'Cancelled. Everything is as it was.' : operation.title)}
          <span className="t3">{took}</span>
        </span>
        {operation.undoable && environmentId !== null ? (
          <Button
            size="small"
            busy={undo.busy}
            onClick={() =>
              void undo.run((client) => client.call((api, options) => api.golden.undo({ environmentId }, options)))
            }
          >
            Undo
          </Button>
        ) : null}
      </span>
      {undo.error === null ? null : <ErrorNotice error={undo.error.toShape()} />}
    </div>
  );
}
