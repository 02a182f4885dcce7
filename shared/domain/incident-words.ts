import { explain, stateClause } from './health-explain.ts';
import type { Incident } from './incident-types.ts';

/** What it is about: a service, an environment, or the machine. */
export const incidentSubject = (incident: Incident): string =>
  incident.service ?? (incident.cause?.kind === 'disk-full' ? 'The disk' : (incident.environment ?? 'This machine'));

/** `redpanda is down`, `redpanda was down`. */
export function incidentTitle(incident: Incident): string {
  const subject = incidentSubject(incident);
  const open = incident.to === null;
  if (incident.cause?.kind === 'disk-full') return `${subject} ${open ? 'is' : 'was'} full`;
  if (open) return `${subject} ${stateClause(incident.state)}`;
  return `${subject} ${stateClause(incident.worst)
    .replace(/^is /, 'was ')
    .replace(/^keeps going/, 'kept going')
    .replace(/^cannot/, 'could not')}`;
}

/** Why, in one sentence; null when nothing is known. `utcOffsetMinutes`: local time minus UTC at its cause. */
export function incidentReason(incident: Incident, utcOffsetMinutes: number): string | null {
  return incident.cause === null ? null : explain(incident.cause, utcOffsetMinutes).sentence;
}
