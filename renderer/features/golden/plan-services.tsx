import { RotateCcw } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RestorePlan } from '../../../shared/contract/golden.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { cx } from '../../ui/cx.ts';
import { listed } from '../../ui/format.ts';
import styles from './golden.module.css';
import { deltaWords } from './golden-words.ts';

/** What happens to each service; those with data in the image can be left out. */
export function PlanServices(props: {
  /** Null while nothing is chosen. */
  readonly plan: RestorePlan | null;
  /** Services that can be chosen. */
  readonly choices: readonly string[];
  readonly left: ReadonlySet<string>;
  readonly locked: boolean;
  readonly onChange: (left: ReadonlySet<string>) => void;
}): ReactNode {
  const { plan, choices, left } = props;
  const planned =
    plan?.services ??
    choices.map((service) => ({
      service,
      effect: 'keep' as const,
      words: 'Stays as it is.',
      bytesNow: null,
      bytesThen: null,
    }));
  const quiet = planned.filter((one) => one.effect === 'keep' && !choices.includes(one.service));
  const shown = planned.filter((one) => !quiet.includes(one));
  const order = { data: 0, restart: 1, keep: 2 } as const;
  return (
    <section aria-label="What changes">
      <h3>
        <span>What changes</span>
        <span>size</span>
      </h3>
      <ul className={styles.planList}>
        {[...shown]
          .sort((a, b) => order[a.effect] - order[b.effect])
          .map((one) => (
            <li key={one.service} className={cx(one.effect === 'keep' && 't3')}>
              {choices.includes(one.service) ? (
                <Checkbox
                  hideLabel
                  label={one.service}
                  checked={!left.has(one.service)}
                  disabled={props.locked}
                  onChange={(on) => {
                    const next = new Set(left);
                    if (on) next.delete(one.service);
                    else next.add(one.service);
                    props.onChange(next);
                  }}
                />
              ) : (
                <RotateCcw size={13} strokeWidth={1.9} className="t3" aria-hidden />
              )}
              <span className={styles.planWords}>
                <span className={one.effect === 'keep' ? undefined : 'strong'}>{one.service}</span>
                <span className="t2">{one.words}</span>
              </span>
              <span className="t3 tn nowrap">
                {one.effect === 'data' ? (deltaWords(one.bytesNow, one.bytesThen) ?? '') : ''}
              </span>
            </li>
          ))}
        {quiet.length === 0 ? null : (
          <li className="t3">
            <span />
            <span title={quiet.map((one) => one.service).join(', ')}>
              {listed(quiet.map((one) => one.service))} {quiet.length === 1 ? 'stays as it is' : 'stay as they are'}
            </span>
            <span>–</span>
          </li>
        )}
      </ul>
    </section>
  );
}
