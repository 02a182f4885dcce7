import { type ReactNode, useEffect, useState } from 'react';
import { Field } from '../../ui/field.tsx';
import { clockText, parseClock } from './clock.ts';
import styles from './settings.module.css';

export interface MinuteRange {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** From a time of day to another, which may be past midnight. Written when a field is left. */
export function TimeRange(props: {
  readonly label: string;
  readonly value: MinuteRange;
  readonly onChange: (value: MinuteRange) => void;
}): ReactNode {
  const { label, value } = props;
  return (
    <span className="row">
      <Clock
        label={`${label}, from`}
        minute={value.fromMinute}
        onChange={(fromMinute) => props.onChange({ ...value, fromMinute })}
      />
      <span className="t3 small">to</span>
      <Clock
        label={`${label}, to`}
        minute={value.toMinute}
        onChange={(toMinute) => props.onChange({ ...value, toMinute })}
      />
    </span>
  );
}

function Clock(props: {
  readonly label: string;
  readonly minute: number;
  readonly onChange: (minute: number) => void;
}): ReactNode {
  const saved = clockText(props.minute);
  const [text, setText] = useState(saved);
  useEffect(() => setText(saved), [saved]);
  const minute = parseClock(text);
  const commit = (): void => {
    if (minute !== null && minute !== props.minute) props.onChange(minute);
    else setText(saved);
  };
  return (
    <Field
      frameClassName={styles.clock}
      aria-label={props.label}
      inputMode="numeric"
      maxLength={5}
      value={text}
      invalid={minute === null}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') setText(saved);
      }}
    />
  );
}
