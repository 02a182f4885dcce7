import type { ReactNode } from 'react';
import type { RoutineStepView, TrustView } from '../../../shared/contract/routines.ts';
import { Badge } from '../../ui/badge.tsx';
import { shortPath } from '../../ui/format.ts';
import styles from './start.module.css';
import { byPlace } from './trust-words.ts';

/** Word by word what will be run, and where. */
export function TrustList(props: {
  readonly trust: TrustView;
  readonly steps: readonly RoutineStepView[];
  readonly home: string | null;
}): ReactNode {
  const { trust, home } = props;
  const titles = new Map(props.steps.map((one) => [one.id, one.title]));
  // While nothing was agreed to all is new, and saying so of each line says nothing.
  const mark = trust.changed;
  return byPlace(trust.commands).map((group) => (
    <section key={group.where} aria-label={`Run in ${group.where}`}>
      <h3 title={group.where}>{capital(shortPath(group.where, home))}</h3>
      <ul className={styles.commands}>
        {group.commands.map((one) => (
          <li key={`${one.step} ${one.text}`} data-new={mark && one.isNew}>
            <pre className="mono">{one.text}</pre>
            <p className={styles.from}>
              {mark && one.isNew ? <Badge tone="degraded">New</Badge> : null}
              {one.step === null ? null : <span>{titles.get(one.step) ?? one.step}</span>}
              {one.position === undefined ? null : (
                <span title={one.position.file}>
                  {fileName(one.position.file)}:{one.position.line}
                </span>
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  ));
}

/** A folder stays as it is; `in the container of api` begins a heading. */
const capital = (where: string): string => (where.startsWith('in ') ? `I${where.slice(1)}` : where);
const fileName = (path: string): string => path.split(/[/\\]/).at(-1) ?? path;
