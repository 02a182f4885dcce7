import type { ReactNode } from 'react';
import type { OperationView } from '../../../../shared/contract/operations.ts';
import { useOperations, useQuery } from '../../../client/hooks.ts';
import { Moment } from '../../../ui/ago.tsx';
import { ToneGlyph } from '../../../ui/health-glyph.tsx';
import { operationLook, resultWords } from '../../../ui/operation-look.ts';
import { Section } from '../../../ui/section.tsx';
import { capital, starterReason } from '../../../ui/starter-words.ts';
import { useRefresh } from '../../../ui/use-refresh.ts';
import { useWorkbenchActions } from '../../../ui/workbench.ts';
import styles from './health.module.css';

/** What recovery did for a service, newest first. */
export function useAutomatic(environmentId: string, service: string): readonly OperationView[] {
  const live = useOperations().filter(
    (one) => one.environmentId === environmentId && one.startedBy?.who === 'recovery',
  );
  const query = useQuery(`recovery ${environmentId}`, (api, options) =>
    api.operations.list({ environmentId, startedBy: ['recovery'], limit: 200 }, options),
  );
  useRefresh(live.map((one) => `${one.id} ${one.state}`).join('\n'), query.refetch);
  return (query.data ?? []).filter((one) => one.startedBy?.service === service);
}

/** Nothing is shown where nothing was ever done by itself. */
export function AutomaticActions(props: {
  readonly environmentId: string;
  readonly service: string;
  readonly most: number;
}): ReactNode {
  const all = useAutomatic(props.environmentId, props.service);
  const { navigate } = useWorkbenchActions();
  if (all.length === 0) return null;
  return (
    <Section title="Done by itself" note={String(all.length)}>
      <ul>
        {all.slice(0, props.most).map((one) => {
          const look = operationLook(one);
          const reason = starterReason(one.startedBy);
          return (
            <li key={one.id}>
              <button
                type="button"
                data-focus="inside"
                className={styles.incident}
                onClick={() => navigate({ page: 'activity', operationId: one.id })}
              >
                <ToneGlyph tone={look.tone} shape={look.shape} size={10} />
                <span>
                  <span className="strong">{one.title}</span>
                  {reason === null ? null : <span className={styles.why}>{capital(reason)}</span>}
                  <span className={styles.why}>{resultWords(one) || look.word}</span>
                </span>
                <span className="t3 small tn num">
                  <Moment at={one.startedAt ?? one.createdAt} />
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
