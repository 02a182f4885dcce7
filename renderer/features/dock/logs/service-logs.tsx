import { type ReactNode, useRef } from 'react';
import { cx } from '../../../ui/cx.ts';
import { LogTools } from './log-tools.tsx';
import styles from './logs.module.css';
import { LogsBody } from './logs-body.tsx';
import { useLogs } from './use-logs.ts';
import { useResumeWhenRunning } from './use-resume.ts';

/** Little room: the text matters most. */
const narrow = { timestamps: false, wrap: true } as const;

/** The log of one service, for a side panel. */
export function ServiceLogs(props: { readonly environmentId: string; readonly service: string }): ReactNode {
  const logs = useLogs(props.environmentId, [props.service], narrow);
  useResumeWhenRunning(logs, props.environmentId);
  const search = useRef<HTMLInputElement>(null);
  return (
    <div className={cx(styles.logs, styles.narrow)}>
      {logs === null ? null : (
        <>
          <div className={styles.panelTools}>
            <LogTools logs={logs} searchRef={search} />
          </div>
          <LogsBody logs={logs} onSearch={() => search.current?.focus()} />
        </>
      )}
    </div>
  );
}
