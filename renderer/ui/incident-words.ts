import { explain, type ProposedAction } from '../../shared/domain/health-explain.ts';
import type { Incident } from '../../shared/domain/incident-types.ts';
import { incidentReason } from '../../shared/domain/incident-words.ts';
import { formatDuration } from './format.ts';
import { healthLook, type Shape, type Tone } from './health.ts';

export { incidentSubject, incidentTitle } from '../../shared/domain/incident-words.ts';

/** Local time minus UTC, in minutes, at a moment. */
export const utcOffset = (at: number): number => -new Date(at).getTimezoneOffset();

export const isOpen = (incident: Incident): boolean => incident.to === null;

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
  return incidentReason(incident, utcOffset(incident.cause?.at ?? incident.from));
}

export function incidentAction(incident: Incident): ProposedAction | null {
  return incident.cause === null ? null : explain(incident.cause, utcOffset(incident.cause.at)).action;
}

/** How long it lasted, or has lasted. */
export const lastedWords = (incident: Incident, now: number): string =>
  formatDuration(Math.max(0, (incident.to ?? now) - incident.from));

export const isoOf = (at: number): string => new Date(at).toISOString();
