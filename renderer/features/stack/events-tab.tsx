import type { ReactNode } from 'react';
import type { ServiceView } from '../../../shared/contract/environments.ts';
import type { OperationView } from '../../../shared/contract/operations.ts';
import { useQuery } from '../../client/hooks.ts';
import { useOperationFor } from '../../client/use-operation.ts';
import { Moment } from '../../ui/ago.tsx';
import { formatExact } from '../../ui/format.ts';
import { starterNote, starterReason, starterWords } from '../../ui/starter-words.ts';
import { lastChange } from './service-words.ts';
import styles from './stack.module.css';
import type { ObservedEvents } from './use-observed-events.ts';

interface Entry {
  readonly key: string;
  readonly at: string;
  readonly text: string;
  readonly note: string | null;
}

const ended: Partial<Record<OperationView['state'], string>> = { failed: 'failed', cancelled: 'was cancelled' };

/** What is known to be about another service is left out. */
const concerns =
  (service: string) =>
  ({ startedBy }: OperationView): boolean =>
    startedBy?.service == null || startedBy.service === service;

/** How it ended; of what was done by itself, why. */
function noteOf(operation: OperationView): string | null {
  const by = starterWords(operation.startedBy);
  const why = starterReason(operation.startedBy);
  const note = starterNote(operation.startedBy) === null ? null : `${by}${why === null ? '' : `, ${why}`}.`;
  const text = [operation.error?.message ?? operation.summary, note].filter((one) => one !== null).join(' ');
  return text === '' ? null : text;
}

/** What happened to a service: what its container tells, what this window saw, and what was done to its stack. */
export function EventsTab(props: {
  readonly environmentId: string;
  readonly service: ServiceView;
  readonly observed: ObservedEvents;
}): ReactNode {
  const { environmentId, service } = props;
  const running = useOperationFor(environmentId);
  // Read again whenever something starts or ends.
  const history = useQuery(`events ${environmentId} ${running?.id ?? ''}`, (api, options) =>
    api.operations.list({ environmentId, limit: 50 }, options),
  );
  const change = lastChange(service);
  const entries: Entry[] = [
    ...props.observed
      .filter((event) => event.service === service.name)
      .map((event, index) => ({ key: `seen ${index} ${event.at}`, at: event.at, text: event.text, note: null })),
    ...(change === null
      ? []
      : [
          {
            key: `container ${change.at}`,
            at: change.at,
            text: change.word.charAt(0).toUpperCase() + change.word.slice(1),
            note: null,
          },
        ]),
    ...(history.data ?? []).filter(concerns(service.name)).map((one) => ({
      key: one.id,
      at: one.endedAt ?? one.startedAt ?? one.createdAt,
      text: ended[one.state] === undefined ? one.title : `${one.title} ${ended[one.state]}`,
      note: noteOf(one),
    })),
  ].sort((a, b) => (a.at > b.at ? -1 : 1));
  if (entries.length === 0) return <p className="t3">Nothing has happened yet.</p>;
  return (
    <ol className={styles.events}>
      {entries.map((entry) => (
        <li key={entry.key}>
          <span className="t3 tn" title={formatExact(entry.at)}>
            <Moment at={entry.at} />
          </span>
          <span className="sel">
            {entry.text}
            {entry.note === null ? null : <span className={styles.eventNote}>{entry.note}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
