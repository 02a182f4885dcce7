import { SquareTerminal } from 'lucide-react';
import type { ReactNode } from 'react';
import type { CheckView } from '../../../../shared/contract/health.ts';
import { commandText } from '../../../../shared/domain/command-text.ts';
import { useAction } from '../../../client/hooks.ts';
import { Button } from '../../../ui/button.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { formatDuration, shortPath } from '../../../ui/format.ts';
import styles from './health.module.css';

/** The command that a check runs on this machine, exactly, and the button that allows it or no longer does. */
export function HostCommand(props: {
  readonly environmentId: string;
  readonly check: CheckView;
  readonly home: string | null;
  readonly onChanged: () => void;
}): ReactNode {
  const { environmentId, check } = props;
  const decide = useAction();
  if (check.hostCommand === undefined) return null;
  const { service, hostCommand, rules } = check;
  const { run, folder, allowed } = hostCommand;
  const set = async (wanted: boolean): Promise<void> => {
    const done = await decide.run((client) =>
      client.call((api, options) => api.health.allowCommand({ environmentId, service, run, allowed: wanted }, options)),
    );
    if (done !== undefined) props.onChanged();
  };
  return (
    <section className={styles.command} data-allowed={allowed} aria-label="Command on this machine">
      <SquareTerminal size={14} strokeWidth={1.75} aria-hidden />
      <div>
        <p className="strong">
          {allowed ? 'Runs a command on this machine' : 'Wants to run a command on this machine'}
        </p>
        <pre className={styles.commandText}>
          <code>{commandText(run)}</code>
        </pre>
        <p className="small t2">
          in{' '}
          <span className="mono-11 sel" title={folder}>
            {shortPath(folder, props.home)}
          </span>
          , every {formatDuration(rules.intervalMs)}.{' '}
          {allowed
            ? 'You allowed exactly this; another text or folder is asked anew.'
            : 'Until you allow it, nothing is run and the service goes by its containers.'}
        </p>
        {decide.error === null ? null : <ErrorNotice error={decide.error} onDismiss={decide.clear} />}
        <div className={styles.buttons}>
          <Button size="small" kind={allowed ? 'ghost' : 'plain'} busy={decide.busy} onClick={() => void set(!allowed)}>
            {allowed ? 'Withdraw' : 'Allow this command'}
          </Button>
        </div>
      </div>
    </section>
  );
}
