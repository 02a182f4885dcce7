import type { ReactNode } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { RoutineRun } from '../../../shared/contract/routines.ts';
import { cx } from '../../ui/cx.ts';
import { healthLook } from '../../ui/health.ts';
import { HealthGlyph, ToneGlyph } from '../../ui/health-glyph.tsx';
import { reasonLook, uniqueReasons } from '../../ui/routine-words.ts';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { History } from './history.tsx';
import styles from './side.module.css';

/** Beside the run: what it found so far, how the services are, and how earlier runs went. */
export function RunSide(props: {
  readonly run: RoutineRun;
  readonly environment: EnvironmentView | null;
  readonly onService: (service: string) => void;
}): ReactNode {
  const { run, environment } = props;
  const reasons = uniqueReasons(run.reasons);
  return (
    <aside className={styles.side} aria-label="So far">
      <ScrollRegion label="Remarks, services and earlier runs" className={styles.scroll}>
        {run.state === 'ended' || reasons.length === 0 ? null : (
          <section aria-label="Remarks so far">
            <h3>Remarks so far</h3>
            <ul>
              {reasons.map((reason) => (
                <li key={`${reason.kind} ${reason.title}`} className={styles.remark}>
                  <ToneGlyph {...reasonLook(reason)} />
                  <span>
                    <b>{reason.title}</b>
                    {reason.detail}
                  </span>
                </li>
              ))}
            </ul>
          </section>
        )}
        {environment === null || environment.services.length === 0 ? null : (
          <section aria-label="Services">
            <h3>Services</h3>
            <ul>
              {environment.services.map((service) => {
                const look = healthLook(service.health, environment.stale);
                return (
                  <li key={service.name}>
                    <button
                      type="button"
                      data-focus="inside"
                      className={styles.service}
                      onClick={() => props.onService(service.name)}
                    >
                      <HealthGlyph state={service.health} stale={environment.stale} size={10} />
                      <span className="trunc">{service.name}</span>
                      <span className={cx('t3', 'nowrap')}>{look.word.toLowerCase()}</span>
                    </button>
                  </li>
                );
              })}
            </ul>
          </section>
        )}
        <History environmentId={run.environmentId} routine={run.routine} runId={run.id} />
      </ScrollRegion>
    </aside>
  );
}
