import { Box, Database, FileCog, HardDrive, Layers2, type LucideIcon, Network } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Change } from '../../shared/contract/environments.ts';
import { Button } from './button.tsx';
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
          <PlanLines changes={group.changes} />
        </section>
      ))}
    </>
  );
}

/** More lines than this are folded: nobody reads hundreds, and the page stays quick. */
const most = 40;

function PlanLines({ changes }: { readonly changes: readonly Change[] }): ReactNode {
  const [all, setAll] = useState(false);
  const shown = all || changes.length <= most ? changes : changes.slice(0, most - 10);
  return (
    <>
      <ul>
        {shown.map((change) => (
          <PlanLine key={`${change.resource} ${change.name} ${change.action}`} change={change} />
        ))}
      </ul>
      {shown.length === changes.length ? null : (
        <div className={styles.more}>
          <Button kind="ghost" size="small" onClick={() => setAll(true)}>
            Show all {changes.length}
          </Button>
        </div>
      )}
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
