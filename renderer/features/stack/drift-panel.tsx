import type { ReactNode } from 'react';
import type { EnvironmentView, ServiceView } from '../../../shared/contract/environments.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Panel } from '../../ui/panel.tsx';
import styles from './stack.module.css';
import { mainFileName } from './stack-words.ts';

const kinds: Record<ServiceView['drift'], string> = {
  none: '',
  unknown: 'Not known',
  changed: 'Changed',
  missing: 'Not created',
  extra: 'Not in the file',
};

/** How the containers differ from the file, service by service. */
export function DriftPanel(props: {
  readonly environment: EnvironmentView;
  readonly onApply: () => void;
  readonly onClose: () => void;
}): ReactNode {
  const { environment } = props;
  const file = mainFileName(environment);
  const different = environment.services.filter((one) => one.drift !== 'none' && one.drift !== 'unknown');
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
          <p className="small t2">Applying the file replaces only what differs. Volumes keep their data.</p>
          <div className={styles.acts}>
            <Button disabled={environment.stale} onClick={props.onApply}>
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
          {different.map((service) => (
            <li key={service.name}>
              <p className="row">
                <span className="strong trunc grow">{service.name}</span>
                <Badge tone="degraded">{kinds[service.drift]}</Badge>
              </p>
              {service.driftReasons.map((reason) => (
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
