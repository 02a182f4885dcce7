import type { ReactNode } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import { Panel } from '../../ui/panel.tsx';
import styles from './config.module.css';
import { ConfigView } from './config-view.tsx';

/** The whole stack's configuration, beside the table. */
export function ConfigPanel(props: { readonly environment: EnvironmentView; readonly onClose: () => void }): ReactNode {
  const { environment } = props;
  return (
    <Panel
      label={`Configuration of ${environment.id}`}
      title={
        <>
          Configuration
          <span className="t3 small trunc">{environment.id}</span>
        </>
      }
      className={styles.panel}
      bodyClassName={styles.body}
      takeFocus
      onClose={props.onClose}
    >
      <ConfigView environmentId={environment.id} service={null} />
    </Panel>
  );
}
