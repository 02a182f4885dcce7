import type { ReactNode } from 'react';
import { useQuery } from '../../../client/hooks.ts';
import { useWatch } from '../../../client/use-watch.ts';
import { Moment } from '../../../ui/ago.tsx';
import { ToneGlyph } from '../../../ui/health-glyph.tsx';
import { incidentCause, incidentLook, incidentTitle, isoOf, lastedWords } from '../../../ui/incident-words.ts';
import { Section } from '../../../ui/section.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { useRefresh } from '../../../ui/use-refresh.ts';
import { useWorkbenchActions } from '../../../ui/workbench.ts';
import styles from './health.module.css';

/** When this service was not well, newest first. */
export function ServiceIncidents(props: { readonly environmentId: string; readonly service: string }): ReactNode {
  const { environmentId, service } = props;
  const { navigate } = useWorkbenchActions();
  const now = useNow();
  const live = useWatch().incidents;
  const query = useQuery(`incidents ${environmentId}`, (api, options) =>
    api.incidents.list({ environmentId, limit: 200 }, options),
  );
  const sign = live.map((one) => `${one.id} ${one.to} ${one.state}`).join('\n');
  useRefresh(sign, query.refetch);
  const own = (query.data ?? []).filter((one) => one.service === service);
  return (
    <Section title="Incidents" note={own.length === 0 ? undefined : String(own.length)}>
      {own.length === 0 ? <p className="t3 small">{query.data === null ? '' : 'None so far.'}</p> : null}
      <ul>
        {own.slice(0, 50).map((incident) => {
          const look = incidentLook(incident);
          return (
            <li key={incident.id}>
              <button
                type="button"
                data-focus="inside"
                className={styles.incident}
                onClick={() => navigate({ page: 'incidents', incidentId: incident.id })}
              >
                <ToneGlyph tone={look.tone} shape={look.shape} size={10} />
                <span>
                  <span className="strong">{incidentTitle(incident)}</span>
                  <span className={styles.why}>{incidentCause(incident) ?? 'Its cause is not known.'}</span>
                </span>
                <span className="t3 small tn num">
                  <Moment at={isoOf(incident.from)} />
                  <br />
                  {lastedWords(incident, now)}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
