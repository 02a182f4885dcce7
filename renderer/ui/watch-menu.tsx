import { Bell, BellOff, BellRing, Clock } from 'lucide-react';
import type { ReactNode } from 'react';
import { useAppState } from '../client/hooks.ts';
import { useWatch, type WatchActions } from '../client/use-watch.ts';
import { formatMoment } from './format.ts';
import { isoOf } from './incident-words.ts';
import { MenuItem } from './menu.tsx';

const minute = 60_000;
const hour = 60 * minute;

/** The next morning at eight. */
export function tomorrowMorning(now: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1, 8).getTime();
}

/** For how long notices can be put off, from now. */
export const snoozes: readonly { readonly label: string; readonly until: (now: number) => number }[] = [
  { label: '15 min', until: (now) => now + 15 * minute },
  { label: '1 h', until: (now) => now + hour },
  { label: '4 h', until: (now) => now + 4 * hour },
  { label: 'Until tomorrow', until: tomorrowMorning },
];

/** How loud a service is: tell when healthy, snooze, mute. Goes into a menu. Service null: the whole environment. */
export function WatchMenuItems(props: {
  readonly environmentId: string;
  readonly service: string | null;
  /** It is not well now: worth offering to be told when it is. */
  readonly wrong?: boolean;
  readonly actions: WatchActions;
}): ReactNode {
  const { environmentId, service, actions } = props;
  const watch = useWatch();
  const muted =
    useAppState((state) =>
      state.settings.alerts.muted.some((one) => one.environment === environmentId && one.service === service),
    ) === true;
  const now = Date.now();
  const snoozed = watch.snoozes.find(
    (one) => one.environment === environmentId && one.service === service && one.until > now,
  );
  const wanted = watch.tellWhenHealthy.some((one) => one.environment === environmentId && one.service === service);
  return (
    <>
      {service === null || (props.wrong !== true && !wanted) ? null : (
        <MenuItem icon={BellRing} onSelect={() => actions.tellWhenHealthy(environmentId, service, !wanted)}>
          {wanted ? 'Do not tell me when healthy' : 'Tell me when healthy'}
        </MenuItem>
      )}
      {snoozed === undefined ? (
        snoozes.map(({ label, until }) => (
          <MenuItem key={label} icon={Clock} onSelect={() => actions.snooze(environmentId, service, until(now))}>
            Snooze {label.startsWith('Until') ? label.toLowerCase() : `for ${label}`}
          </MenuItem>
        ))
      ) : (
        <MenuItem
          icon={Clock}
          hint={`until ${formatMoment(isoOf(snoozed.until), now)}`}
          onSelect={() => actions.snooze(environmentId, service, null)}
        >
          End the snooze
        </MenuItem>
      )}
      <MenuItem icon={muted ? Bell : BellOff} onSelect={() => actions.mute(environmentId, service, !muted)}>
        {muted ? 'Unmute' : 'Mute'} {service ?? 'the whole stack'}
      </MenuItem>
    </>
  );
}
