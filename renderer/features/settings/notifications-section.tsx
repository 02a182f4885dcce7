import type { ReactNode } from 'react';
import type { Settings } from '../../../shared/contract/settings.ts';
import { useAction, useAppState } from '../../client/hooks.ts';
import { useWatch, useWatchActions } from '../../client/use-watch.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { formatMoment } from '../../ui/format.ts';
import { isoOf } from '../../ui/incident-words.ts';
import { Lines, Section } from '../../ui/section.tsx';
import { useNow } from '../../ui/use-now.ts';
import { OnOff } from './on-off.tsx';
import { SettingLine } from './setting-line.tsx';
import styles from './settings.module.css';
import { TimeRange } from './time-range.tsx';

const usualQuiet = { fromMinute: 20 * 60, toMinute: 8 * 60 };

/** Who is told of what, and when not. */
export function NotificationsSection(): ReactNode {
  const settings = useAppState((state) => state.settings);
  const save = useAction();
  if (settings === null) return null;
  const { alerts } = settings;
  const set = (change: Partial<Settings>): void => {
    void save.run((client) => client.call((api, options) => api.settings.set(change, options)));
  };
  const setAlerts = (change: Partial<Settings['alerts']>): void => set({ alerts: { ...alerts, ...change } });
  return (
    <Section title="Notifications" note="at most one at a time per environment, with its cause and what to do">
      {save.error === null ? null : <ErrorNotice error={save.error} onDismiss={save.clear} />}
      <Lines>
        <SettingLine title="On the desktop" note="Off: they are shown on Today and at the tray icon only.">
          <OnOff
            label="On the desktop"
            value={settings.notifications}
            onChange={(notifications) => set({ notifications })}
          />
        </SettingLine>
        <SettingLine
          title="Degraded services too"
          note="Slow, or failing now and then. Off: only what is down is told."
        >
          <OnOff
            label="Degraded services too"
            value={alerts.degraded}
            onChange={(degraded) => setAlerts({ degraded })}
          />
        </SettingLine>
        <SettingLine
          title="Quiet hours"
          note="What happens then waits for one summary when they end. What is well again by then is left out."
        >
          <span className="row">
            {alerts.quietHours === null ? null : (
              <TimeRange
                label="Quiet hours"
                value={alerts.quietHours}
                onChange={(quietHours) => setAlerts({ quietHours })}
              />
            )}
            <OnOff
              label="Quiet hours"
              value={alerts.quietHours !== null}
              onChange={(on) => setAlerts({ quietHours: on ? usualQuiet : null })}
            />
          </span>
        </SettingLine>
        <Quiet />
      </Lines>
    </Section>
  );
}

/** What is muted, snoozed or not watched, each with a button that ends it. */
function Quiet(): ReactNode {
  const muted = useAppState((state) => state.settings.alerts.muted) ?? [];
  const watch = useWatch();
  const now = useNow();
  const actions = useWatchActions();
  const until = (at: number): string => `until ${formatMoment(isoOf(at), now)}`;
  const lines = [
    ...muted.map(({ environment, service }) => ({
      key: `muted ${environment} ${service}`,
      name: service === null ? environment : `${service} of ${environment}`,
      note: 'muted',
      label: 'Unmute',
      end: () => actions.mute(environment, service, false),
    })),
    ...watch.snoozes
      .filter((one) => one.until > now)
      .map(({ environment, service, until: at }) => ({
        key: `snoozed ${environment} ${service}`,
        name: service === null ? environment : `${service} of ${environment}`,
        note: `snoozed ${until(at)}`,
        label: 'End',
        end: () => actions.snooze(environment, service, null),
      })),
    ...Object.entries(watch.pausedUntil)
      .filter(([, at]) => at > now)
      .map(([environment, at]) => ({
        key: `paused ${environment}`,
        name: environment === '*' ? 'Everything' : environment,
        note: `not watched ${until(at)}`,
        label: 'Watch',
        end: () => actions.pause(environment === '*' ? null : environment, null),
      })),
  ];
  return (
    <li className={styles.quiet}>
      <span>Kept quiet</span>
      {actions.error === null ? null : <ErrorNotice error={actions.error} onDismiss={actions.clear} />}
      {lines.length === 0 ? (
        <p>Nothing. A service is muted or snoozed from its menu on the stack&apos;s page.</p>
      ) : (
        <ul>
          {lines.map((line) => (
            <li key={line.key}>
              <span className="trunc">{line.name}</span>
              <span className="t3 small">{line.note}</span>
              <span className="grow" />
              <Button size="small" kind="ghost" aria-label={`${line.label} ${line.name}`} onClick={line.end}>
                {line.label}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
