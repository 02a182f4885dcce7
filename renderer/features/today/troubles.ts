import type { WatchState } from '../../../shared/contract/health.ts';
import type { Notice, NoticeAction } from '../../../shared/domain/alert-types.ts';
import type { Incident } from '../../../shared/domain/incident-types.ts';
import { listed } from '../../ui/format.ts';
import { healthLook } from '../../ui/health.ts';
import { incidentAction } from '../../ui/incident-words.ts';

export type { Concern } from '../../ui/use-notice-action.ts';

export interface Troubles {
  /** Live notices about something that lasts, with the incident they are about where it is one. */
  readonly notices: readonly { readonly notice: Notice; readonly incident: Incident | null }[];
  /** Open incidents that no notice shows: muted, snoozed or not told of yet. */
  readonly incidents: readonly {
    readonly incident: Incident;
    /** `api and web wait for it.` */
    readonly waiting: string | null;
    readonly act: NoticeAction;
  }[];
  /** `environment/service` of everything that has an open incident, also of what only waits for another. */
  readonly covered: ReadonlySet<string>;
}

/** What the watch found that lasts, each thing once: roots with those that wait for them, worst first. */
export function troubles(watch: WatchState): Troubles {
  const open = watch.incidents.filter((one) => one.to === null);
  const roots = open.filter((one) => one.inhibitedBy === null);
  const waitingFor = (root: Incident): string | null => {
    const names = open
      .filter((one) => one.environment === root.environment && one.inhibitedBy === root.service && one.service !== null)
      .map((one) => one.service as string);
    return names.length === 0 ? null : `${listed(names)} ${names.length === 1 ? 'waits' : 'wait'} for it.`;
  };
  const notices = watch.notices.filter(lasts).map((notice) => ({
    notice,
    incident: roots.find((one) => one.environment === notice.environment && one.service === notice.service) ?? null,
  }));
  const told = (incident: Incident): boolean =>
    notices.some(({ incident: shown }) => shown !== null && shown.id === incident.id);
  const incidents = roots
    .filter((one) => !told(one))
    .map((incident) => ({ incident, waiting: waitingFor(incident), act: actFor(incident) }))
    .sort((a, b) => weight(b.incident) - weight(a.incident) || b.incident.from - a.incident.from);
  return {
    notices,
    incidents,
    covered: new Set(open.map((one) => `${one.environment}/${one.service}`)),
  };
}

const weight = (incident: Incident): number =>
  (incident.acknowledgedAt === null ? 2 : 0) + (healthLook(incident.state).tone === 'down' ? 1 : 0);

/** Something is wrong, did not begin, or waits for an answer. What only tells that all is well does not. */
function lasts({ reason, urgency }: Notice): boolean {
  return (
    reason === 'incident' || reason === 'repeat' || reason === 'idle' || (reason === 'routine' && urgency !== 'low')
  );
}

/** The one thing to do about it, as a button. */
function actFor(incident: Incident): NoticeAction {
  const kind = incidentAction(incident)?.kind;
  if (kind === undefined) return 'open';
  return kind === 'start' ? 'restart' : kind;
}
