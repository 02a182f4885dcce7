import type { ReactNode } from 'react';
import type { ServiceView } from '../../../shared/contract/environments.ts';
import type { Advice } from '../../../shared/contract/metrics.ts';
import { Button } from '../../ui/button.tsx';
import { formatMemory } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { HintItem } from './hint-item.tsx';
import type { Hints } from './hints.tsx';
import styles from './stack.module.css';

const aboutLimits: ReadonlySet<Advice['kind']> = new Set(['memory-limit', 'missing-memory-limit', 'cpu-limit']);

/** The limit that is proposed for a service, and the change of its file that would make it so. */
export function LimitPanel(props: {
  readonly environmentId: string;
  readonly service: ServiceView;
  readonly hints: Hints;
  readonly onStart: (service: string) => void;
  readonly onConfig: () => void;
  readonly onClose: () => void;
}): ReactNode {
  const { environmentId, service, hints } = props;
  const found = (hints.all ?? []).filter((one) => one.service === service.name && aboutLimits.has(one.kind));
  const { memoryBytes } = service.limits;
  return (
    <Panel label={`Limits of ${service.name}`} title={`Limits of ${service.name}`} takeFocus onClose={props.onClose}>
      {hints.all === null ? (
        <Skeleton lines={4} />
      ) : found.length === 0 ? (
        <>
          <p>
            {memoryBytes === null
              ? `${service.name} has no memory limit of its own: what it ran out of is the memory of this machine.`
              : `${service.name} may use ${formatMemory(memoryBytes)}, and nothing measured so far speaks for another limit.`}
          </p>
          <div className={styles.hintButtons}>
            <Button onClick={props.onConfig}>Show its configuration</Button>
          </div>
        </>
      ) : (
        <ul className={styles.hintList}>
          {found.map((one) => (
            <HintItem
              key={one.id}
              environmentId={environmentId}
              advice={one}
              onStart={props.onStart}
              onDone={() => {
                hints.refetch();
                props.onClose();
              }}
            />
          ))}
        </ul>
      )}
    </Panel>
  );
}
