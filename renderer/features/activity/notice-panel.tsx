import { ScrollText } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Notice } from '../../../shared/domain/alert-types.ts';
import type { Incident } from '../../../shared/domain/incident-types.ts';
import { useWatch, useWatchActions } from '../../client/use-watch.ts';
import { Moment } from '../../ui/ago.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Facts } from '../../ui/facts.tsx';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { incidentLook, isoOf, lastedWords } from '../../ui/incident-words.ts';
import { Panel } from '../../ui/panel.tsx';
import { actionLabels, useNoticeAction } from '../../ui/use-notice-action.ts';
import { useNow } from '../../ui/use-now.ts';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import styles from './activity.module.css';
import { IncidentPanel } from './incident-panel.tsx';
import { QuietChoices } from './quiet-choices.tsx';

/** The open incident that a notice is about, when it is about one. */
export const incidentOf = (notice: Notice, incidents: readonly Incident[]): Incident | undefined =>
  incidents.find(
    (one) =>
      one.to === null &&
      one.inhibitedBy === null &&
      one.environment === notice.environment &&
      (notice.service === null || one.service === notice.service),
  );

/** A notice as the desktop shows it, with everything that can be done about it. */
export function NoticePanel(props: { readonly noticeId: string; readonly onClose: () => void }): ReactNode {
  const { notices, incidents } = useWatch();
  const notice = notices.find((one) => one.id === props.noticeId);
  const [last, setLast] = useState(notice);
  if (notice !== undefined && notice !== last) setLast(notice);
  // Whoever acts on a notice takes it away; what it was about stays in view.
  const incident = last === undefined ? undefined : incidentOf(last, incidents);
  if (notice === undefined && incident !== undefined)
    return <IncidentPanel key={incident.id} incident={incident} onClose={props.onClose} />;
  if (notice === undefined)
    return (
      <Panel label="Notice" title="This notice is over" takeFocus onClose={props.onClose}>
        <p className="t2">What it told of has passed, or somebody has seen to it. What goes on is in the list.</p>
      </Panel>
    );
  return <LiveNotice notice={notice} onClose={props.onClose} />;
}

function LiveNotice(props: { readonly notice: Notice; readonly onClose: () => void }): ReactNode {
  const { notice } = props;
  const { environment, service } = notice;
  const { navigate, openLogs } = useWorkbenchActions();
  const action = useNoticeAction();
  const watch = useWatchActions();
  const incident = incidentOf(notice, useWatch().incidents);
  const now = useNow();
  const look = incident === undefined ? null : incidentLook(incident);
  const log = incident?.logLine ?? null;
  const error = action.error ?? watch.error;
  // Snoozing has its choices below.
  const shown = notice.actions.filter((one) => one !== 'snooze');
  return (
    <Panel
      label={notice.title}
      title={
        <>
          <ToneGlyph
            tone={look?.tone ?? (notice.urgency === 'low' ? 'idle' : 'degraded')}
            shape={look?.shape ?? (notice.urgency === 'low' ? 'ring' : 'triangle')}
            size={12}
          />
          <span className="trunc" title={notice.title}>
            {notice.title}
          </span>
        </>
      }
      takeFocus
      onClose={props.onClose}
    >
      {error === null ? null : <ErrorNotice error={error} />}
      <div className={styles.noticeText}>
        {notice.lines
          .filter((line) => line !== log)
          .map((line) => (
            <p key={line} className="sel">
              {line}
            </p>
          ))}
      </div>
      {log === null ? null : (
        <button
          type="button"
          className={styles.logLine}
          disabled={environment === null}
          title="Show its log"
          onClick={() => environment !== null && openLogs(environment, service === null ? undefined : [service])}
        >
          <ScrollText size={13} strokeWidth={1.9} aria-hidden />
          <span className="mono-11">{log}</span>
        </button>
      )}
      {shown.length === 0 ? null : (
        <div className={styles.actions}>
          {shown.map((one, index) => (
            <Button
              key={one}
              kind={index === 0 ? 'primary' : 'ghost'}
              busy={action.busy && one === 'restart'}
              onClick={() => action.start({ environment, service, noticeId: notice.id }, one)}
            >
              {actionLabels[one]}
            </Button>
          ))}
        </div>
      )}
      {environment === null ? null : (
        <QuietChoices environmentId={environment} service={service} wrong={incident !== undefined} actions={watch} />
      )}
      <div className={styles.log}>
        <Facts
          wrap
          items={[
            { term: 'Told', value: <Moment at={isoOf(notice.at)} /> },
            incident === undefined ? null : { term: 'Lasts', value: lastedWords(incident, now) },
            environment === null
              ? null
              : {
                  term: 'On',
                  value: (
                    <button
                      type="button"
                      className="link"
                      onClick={() => navigate({ page: 'stack', environmentId: environment, service, tab: null })}
                    >
                      {service === null ? environment : `${service} of ${environment}`}
                    </button>
                  ),
                },
            incident === undefined
              ? null
              : {
                  term: 'Incident',
                  value: (
                    <button
                      type="button"
                      className="link"
                      onClick={() => navigate({ page: 'incidents', incidentId: incident.id })}
                    >
                      Show what happened
                    </button>
                  ),
                },
            incident === undefined || incident.acknowledgedAt === null
              ? null
              : { term: 'Seen', value: <Moment at={isoOf(incident.acknowledgedAt)} /> },
          ]}
        />
      </div>
    </Panel>
  );
}
