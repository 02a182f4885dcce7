import { type ReactNode, useEffect } from 'react';
import type { OperationView } from '../../../shared/contract/operations.ts';
import { useQuery } from '../../client/hooks.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { cx } from '../../ui/cx.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { isActive } from './operation-words.ts';
import styles from './operations.module.css';

const two = (n: number): string => String(n).padStart(2, '0');
function clock(iso: string): string {
  const at = new Date(iso);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** The operation's own log, read again every second while it runs. */
export function OperationLog({ operation }: { readonly operation: OperationView }): ReactNode {
  const { id } = operation;
  const log = useQuery(`log ${id}`, (api, options) => api.operations.log({ operationId: id }, options));
  const active = isActive(operation);
  const { refetch } = log;
  useEffect(() => {
    // Once more at the end: the last lines come with it.
    refetch();
    if (!active) return;
    const timer = setInterval(refetch, 1000);
    return () => clearInterval(timer);
  }, [active, refetch]);

  if (log.error !== null) return <ErrorNotice error={log.error.toShape()} />;
  if (log.data === null) return null;
  if (log.data.length === 0) return <p className={styles.quiet}>Nothing was logged.</p>;
  const text = (): string => (log.data ?? []).map((line) => `${line.at} ${line.text}`).join('\n');
  return (
    <div className={styles.log}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre className={cx('mono-11', 'scroll', 'sel')} tabIndex={0} role="log" aria-label={`Log of ${operation.title}`}>
        {log.data.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a log only grows at its end
          <span key={index} className={styles.logLine}>
            <time dateTime={line.at}>{clock(line.at)}</time> {line.text}
            {'\n'}
          </span>
        ))}
      </pre>
      <CopyButton text={text} label="Copy log" />
    </div>
  );
}
