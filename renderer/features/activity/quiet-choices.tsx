import { BellOff, BellRing, Clock } from 'lucide-react';
import type { ReactNode } from 'react';
import { useAppState } from '../../client/hooks.ts';
import { useWatch, type WatchActions } from '../../client/use-watch.ts';
import { Button } from '../../ui/button.tsx';
import { formatMoment } from '../../ui/format.ts';
import { isoOf } from '../../ui/incident-words.ts';
import { useNow } from '../../ui/use-now.ts';
import { snoozes } from '../../ui/watch-menu.tsx';
import styles from './activity.module.css';

/** How to hear less: not for a while, not at all, or once when it is well. Service null: the whole environment. */
export function QuietChoices(props: {
  readonly environmentId: string;
  readonly service: string | null;
  /** It is not well now: worth offering to be told when it is. */
  readonly wrong: boolean;
  readonly actions: WatchActions;
}): ReactNode {
  const { environmentId, service, actions } = props;
  const now = useNow();
  const watch = useWatch();
  const isThis = (one: { readonly environment: string; readonly service: string | null }): boolean =>
    one.environment === environmentId && one.service === service;
  const muted = useAppState((app) => app.settings.alerts.muted.some(isThis)) === true;
  const snoozed = watch.snoozes.find((one) => isThis(one) && one.until > now);
  const wanted = watch.tellWhenHealthy.some(isThis);
  return (
    <section className={styles.log} aria-label={`Notices about ${service ?? environmentId}`}>
      <h3>Notices about {service ?? 'the whole stack'}</h3>
      <div className={styles.quiet}>
        <div className={styles.quietRow}>
          <Clock size={13} strokeWidth={1.9} className="t3" aria-hidden />
          {snoozed === undefined ? (
            <>
              <span className="t2 small">Snooze</span>
              {snoozes.map(({ label, until }) => (
                <Button
                  key={label}
                  size="small"
                  aria-label={`Snooze: ${label}`}
                  onClick={() => actions.snooze(environmentId, service, until(Date.now()))}
                >
                  {label}
                </Button>
              ))}
            </>
          ) : (
            <>
              <span className="t2 small">Snoozed until {formatMoment(isoOf(snoozed.until), now)}</span>
              <Button size="small" onClick={() => actions.snooze(environmentId, service, null)}>
                End the snooze
              </Button>
            </>
          )}
        </div>
        <div className={styles.quietRow}>
          {service === null || (!props.wrong && !wanted) ? null : (
            <Button
              size="small"
              icon={BellRing}
              onClick={() => actions.tellWhenHealthy(environmentId, service, !wanted)}
            >
              {wanted ? 'Do not tell me when healthy' : 'Tell me when healthy'}
            </Button>
          )}
          <Button size="small" icon={BellOff} onClick={() => actions.mute(environmentId, service, !muted)}>
            {muted ? 'Unmute' : 'Mute'}
          </Button>
        </div>
      </div>
    </section>
  );
}
