import { Box, Database, FileCog, HardDrive, Layers2, type LucideIcon, Network } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Change } from '../../shared/contract/environments.ts';
import { cx } from './cx.ts';
import styles from './plan-list.module.css';
import { changeWords, planGroups } from './plan-words.ts';

const icons: Record<Change['resource'], LucideIcon> = {
  image: Layers2,
  network: Network,
  volume: HardDrive,
  container: Box,
  data: Database,
  file: FileCog,
};

/** The lines of a plan: what would be done to what, what is lost in its own colour, what is kept beside it. */
export function PlanList(props: {
  readonly changes: readonly Change[];
  /** The section around it has a heading that says enough while there is one group only. */
  readonly bare?: boolean;
}): ReactNode {
  const { changes } = props;
  const groups = planGroups(changes);
  if (groups.length === 0) return <p className="t2">Nothing would change.</p>;
  return (
    <>
      {groups.map((group) => (
        <section key={group.title} className={styles.group} aria-label={group.title}>
          {props.bare === true && groups.length === 1 ? null : <h3>{group.title}</h3>}
          <ul>
            {group.changes.map((change) => (
              <PlanLine key={`${change.resource} ${change.name} ${change.action}`} change={change} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

/** What is created because it is not there needs no reason beside it. */
const plainCreation = (change: Change): boolean => change.action === 'create' && change.cost === 'none';

function PlanLine({ change }: { readonly change: Change }): ReactNode {
  const Icon = icons[change.resource];
  const lost = change.cost === 'data' && change.action === 'remove';
  return (
    <li className={styles.line}>
      <Icon size={14} strokeWidth={1.65} className={cx(lost && styles.lost)} aria-hidden />
      <span className={styles.name}>
        <span className="strong" title={change.name}>
          {change.name}
        </span>
        {change.reason === '' || plainCreation(change) ? null : (
          <span className={styles.reason} title={change.reason}>
            {' '}
            {change.reason}
          </span>
        )}
      </span>
      <span className={cx(styles.words, lost && styles.lost)}>{changeWords(change)}</span>
    </li>
  );
}
