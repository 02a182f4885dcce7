import type { ReactNode } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import { environmentLook, healthyCount } from '../../ui/environment-words.ts';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { Lines, Section } from '../../ui/section.tsx';
import { useWorkbenchActions } from '../../ui/workbench.ts';
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
