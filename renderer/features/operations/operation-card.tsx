import { type ReactNode, useState } from 'react';
import type { OperationView } from '../../../shared/contract/operations.ts';
import { useAction } from '../../client/hooks.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice, errorText } from '../../ui/error-notice.tsx';
import { formatDuration, formatElapsed, formatExact, formatMoment } from '../../ui/format.ts';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { starterNote, starterReason } from '../../ui/starter-words.ts';
import { OperationLog } from './operation-log.tsx';
import { OperationSteps } from './operation-steps.tsx';
import { elapsedMs, estimateWords, isActive, stateWords } from './operation-words.ts';
import styles from './operations.module.css';

/** One operation: what it does, how far it is, and how it ended. */
export function OperationCard(props: { readonly operation: OperationView; readonly now: number }): ReactNode {
  const { operation, now } = props;
  const active = isActive(operation);
  const [steps, setSteps] = useState(false);
  const [log, setLog] = useState(false);
  const cancel = useAction();
  const undo = useAction();
  const dismiss = useAction();
  const took = elapsedMs(operation, now);
  const estimate = estimateWords(operation, now);
  const error = cancel.error ?? undo.error ?? dismiss.error;
  const { environmentId } = operation;
  const note = starterNote(operation.startedBy);

  return (
    <li className={styles.card}>
      <div className={styles.cardHead}>
        <EndGlyph operation={operation} />
        <b className="strong trunc grow" title={operation.title}>
          {operation.title}
        </b>
        <span
          className="t3 small tn nowrap"
          title={operation.endedAt === null ? undefined : formatExact(operation.endedAt)}
        >
          {active
            ? took === null
              ? 'waiting'
              : formatElapsed(took)
            : `${formatMoment(operation.endedAt ?? operation.createdAt, now)}, took ${formatDuration(took ?? 0)}`}
        </span>
      </div>
      <p className={styles.sub}>
        {environmentId === null ? null : <span className="trunc">{environmentId}</span>}
        {active ? <span>{stateWords(operation)}</span> : null}
        {estimate === null ? null : <span className="tn">{estimate}</span>}
        {note === null ? null : (
          <span className="trunc" title={starterReason(operation.startedBy) ?? undefined}>
            {note}
          </span>
        )}
        {operation.resumed ? <Badge>Taken up again after a restart</Badge> : null}
      </p>
      {operation.summary === null ? null : <p className={styles.summary}>{operation.summary}</p>}
      {operation.error === null || operation.state === 'cancelled' ? null : (
        <div className={styles.failure}>
          <p className="strong">{operation.error.message}</p>
          <p className="t2 small">{operation.error.remedy}</p>
        </div>
      )}
      {active || steps ? <OperationSteps operation={operation} now={now} /> : null}
      {log ? <OperationLog operation={operation} /> : null}
      {error === null ? null : <ErrorNotice error={error.toShape()} />}
      <div className={styles.actions}>
        {active && operation.cancellable ? (
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
        {active || operation.steps.length === 0 ? null : (
          <Button size="small" kind="ghost" aria-expanded={steps} onClick={() => setSteps(!steps)}>
            Steps
          </Button>
        )}
        <Button size="small" kind="ghost" aria-expanded={log} onClick={() => setLog(!log)}>
          Log
        </Button>
        {operation.error === null ? null : (
          <CopyButton
            text={() => errorText(operation.error ?? { code: 'internal', message: '', remedy: '' })}
            label="Copy error"
          />
        )}
        <span className="grow" />
        {active ? null : (
          <Button
            size="small"
            kind="ghost"
            busy={dismiss.busy}
            onClick={() =>
              void dismiss.run((client) =>
                client.call((api, options) => api.operations.dismiss({ operationId: operation.id }, options)),
              )
            }
          >
            Dismiss
          </Button>
        )}
      </div>
    </li>
  );
}

function EndGlyph({ operation }: { readonly operation: OperationView }): ReactNode {
  switch (operation.state) {
    case 'done':
      return <ToneGlyph tone="healthy" shape="disc" />;
    case 'failed':
      return <ToneGlyph tone="down" shape="square" />;
    case 'cancelled':
      return <ToneGlyph tone="idle" shape="ring" />;
    case 'queued':
      return <ToneGlyph tone="idle" shape="dashed" />;
    default:
      return <ToneGlyph tone="idle" shape="half" />;
  }
}
