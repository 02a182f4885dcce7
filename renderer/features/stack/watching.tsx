import { Eye, EyeOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { useWatch, useWatchActions, type WatchActions } from '../../client/use-watch.ts';
import { Button } from '../../ui/button.tsx';
import { formatMoment } from '../../ui/format.ts';
import { isoOf } from '../../ui/incident-words.ts';
import { MenuItem } from '../../ui/menu.tsx';
import { useNow } from '../../ui/use-now.ts';
import { WatchMenuItems } from '../../ui/watch-menu.tsx';
import styles from './stack.module.css';

const hour = 3_600_000;

/** Until when nobody watches the environment, ms; null: it is watched. */
function usePaused(environmentId: string): number | null {
  const { pausedUntil } = useWatch();
  const now = useNow();
  const until = Math.max(pausedUntil[environmentId] ?? 0, pausedUntil['*'] ?? 0);
  return until > now ? until : null;
}

/** Says that nobody watches, and ends it. */
export function PausedNote({ environmentId }: { readonly environmentId: string }): ReactNode {
  const until = usePaused(environmentId);
  const everywhere = useWatch().pausedUntil['*'] !== undefined;
  const actions = useWatchActions();
  if (until === null) return null;
  return (
    <span className={styles.paused}>
      <EyeOff size={14} strokeWidth={1.9} aria-hidden />
      Not watched until {formatMoment(isoOf(until), Date.now())}
      <Button
        size="small"
        kind="ghost"
        busy={actions.busy}
        onClick={() => actions.pause(everywhere ? null : environmentId, null)}
      >
        Watch
      </Button>
    </span>
  );
}

/** Pausing and quieting, for the menu of the stack. */
export function WatchingItems(props: { readonly environmentId: string; readonly actions: WatchActions }): ReactNode {
  const { environmentId, actions } = props;
  const until = usePaused(environmentId);
  return (
    <>
      {until === null ? (
        <MenuItem icon={EyeOff} onSelect={() => actions.pause(environmentId, Date.now() + hour)}>
          Pause watching for 1 h
        </MenuItem>
      ) : (
        <MenuItem icon={Eye} onSelect={() => actions.pause(environmentId, null)}>
          Watch again
        </MenuItem>
      )}
      <WatchMenuItems environmentId={environmentId} service={null} actions={actions} />
    </>
  );
}
