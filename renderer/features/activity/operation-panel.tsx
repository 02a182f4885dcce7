import type { ReactNode } from 'react';
import type { OperationView, StepView } from '../../../shared/contract/operations.ts';
import { useQuery } from '../../client/hooks.ts';
import { Moment } from '../../ui/ago.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Facts } from '../../ui/facts.tsx';
import type { Shape, Tone } from '../../ui/health.ts';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { operationLook } from '../../ui/operation-look.ts';
import { Panel } from '../../ui/panel.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { starterReason, starterWords } from '../../ui/starter-words.ts';
import { useNow } from '../../ui/use-now.ts';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import styles from './activity.module.css';
import { tookWords } from './activity-words.ts';

const stepLooks: Record<StepView['state'], { readonly tone: Tone; readonly shape: Shape; readonly word: string }> = {
  pending: { tone: 'idle', shape: 'ring', word: 'to come' },
  running: { tone: 'healthy', shape: 'half', word: 'under way' },
  done: { tone: 'healthy', shape: 'disc', word: 'done' },
  failed: { tone: 'down', shape: 'square', word: 'failed' },
  skipped: { tone: 'idle', shape: 'ring', word: 'not needed' },
};

/** One operation: how it ended, its steps, and its log. */
export function OperationPanel(props: { readonly operation: OperationView; readonly onClose: () => void }): ReactNode {
  const { operation } = props;
  const now = useNow();
  const { navigate } = useWorkbenchActions();
  const look = operationLook(operation);
  // The log of an operation under way grows with its steps; asking again at each change keeps it current.
  const log = useQuery(
    `log ${operation.id} ${operation.state} ${operation.steps.filter((one) => one.endedAt !== null).length}`,
    (api, options) => api.operations.log({ operationId: operation.id }, options),
  );
  const environmentId = operation.environmentId;
  const { startedBy } = operation;
  const started = starterWords(startedBy);
  const why = starterReason(startedBy);
  return (
    <Panel
      label={operation.title}
      title={
        <>
          <ToneGlyph tone={look.tone} shape={look.shape} size={12} />
          <span className="trunc" title={operation.title}>
            {operation.title}
          </span>
        </>
      }
      onClose={props.onClose}
    >
      {operation.error === null ? null : <ErrorNotice error={operation.error} />}
      {operation.summary === null ? null : <p>{operation.summary}</p>}
      <div className={styles.log}>
        <Facts
          wrap
          items={[
            { term: 'State', value: look.word },
            environmentId === null
              ? null
              : {
                  term: 'On',
                  value: (
                    <button
                      type="button"
                      className="link"
                      onClick={() => navigate({ page: 'stack', environmentId, service: null, tab: null })}
                    >
                      {environmentId}
                    </button>
                  ),
                },
            started === null ? null : { term: 'Started by', value: started },
            why === null ? null : { term: 'Because', value: why },
            { term: 'Started', value: <Moment at={operation.startedAt ?? operation.createdAt} /> },
            { term: 'Took', value: tookWords(operation, now) || '–' },
            operation.resumed ? { term: 'Resumed', value: 'taken up again after a restart' } : null,
          ]}
        />
      </div>
      <ol className={styles.steps}>
        {operation.steps.map((step) => (
          <li key={step.name}>
            <ToneGlyph tone={stepLooks[step.state].tone} shape={stepLooks[step.state].shape} />
            <span className="trunc" title={step.detail ?? step.title}>
              {step.title} {step.detail === null ? null : <span className="t3 small">{step.detail}</span>}
            </span>
            <span className="t3 small tn">{tookWords(step, now) || stepLooks[step.state].word}</span>
          </li>
        ))}
      </ol>
      <div className={styles.log}>
        <div className="row">
          <h3 className="grow">Log</h3>
          {log.data === null || log.data.length === 0 ? null : (
            <CopyButton
              text={() => (log.data ?? []).map((one) => `${one.at} ${one.step ?? ''} ${one.text}`).join('\n')}
            />
          )}
        </div>
        {log.error === null ? null : (
          <ErrorNotice
            error={log.error}
            actions={
              <Button size="small" onClick={log.refetch}>
                Try again
              </Button>
            }
          />
        )}
        {log.data === null ? null : log.data.length === 0 ? (
          <p className="t3 small">It wrote nothing.</p>
        ) : (
          <ScrollRegion label="Log" className={styles.lines}>
            {log.data.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines only ever join at the end
              <p key={index} className="mono-11">
                <span className="t3">{line.at.slice(11, 19)} </span>
                {line.text}
              </p>
            ))}
          </ScrollRegion>
        )}
      </div>
    </Panel>
  );
}
