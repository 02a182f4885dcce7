import { ArrowRight, Info, Minus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { CapturePlan } from '../../../shared/contract/golden.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { formatBytes } from '../../ui/format.ts';
import styles from './golden.module.css';

/** What a capture would move into the store, and the choice to leave it where it is. Nothing when all is in place. */
export function MovePlan(props: {
  readonly plan: CapturePlan;
  readonly stay: boolean;
  readonly locked: boolean;
  readonly onStay: (stay: boolean) => void;
}): ReactNode {
  const { plan, stay } = props;
  const { move } = plan;
  const plain = plan.volumes.filter((volume) => volume.place !== 'store');
  if (plain.length === 0) return null;
  return (
    <section className={styles.move} aria-label="Volumes outside of the golden store">
      <h3>
        <span>Volumes outside of the golden store</span>
        <span>size</span>
      </h3>
      <ul className={styles.planList}>
        {plain.map((volume) => (
          <li key={volume.key}>
            {volume.place === 'move' && !stay ? (
              <ArrowRight size={13} strokeWidth={1.9} aria-hidden />
            ) : (
              <Minus size={13} strokeWidth={1.9} className="t3" aria-hidden />
            )}
            <span className={styles.planWords}>
              <span className="strong">{volume.key}</span>
              <span className="t2">
                {volume.place === 'move' && !stay ? 'Moves into the store.' : (volume.reason ?? 'Stays where it is.')}
              </span>
            </span>
            <span className="t3 tn nowrap">{volume.bytes === null ? '–' : formatBytes(volume.bytes)}</span>
          </li>
        ))}
      </ul>
      {move === null ? null : (
        <>
          <Checkbox label="Leave them where they are" checked={stay} disabled={props.locked} onChange={props.onStay} />
          {stay ? null : (
            <ul className={styles.sentences}>
              {move.words.map((words) => (
                <li key={words}>
                  <Info size={14} strokeWidth={1.9} aria-hidden />
                  <span>{words}</span>
                </li>
              ))}
            </ul>
          )}
          {stay ? (
            <p className="small t2">Restores will copy their files in place while the services are stopped.</p>
          ) : null}
        </>
      )}
    </section>
  );
}
