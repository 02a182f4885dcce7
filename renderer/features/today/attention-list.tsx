import { Check, Ellipsis } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Notice, NoticeAction } from '../../../shared/domain/alert-types.ts';
import type { Incident } from '../../../shared/domain/incident-types.ts';
import { useWatchActions } from '../../client/use-watch.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { incidentCause, incidentLook, incidentTitle, lastedWords } from '../../ui/incident-words.ts';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { Section } from '../../ui/section.tsx';
import { actionLabels, useNoticeAction } from '../../ui/use-notice-action.ts';
import { WatchMenuItems } from '../../ui/watch-menu.tsx';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import styles from './today.module.css';
import type { Concern, Troubles } from './troubles.ts';
import type { Attention } from './verdict.ts';

/** What somebody should look at: notices with all their buttons, incidents with the one that helps, the rest with a place. */
export function AttentionList(props: {
  readonly troubles: Troubles;
  readonly others: readonly Attention[];
  readonly now: number;
}): ReactNode {
  const { troubles, others, now } = props;
  const { navigate } = useWorkbenchActions();
  const action = useNoticeAction();
  const watch = useWatchActions();
  const total = troubles.notices.length + troubles.incidents.length + others.length;
  const error = action.error ?? watch.error;
  return (
    <Section title="Needs attention" note={total === 0 ? undefined : String(total)}>
      {error === null ? null : (
        <ErrorNotice
          error={error}
          onDismiss={() => {
            action.clear();
            watch.clear();
          }}
        />
      )}
      {total === 0 ? (
        <p className="t2 row">
          <Check size={14} strokeWidth={1.9} className="t3" aria-hidden />
          Nothing right now.
        </p>
      ) : (
        <ul>
          {troubles.notices.map(({ notice, incident }) => (
            <NoticeSheet
              key={notice.id}
              notice={notice}
              incident={incident}
              busy={action.busy}
              onAction={(what) => action.start({ ...notice, noticeId: notice.id }, what)}
            />
          ))}
          {troubles.incidents.map(({ incident, waiting, act }) => (
            <IncidentItem
              key={incident.id}
              incident={incident}
              waiting={waiting}
              act={act}
              now={now}
              watch={watch}
              onAct={(what) => action.start(concernOf(incident), what)}
              onOpen={() => navigate({ page: 'incidents', incidentId: incident.id })}
            />
          ))}
          {others.map((one) => (
            <li key={one.id} className={styles.attention}>
              <ToneGlyph tone={one.tone} shape={one.tone === 'down' ? 'square' : 'triangle'} size={12} />
              <div>
                <span className="strong">{one.title}</span>
                <p>{one.cause}</p>
              </div>
              <Button size="small" onClick={() => navigate(one.route)} aria-label={`${one.action}: ${one.title}`}>
                {one.action}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

const concernOf = (incident: Incident): Concern => ({
  environment: incident.environment,
  service: incident.service,
  noticeId: null,
});

/** A notice as the desktop shows it, with the same buttons. */
function NoticeSheet(props: {
  readonly notice: Notice;
  readonly incident: Incident | null;
  readonly busy: boolean;
  readonly onAction: (action: NoticeAction) => void;
}): ReactNode {
  const { notice, incident } = props;
  const { navigate } = useWorkbenchActions();
  const watch = useWatchActions();
  const look = incident === null ? null : incidentLook(incident);
  const log = incident?.logLine ?? null;
  return (
    <li className={styles.sheet}>
      <ToneGlyph
        tone={look?.tone ?? (notice.urgency === 'low' ? 'idle' : 'degraded')}
        shape={look?.shape ?? (notice.urgency === 'low' ? 'ring' : 'triangle')}
        size={12}
      />
      <div className={styles.sheetText}>
        <p className="strong">{notice.title}</p>
        {notice.lines
          .filter((line) => line !== log)
          .map((line) => (
            <p key={line}>{line}</p>
          ))}
        {log === null ? null : (
          <p className="mono-11 trunc" title={log}>
            {log}
          </p>
        )}
      </div>
      <div className={styles.sheetActions}>
        {notice.actions.map((action, index) => (
          <Button
            key={action}
            size="small"
            kind={index === 0 ? 'plain' : 'ghost'}
            busy={props.busy && action === 'restart'}
            aria-label={`${actionLabels[action]}: ${notice.title}`}
            onClick={() => props.onAction(action)}
          >
            {actionLabels[action]}
          </Button>
        ))}
        <span className="grow" />
        {incident === null ? null : (
          <Menu trigger={<IconButton label={`More for ${notice.title}`} icon={Ellipsis} />}>
            <MenuItem onSelect={() => navigate({ page: 'incidents', incidentId: incident.id })}>
              Open the incident
            </MenuItem>
            <MenuItem
              disabled={incident.acknowledgedAt !== null}
              hint={incident.acknowledgedAt === null ? 'no reminder' : 'done'}
              onSelect={() => watch.acknowledge(incident.id)}
            >
              Acknowledge
            </MenuItem>
            {incident.environment === null ? null : (
              <>
                <MenuSeparator />
                <WatchMenuItems environmentId={incident.environment} service={incident.service} wrong actions={watch} />
              </>
            )}
          </Menu>
        )}
      </div>
    </li>
  );
}

function IncidentItem(props: {
  readonly incident: Incident;
  readonly waiting: string | null;
  readonly act: NoticeAction;
  readonly now: number;
  readonly watch: ReturnType<typeof useWatchActions>;
  readonly onAct: (action: NoticeAction) => void;
  readonly onOpen: () => void;
}): ReactNode {
  const { incident, act, watch } = props;
  const look = incidentLook(incident);
  const title = incidentTitle(incident);
  return (
    <li className={styles.attention}>
      <ToneGlyph tone={look.tone} shape={look.shape} size={12} />
      <div>
        <button type="button" className={styles.open} onClick={props.onOpen}>
          {title}
        </button>
        <p>
          {incidentCause(incident) ?? 'Its log may say why.'} {props.waiting}
        </p>
        <p className="t3">
          {incident.environment === null ? '' : `${incident.environment}, `}for {lastedWords(incident, props.now)}
          {incident.acknowledgedAt === null ? '' : ', acknowledged'}
        </p>
      </div>
      <span className="row">
        <Button size="small" aria-label={`${actionLabels[act]}: ${title}`} onClick={() => props.onAct(act)}>
          {actionLabels[act]}
        </Button>
        <Menu trigger={<IconButton label={`More for ${title}`} icon={Ellipsis} />}>
          <MenuItem onSelect={props.onOpen}>Open the incident</MenuItem>
          <MenuItem disabled={incident.acknowledgedAt !== null} onSelect={() => watch.acknowledge(incident.id)}>
            Acknowledge
          </MenuItem>
          {incident.environment === null ? null : (
            <>
              <MenuSeparator />
              <WatchMenuItems environmentId={incident.environment} service={incident.service} wrong actions={watch} />
            </>
          )}
        </Menu>
      </span>
    </li>
  );
}
