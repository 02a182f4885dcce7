import type { ReactNode } from 'react';
import { Button } from '../../../ui/button.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { LogLines } from './log-lines.tsx';
import styles from './logs.module.css';
import type { Logs } from './use-logs.ts';

/** The lines, or why there are none. */
export function LogsBody({ logs, onSearch }: { readonly logs: Logs; readonly onSearch: () => void }): ReactNode {
  const { feed, state, lines } = logs;
  if (state.error !== null) {
    return (
      <div className={styles.note}>
        <ErrorNotice
          error={state.error.toShape()}
          actions={
            <Button size="small" onClick={() => feed.resume()}>
              Try again
            </Button>
          }
        />
      </div>
    );
  }
  if (lines.view.length === 0 && !state.paused) {
    return (
      <p className={styles.note}>
        {logs.options.onlyMatches && logs.options.query !== ''
          ? 'No line matches the search.'
          : state.status === 'ended'
            ? 'No lines: nothing has run yet.'
            : state.status === 'live'
              ? 'No lines yet.'
              : 'Connecting'}
      </p>
    );
  }
  return (
    <LogLines
      feed={feed}
      state={state}
      lines={lines}
      options={logs.options}
      showService={logs.showService}
      follow={logs.follow}
      onFollow={logs.setFollow}
      current={logs.current}
      allText={logs.allText}
      onSearch={onSearch}
    />
  );
}
