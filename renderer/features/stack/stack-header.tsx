import { Ellipsis, GitBranch, GitCompare, Play, RotateCcw, Square } from 'lucide-react';
import type { ReactNode } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { OperationView } from '../../../shared/contract/operations.ts';
import { useWatchActions } from '../../client/use-watch.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { canStart, canStop } from '../../ui/environment-words.ts';
import { count } from '../../ui/format.ts';
import { isWrong } from '../../ui/health.ts';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { Meter } from '../../ui/meter.tsx';
import { measuredProgress } from '../../ui/operation-progress.ts';
import { useNow } from '../../ui/use-now.ts';
import styles from './stack.module.css';
import { driftCount, healthyWords, mainFileName, verdict } from './stack-words.ts';
import type { Started } from './use-service-actions.ts';
import { PausedNote, WatchingItems } from './watching.tsx';

export type HeaderAction =
  | 'up'
  | 'stop'
  | 'restart'
  | 'pull'
  | 'drift'
  | 'config'
  | 'plan'
  | 'down'
  | 'remove'
  | 'logs';

/** The verdict on an environment in words, and what can be done about all of it. */
export function StackHeader(props: {
  readonly environment: EnvironmentView;
  /** Under way on it, whoever started it. */
  readonly operation: OperationView | null;
  readonly started: Started | null;
  readonly onAction: (action: HeaderAction) => void;
}): ReactNode {
  const { environment, operation, started, onAction } = props;
  const now = useNow();
  const watch = useWatchActions();
  const says = verdict(environment, now);
  const drift = driftCount(environment);
  const stop = canStop(environment);
  const start = canStart(environment);
  const busy = (verb: Started['verb']): boolean => started?.service === null && started.verb === verb;
  const free = operation === null && started === null;
  return (
    <div className={styles.strip}>
      <div className={cx(styles.say, 'grow')}>
        <span
          className={cx('strong', isWrong(says.tone) && (says.tone === 'down' ? styles.down : styles.degraded))}
          title={environment.reason ?? undefined}
        >
          <ToneGlyph tone={says.tone} shape={says.shape} />
          {says.words}
        </span>
        {operation === null ? (
          <span>{healthyWords(environment)}</span>
        ) : (
          <span className={styles.work}>
            <span className="trunc">{operation.title}</span>
            <span className={styles.workMeter}>
              <Meter label={operation.title} value={measuredProgress(operation)} />
            </span>
          </span>
        )}
        {environment.branch === null ? null : (
          <span className={styles.branch} title={`Branch ${environment.branch}`}>
            <GitBranch size={14} strokeWidth={1.9} aria-label="Branch" className="t3" />
            <span className="trunc">{environment.branch}</span>
          </span>
        )}
      </div>
      <PausedNote environmentId={environment.id} />
      {drift === 0 ? null : (
        <button type="button" className={styles.drift} onClick={() => onAction('drift')}>
          <GitCompare size={12} strokeWidth={1.9} aria-hidden />
          {count(drift, 'difference')}
          <span className={styles.driftFile}> from {mainFileName(environment)}</span>
        </button>
      )}
      {stop || busy('restart') ? (
        <Button
          kind="ghost"
          icon={RotateCcw}
          busy={busy('restart')}
          disabled={!free && !busy('restart')}
          onClick={() => onAction('restart')}
        >
          Restart
        </Button>
      ) : null}
      {stop || busy('stop') ? (
        <Button
          kind="ghost"
          icon={Square}
          busy={busy('stop')}
          disabled={!free && !busy('stop')}
          onClick={() => onAction('stop')}
        >
          Stop
        </Button>
      ) : null}
      {start || busy('up') ? (
        <Button
          kind="primary"
          icon={Play}
          busy={busy('up')}
          disabled={!free && !busy('up')}
          onClick={() => onAction('up')}
        >
          {environment.state === 'partial' ? 'Start the rest' : 'Start'}
        </Button>
      ) : null}
      <Menu trigger={<IconButton label="More for this stack" icon={Ellipsis} />}>
        <MenuItem onSelect={() => onAction('logs')}>Logs of all services</MenuItem>
        <MenuItem onSelect={() => onAction('config')}>Configuration of all services</MenuItem>
        <MenuItem disabled={environment.stale} onSelect={() => onAction('plan')}>
          Show what Start would do
        </MenuItem>
        <MenuItem disabled={!free || environment.stale} hint="starts nothing" onSelect={() => onAction('pull')}>
          Pull newer images
        </MenuItem>
        <MenuSeparator />
        <WatchingItems environmentId={environment.id} actions={watch} />
        <MenuSeparator />
        <MenuItem
          disabled={!free || environment.stale || environment.state === 'absent'}
          hint="volumes stay"
          onSelect={() => onAction('down')}
        >
          Take down…
        </MenuItem>
        <MenuItem danger disabled={!free || environment.stale} onSelect={() => onAction('remove')}>
          Remove…
        </MenuItem>
      </Menu>
    </div>
  );
}
