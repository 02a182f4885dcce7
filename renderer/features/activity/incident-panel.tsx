import { Ellipsis, ScrollText } from 'lucide-react';
import type { ReactNode } from 'react';
import type { NoticeAction } from '../../../shared/domain/alert-types.ts';
import type { Incident } from '../../../shared/domain/incident-types.ts';
import { useQuery } from '../../client/hooks.ts';
import { useWatchActions } from '../../client/use-watch.ts';
import { Moment } from '../../ui/ago.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Facts } from '../../ui/facts.tsx';
import { healthLook } from '../../ui/health.ts';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { incidentCause, incidentLook, incidentTitle, isOpen, isoOf, lastedWords } from '../../ui/incident-words.ts';
import { Menu } from '../../ui/menu.tsx';
import { Panel } from '../../ui/panel.tsx';
import { actionLabels, useNoticeAction } from '../../ui/use-notice-action.ts';
import { useNow } from '../../ui/use-now.ts';
import { useRefresh } from '../../ui/use-refresh.ts';
import { WatchMenuItems } from '../../ui/watch-menu.tsx';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import styles from './activity.module.css';

const always: readonly NoticeAction[] = ['restart', 'logs', 'restore', 'snooze'];

/** One incident: why, since when, what happened within, and what can be done. */
export function IncidentPanel(props: { readonly incident: Incident; readonly onClose: () => void }): ReactNode {
  const { incident } = props;
  const { environment, service } = incident;
  const now = useNow();
  const { navigate, openLogs } = useWorkbenchActions();
  const action = useNoticeAction();
  const watch = useWatchActions();
  const details = useQuery(`incident ${incident.id}`, (api, options) =>
    api.incidents.get({ incidentId: incident.id }, options),
  );
  // What changed in it may have added to its events.
  useRefresh(`${incident.state} ${incident.to} ${incident.downs} ${incident.acknowledgedAt}`, details.refetch);
  const look = incidentLook(incident);
  const title = incidentTitle(incident);
  const open = isOpen(incident);
  const proposed = details.data?.action ?? null;
  const actions = environment === null ? [] : [...new Set([...(proposed === null ? [] : [proposed]), ...always])];
  const error = action.error ?? watch.error ?? details.error;
  const shown = open ? actions : actions.filter((one) => one === 'logs' || one === 'restore');
  const start = (what: NoticeAction): void => action.start({ environment, service, noticeId: null }, what);
  return (
    <Panel
      label={title}
      title={
        <>
          <ToneGlyph tone={look.tone} shape={look.shape} size={12} />
          <span className="trunc" title={title}>
            {title}
          </span>
        </>
      }
      actions={
        environment === null ? undefined : (
          <Menu trigger={<IconButton label="More for this incident" icon={Ellipsis} />}>
            <WatchMenuItems environmentId={environment} service={service} wrong={open} actions={watch} />
          </Menu>
        )
      }
      onClose={props.onClose}
    >
      {error === null ? null : <ErrorNotice error={error} />}
      <p className="sel">{details.data?.explanation ?? incidentCause(incident) ?? 'Nothing is known of its cause.'}</p>
      {incident.logLine === null ? null : (
        <button
          type="button"
          className={styles.logLine}
          disabled={environment === null}
          title="Show its log"
          onClick={() => environment !== null && openLogs(environment, service === null ? undefined : [service])}
        >
          <ScrollText size={13} strokeWidth={1.9} aria-hidden />
          <span className="mono-11">{incident.logLine}</span>
        </button>
      )}
      {shown.length === 0 && !open ? null : (
        <div className={styles.actions}>
          {shown.map((one, index) => (
            <Button
              key={one}
              kind={index === 0 && open ? 'primary' : index === 0 ? 'plain' : 'ghost'}
              busy={action.busy && one === 'restart'}
              onClick={() => start(one)}
            >
              {actionLabels[one]}
            </Button>
          ))}
          {open ? (
            <Button
              kind="ghost"
              disabled={incident.acknowledgedAt !== null}
              onClick={() => watch.acknowledge(incident.id)}
            >
              {incident.acknowledgedAt === null ? 'Acknowledge' : 'Acknowledged'}
            </Button>
          ) : null}
        </div>
      )}
      <div className={styles.log}>
        <Facts
          items={[
            { term: 'State', value: open ? healthLook(incident.state).word : 'Over' },
            incident.worst === incident.state && open
              ? null
              : { term: 'At its worst', value: healthLook(incident.worst).word },
            { term: 'Since', value: <Moment at={isoOf(incident.from)} /> },
            incident.to === null ? null : { term: 'Until', value: <Moment at={isoOf(incident.to)} /> },
            { term: open ? 'Lasts' : 'Lasted', value: lastedWords(incident, now) },
            incident.downs > 1 ? { term: 'Went down', value: `${incident.downs} times` } : null,
            incident.inhibitedBy === null ? null : { term: 'Explained by', value: incident.inhibitedBy },
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
            incident.acknowledgedAt === null
              ? null
              : { term: 'Acknowledged', value: <Moment at={isoOf(incident.acknowledgedAt)} /> },
          ]}
        />
      </div>
      <div className={styles.log}>
        <h3>What happened</h3>
        {details.data === null ? null : details.data.events.length === 0 ? (
          <p className="t3 small">Nothing was written down.</p>
        ) : (
          <ol className={styles.events}>
            {details.data.events.map((event) => (
              <li key={`${event.at} ${event.text}`}>
                <span className="t3">
                  <Moment at={isoOf(event.at)} />
                </span>
                <span className="sel">{event.text}</span>
              </li>
            ))}
          </ol>
        )}
      </div>
    </Panel>
  );
}
