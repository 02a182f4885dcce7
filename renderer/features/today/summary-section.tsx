import { type ReactNode, useState } from 'react';
import type { DaySummary } from '../../../shared/contract/summary.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { count } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { dayName, totalsOf } from './summary-words.ts';
import styles from './today.module.css';

const most = 14;

/** What a day came to, and what happened in it. */
export function SummarySection(props: {
  readonly summary: DaySummary;
  /** The local day of now. */
  readonly today: string;
  readonly onOther: () => void;
  /** Under the figures: the day as a picture. */
  readonly ribbon?: ReactNode;
}): ReactNode {
  const { summary, today } = props;
  const [all, setAll] = useState(false);
  const here = summary.day === today;
  const entries = all ? summary.entries : summary.entries.slice(-most);
  const left = summary.entries.length - entries.length;
  const { title, note } = dayName(summary.day, today);
  return (
    <Section
      title={title}
      note={note}
      actions={
        <>
          <Button kind="ghost" onClick={props.onOther}>
            {here ? 'Last day' : 'Today'}
          </Button>
          {summary.entries.length === 0 ? null : (
            <CopyButton text={summary.markdown} label="Copy as Markdown" size="normal" />
          )}
        </>
      }
    >
      <p className={styles.totals}>
        {totalsOf(summary, here).map(({ figure, words }) => (
          <span key={words}>
            <b>{figure}</b>
            {words}
          </span>
        ))}
      </p>
      {props.ribbon}
      {summary.entries.length === 0 ? <p className="t2">{here ? 'Nothing yet.' : 'Nothing was done.'}</p> : null}
      {left === 0 ? null : (
        <Button kind="ghost" size="small" className={styles.earlier} onClick={() => setAll(true)}>
          Show {count(left, 'earlier entry', 'earlier entries')}
        </Button>
      )}
      <ul>
        {entries.map((one) => (
          <li key={`${one.at} ${one.kind} ${one.title}`} className={styles.event}>
            <time dateTime={one.at}>{clock(one.at)}</time>
            <span>
              {one.title}
              {one.detail === null ? null : <small>{one.detail}</small>}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

const clock = (iso: string): string => new Date(iso).toTimeString().slice(0, 5);
