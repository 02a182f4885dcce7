import { linkedSignal } from '../streams/linked-signal.ts';
import type { HealthDeps } from './health-parts.ts';
import type { HealthStore } from './health-store.ts';
import type { WatchBook } from './watch-book.ts';

export interface IncidentNotesDeps {
  readonly book: WatchBook;
  readonly store: Pick<HealthStore, 'note'>;
  readonly lastLine: HealthDeps['lastLine'];
  /** Makes of a function one that does not throw, and does nothing once the watch has ended. */
  readonly guarded: <A extends unknown[]>(run: (...args: A) => void) => (...args: A) => void;
  readonly signal: AbortSignal;
}

/** What is written into incidents beside the rules: what happened, what was told and done, the telling line. */
export interface IncidentNotes {
  /** Into the incidents that go on, or that this just ended. Service null: of all of the environment. */
  note(environmentId: string | null, service: string | null, at: number, text: string): void;
  /** Looks for the line of the log that tells most about the end of a service. */
  findLine(environmentId: string, service: string): void;
}

const lineMs = 5000;

export function createIncidentNotes({ book, store, lastLine, guarded, signal }: IncidentNotesDeps): IncidentNotes {
  return {
    note(environmentId, service, at, text) {
      const incidents = environmentId === null ? [] : (book.get(environmentId)?.health.book.incidents ?? []);
      for (const { id, to, service: of, inhibitedBy } of incidents) {
        // What is said of all together is not about those that another one explains.
        const concerned = service === null ? inhibitedBy === null : of === service;
        if (concerned && (to === null || to >= at)) store.note(id, { at, text });
      }
    },
    findLine(environmentId, service) {
      const take = guarded((line: string | null) => {
        if (line === null) return;
        const incidents = book.get(environmentId)?.health.book.incidents ?? [];
        for (const incident of incidents)
          if (incident.to === null && incident.service === service && incident.logLine !== line)
            book.changeIncident(incident.id, { logLine: line });
      });
      const link = linkedSignal(signal, lineMs);
      lastLine(environmentId, service, link.signal)
        // Without a line the notice says what is known otherwise.
        .then(take, () => undefined)
        .finally(link.release);
    },
  };
}
