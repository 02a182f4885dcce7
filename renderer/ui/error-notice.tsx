import { type ReactNode, useState } from 'react';
import type { ErrorShape } from '../../shared/errors.ts';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { cx } from './cx.ts';
import { ToneGlyph } from './health-glyph.tsx';
import styles from './notice.module.css';

/** Raw text for a report: code, sentences, and whatever the error carries. */
export function errorText(error: ErrorShape): string {
  const details = error.details === undefined ? '' : `\n${JSON.stringify(error.details, null, 2)}`;
  return `${error.code}: ${error.message}\n${error.remedy}${details}`;
}

/** What failed, why, what to do next as buttons, raw text behind Details. */
export function ErrorNotice(props: {
  readonly error: ErrorShape;
  /** Buttons that carry out the remedy. */
  readonly actions?: ReactNode;
  readonly onDismiss?: () => void;
  readonly tone?: 'down' | 'degraded';
}): ReactNode {
  const [open, setOpen] = useState(false);
  const tone = props.tone ?? 'down';
  return (
    <div className={cx(styles.notice, tone === 'degraded' && styles.warning)} role="alert">
      <ToneGlyph tone={tone} shape={tone === 'down' ? 'square' : 'triangle'} />
      <div className={styles.body}>
        <p className="strong">{props.error.message}</p>
        <p className={styles.remedy}>{props.error.remedy}</p>
        <div className={styles.actions}>
          {props.actions}
          <Button size="small" kind="ghost" aria-expanded={open} onClick={() => setOpen(!open)}>
            Details
          </Button>
          {props.onDismiss === undefined ? null : (
            <Button size="small" kind="ghost" onClick={props.onDismiss}>
              Dismiss
            </Button>
          )}
        </div>
        {open ? (
          <>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
            <pre className={cx(styles.details, 'mono-11', 'sel')} tabIndex={0}>
              {errorText(props.error)}
            </pre>
            <div>
              <CopyButton text={() => errorText(props.error)} label="Copy details" />
            </div>
          </>
        ) : null}
      </div>
    </div>
  );
}
