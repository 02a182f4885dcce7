import type { ReactNode } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { OperationView } from '../../../shared/contract/operations.ts';
import { Moment } from '../../ui/ago.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { environmentLook, healthyCount, isActive } from '../../ui/environment-words.ts';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { Lines, Section } from '../../ui/section.tsx';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import { dayMarkdown } from './day.ts';
import styles from './today.module.css';

/** Every environment in a line: how it is, and the way to it. */
export function EnvironmentList(props: {
  readonly environments: readonly EnvironmentView[];
  readonly className?: string | undefined;
}): ReactNode {
  return (
    <Section title="Environments" note={String(props.environments.length)} className={props.className}>
      <Lines>
        {props.environments.map((one) => (
          <li key={one.id}>
            <EnvironmentLine environment={one} />
          </li>
        ))}
      </Lines>
    </Section>
  );
}

function EnvironmentLine({ environment }: { readonly environment: EnvironmentView }): ReactNode {
  const { navigate } = useWorkbenchActions();
  const look = environmentLook(environment);
  const { healthy, total } = healthyCount(environment);
  const live = environment.state === 'running' || environment.state === 'partial';
  return (
    <button
      type="button"
      data-focus="inside"
      className={styles.environment}
      onClick={() => navigate({ page: 'stack', environmentId: environment.id, service: null, tab: null })}
    >
      <ToneGlyph tone={look.tone} shape={look.shape} />
      <span className="strong trunc">{environment.id}</span>
      <span className="t2 small nowrap">{look.word}</span>
      <span className="grow" />
      <span className="t3 small tn nowrap">{live ? `${healthy} of ${total} healthy` : ''}</span>
    </button>
  );
}

/** What was done today, where the engine has no summary of it. */
export function DoneToday(props: { readonly operations: readonly OperationView[]; readonly now: number }): ReactNode {
  const { operations, now } = props;
  return (
    <Section
      title="Done today"
      actions={
        operations.length === 0 ? undefined : (
          <CopyButton text={() => dayMarkdown(operations, now)} label="Copy as Markdown" size="normal" />
        )
      }
    >
      {operations.length === 0 ? <p className="t2">Nothing yet.</p> : null}
      <ul>
        {operations.map((one) => (
          <EventLine key={one.id} operation={one} />
        ))}
      </ul>
    </Section>
  );
}

function EventLine({ operation }: { readonly operation: OperationView }): ReactNode {
  return (
    <li className={styles.event}>
      <Moment at={operation.startedAt ?? operation.createdAt} />
      <span>
        {operation.title}
        <small>
          {isActive(operation) ? 'under way' : (operation.summary ?? operation.error?.message ?? operation.state)}
        </small>
      </span>
    </li>
  );
}
