import { explain, type ProposedAction, stateClause } from '../../shared/domain/health-explain.ts';
import type { Incident } from '../../shared/domain/incident-types.ts';
import { formatDuration } from './format.ts';
import { healthLook, type Shape, type Tone } from './health.ts';

/** Local time minus UTC, in minutes, at a moment. */
export const utcOffset = (at: number): number => -new Date(at).getTimezoneOffset();

export const isOpen = (incident: Incident): boolean => incident.to === null;

/** What it is about: a service, an environment, or the machine. */
export const incidentSubject = (incident: Incident): string =>
  incident.service ?? (incident.cause?.kind === 'disk-full' ? 'The disk' : (incident.environment ?? 'This machine'));

/** `redpanda is down`, `redpanda was down`. */
export function incidentTitle(incident: Incident): string {
  const subject = incidentSubject(incident);
  if (incident.cause?.kind === 'disk-full') return `${subject} ${isOpen(incident) ? 'is' : 'was'} full`;
  if (isOpen(incident)) return `${subject} ${stateClause(incident.state)}`;
  return `${subject} ${stateClause(incident.worst)
    .replace(/^is /, 'was ')
    .replace(/^keeps going/, 'kept going')
    .replace(/^cannot/, 'could not')}`;
}

/** Colour and shape while it lasts; over, it is an empty ring. */
export function incidentLook(incident: Incident): {
  readonly tone: Tone;
  readonly shape: Shape;
  readonly word: string;
} {
  if (!isOpen(incident)) return { tone: 'idle', shape: 'ring', word: 'Over' };
  return healthLook(incident.state);
}

/** Why, in one sentence; null when nothing is known. */
export function incidentCause(incident: Incident): string | null {
  return incident.cause === null ? null : explain(incident.cause, utcOffset(incident.cause.at)).sentence;
}

export function incidentAction(incident: Incident): ProposedAction | null {
  return incident.cause === null ? null : explain(incident.cause, utcOffset(incident.cause.at)).action;
}

/** How long it lasted, or has lasted. */
export const lastedWords = (incident: Incident, now: number): string =>
  formatDuration(Math.max(0, (incident.to ?? now) - incident.from));

export const isoOf = (at: number): string => new Date(at).toISOString();
