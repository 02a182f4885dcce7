import type { ReactNode } from 'react';
import type { StepPart } from '../../../shared/contract/operations.ts';
import { cx } from '../../ui/cx.ts';
import { Meter } from '../../ui/meter.tsx';
import { stepFraction } from './operation-words.ts';
import styles from './operations.module.css';
import { partWords, restWords, shownParts } from './part-words.ts';

/** The things a step works on at once, such as images that are pulled: each with what was measured of it. */
export function OperationParts({ parts }: { readonly parts: readonly StepPart[] }): ReactNode {
  const { shown, rest } = shownParts(parts);
  return (
    <ul className={styles.parts}>
      {shown.map((part) => {
        const words = partWords(part);
        return (
          <li key={part.name} className={styles.part} data-state={part.state}>
            <span className={cx(styles.partName, 'mono-11')} title={part.name}>
              {/* Of a long name the end says more: the image and its tag. */}
              <bdi>{part.name}</bdi>
            </span>
            <span className={cx(styles.stepTime, 'tn')}>{words}</span>
            {part.state === 'running' ? (
              <span className={styles.partMore}>
                <Meter label={part.name} value={stepFraction(part)} {...(words === '' ? {} : { text: words })} />
                {part.detail === null ? null : <span className={styles.partDetail}>{part.detail}</span>}
              </span>
            ) : null}
            {part.state === 'failed' && part.detail !== null ? (
              <span className={cx(styles.partMore, styles.partDetail)}>{part.detail}</span>
            ) : null}
          </li>
        );
      })}
      {rest.length === 0 ? null : <li className={styles.partDetail}>{restWords(rest)}</li>}
    </ul>
  );
}
