import type { ReactNode } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import { useQuery } from '../../client/hooks.ts';
import { Ago } from '../../ui/ago.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Panel } from '../../ui/panel.tsx';
import { applyWords, differences } from './drift-words.ts';
import styles from './stack.module.css';
import { mainFileName } from './stack-words.ts';

/** How the containers differ from the file: per service and resource why, since when, and what putting it right costs. */
export function DriftPanel(props: {
  readonly environment: EnvironmentView;
  readonly onApply: () => void;
  readonly onClose: () => void;
}): ReactNode {
  const { environment } = props;
  const { id, services, stale } = environment;
  const file = mainFileName(environment);
  // Another drift is another question.
  const shape = services.map((one) => `${one.name} ${one.drift} ${one.driftReasons.join()}`).join('\n');
  const plan = useQuery(stale ? null : `drift ${id} ${shape}`, (api, options) =>
    api.environments.plan({ environmentId: id, action: 'up' }, options),
  );
  const changes = plan.data?.changes ?? null;
  const different = differences(services, changes);
  return (
    <Panel
      label={`Differences from ${file}`}
      title={
        <>
          Differences
          <span className="t3 small trunc">from {file}</span>
        </>
      }
      onClose={props.onClose}
      foot={
        <>
          <p className="small t2">
            {changes === null ? 'Applying the file replaces only what differs.' : applyWords(changes)}
          </p>
          <div className={styles.acts}>
            <Button disabled={stale} onClick={props.onApply}>
              Show what applying does
            </Button>
          </div>
        </>
      }
    >
      {different.length === 0 ? (
        <p className="t2">No difference any more.</p>
      ) : (
        <ul className={styles.differences}>
          {different.map((one) => (
            <li key={one.name}>
              <p className="row">
                <span className="strong trunc grow">{one.name}</span>
                {one.since === null ? null : (
                  <span className="t3 small">
                    <Ago at={one.since} />
                  </span>
                )}
                {one.cost === null ? null : <Badge tone={one.tone}>{one.cost}</Badge>}
              </p>
              {one.reasons.map((reason) => (
                <p key={reason} className="small t2">
                  {reason}
                </p>
              ))}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
