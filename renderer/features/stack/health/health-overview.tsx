import type { ReactNode } from 'react';
import type { CheckView } from '../../../../shared/contract/health.ts';
import { useWatch, useWatchActions } from '../../../client/use-watch.ts';
import { Moment } from '../../../ui/ago.tsx';
import { Button } from '../../../ui/button.tsx';
import { Facts } from '../../../ui/facts.tsx';
import { formatMoment } from '../../../ui/format.ts';
import { ToneGlyph } from '../../../ui/health-glyph.tsx';
import { isoOf } from '../../../ui/incident-words.ts';
import { useNow } from '../../../ui/use-now.ts';
import { useWorkbenchActions } from '../../../ui/workbench.ts';
import { counterWords, probeWords, recoveryWords } from '../check-words.ts';
import styles from './health.module.css';
import { LastCheck } from './last-check.tsx';

/** What the watch knows of a service, in a few lines. */
export function HealthOverview(props: { readonly environmentId: string; readonly check: CheckView | null }): ReactNode {
  const { environmentId, check } = props;
  const watch = useWatch();
  const actions = useWatchActions();
  const now = useNow();
  const { navigate } = useWorkbenchActions();
  if (check === null) return null;
  const { service } = check;
  const quiet = watch.snoozes.find(
    (one) => one.environment === environmentId && (one.service === service || one.service === null) && one.until > now,
  );
  const wanted = watch.tellWhenHealthy.some((one) => one.environment === environmentId && one.service === service);
  return (
    <div className={styles.overview}>
      <LastCheck check={check} />
      {check.hostCommand === undefined || check.hostCommand.allowed ? null : (
        <p className={styles.waits}>
          <ToneGlyph tone="degraded" shape="triangle" size={10} />
          <span className="grow">Its check waits for you to allow a command.</span>
          <Button size="small" onClick={() => navigate({ page: 'stack', environmentId, service, tab: 'health' })}>
            Look at it
          </Button>
        </p>
      )}
      <Facts
        wrap
        items={[
          { term: 'Checked by', value: probeWords(check.probe) },
          { term: 'So far', value: counterWords(check) },
          { term: 'When down', value: recoveryWords[check.recovery] },
          check.breakerOpenSince === null
            ? null
            : {
                term: 'Restarts',
                value: (
                  <>
                    stopped by themselves at <Moment at={isoOf(check.breakerOpenSince)} />: they did not help
                  </>
                ),
              },
          check.muted || quiet !== undefined || wanted
            ? {
                term: 'Notices',
                value: (
                  <span className={styles.quiet}>
                    {check.muted
                      ? 'muted'
                      : wanted
                        ? 'one when it is healthy again'
                        : `snoozed until ${formatMoment(isoOf(quiet?.until ?? now), now)}`}
                    {check.muted ? null : (
                      <Button
                        size="small"
                        kind="ghost"
                        onClick={() =>
                          wanted
                            ? actions.tellWhenHealthy(environmentId, service, false)
                            : actions.snooze(environmentId, quiet?.service ?? null, null)
                        }
                      >
                        End
                      </Button>
                    )}
                  </span>
                ),
              }
            : null,
        ]}
      />
    </div>
  );
}
