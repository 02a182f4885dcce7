import { type ReactNode, useRef } from 'react';
import type { HealthState } from '../../shared/domain/health.ts';
import { cx } from './cx.ts';
import { healthLook, isWrong, type Shape, type Tone } from './health.ts';
import styles from './health-glyph.module.css';

const shapes: Record<Shape, ReactNode> = {
  disc: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  triangle: (
    <path d="M6 1.6 11 10.2H1Z" fill="currentColor" stroke="currentColor" strokeWidth="1.4" strokeLinejoin="round" />
  ),
  square: <rect x="1.4" y="1.4" width="9.2" height="9.2" rx="1.6" fill="currentColor" />,
  ring: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.6" />,
  dashed: (
    <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.6" strokeDasharray="2.2 2.4" />
  ),
  half: (
    <>
      <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 1.8a4.2 4.2 0 0 1 0 8.4Z" fill="currentColor" />
    </>
  ),
};

export function ToneGlyph(props: { readonly tone: Tone; readonly shape: Shape; readonly size?: number }): ReactNode {
  const size = props.size ?? 11;
  return (
    <svg className={styles[props.tone]} width={size} height={size} viewBox="0 0 12 12" aria-hidden>
      {shapes[props.shape]}
    </svg>
  );
}

/** The same, with one soft pulse when it changes while somebody looks. */
export function ChangingGlyph(props: {
  readonly tone: Tone;
  readonly shape: Shape;
  readonly size?: number;
  readonly children?: ReactNode;
}): ReactNode {
  const { tone, shape } = props;
  const look = `${tone} ${shape}`;
  const first = useRef(look);
  const changed = useRef(false);
  if (first.current !== look) changed.current = true;
  return (
    // A new key starts the pulse again.
    <span key={look} className={changed.current ? styles.pulse : undefined}>
      <ToneGlyph tone={tone} shape={shape} {...(props.size === undefined ? {} : { size: props.size })} />
      {props.children}
    </span>
  );
}

/** Shape and colour of a health state. The word beside it is yours; pass `word` to have it for screen readers only. */
export function HealthGlyph(props: {
  readonly state: HealthState;
  readonly stale?: boolean;
  readonly size?: number;
  readonly word?: boolean;
}): ReactNode {
  const look = healthLook(props.state, props.stale);
  return (
    <ChangingGlyph tone={look.tone} shape={look.shape} {...(props.size === undefined ? {} : { size: props.size })}>
      {props.word === true ? <span className="sr">{look.word}</span> : null}
    </ChangingGlyph>
  );
}

/** Glyph and word. */
export function HealthWord(props: {
  readonly state: HealthState;
  readonly stale?: boolean;
  readonly glyph?: boolean;
  readonly children?: ReactNode;
}): ReactNode {
  const look = healthLook(props.state, props.stale);
  return (
    <span
      className={cx(styles.word, isWrong(look.tone) && (look.tone === 'down' ? styles.wordDown : styles.wordDegraded))}
    >
      {props.glyph === false ? null : <HealthGlyph state={props.state} stale={props.stale === true} />}
      {props.children ?? look.word}
    </span>
  );
}
