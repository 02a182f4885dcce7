import { ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Problem } from '../../../shared/domain/problem.ts';
import { useAction, useAppState } from '../../client/hooks.ts';
import { Button } from '../../ui/button.tsx';
import styles from './add-stack.module.css';

const none: readonly string[] = [];

/** For files that lie in repositories elsewhere: one agreement to fetch what the problems name, then a second look. */
export function AllowSources(props: {
  readonly problems: readonly Problem[];
  readonly onAllowed: () => void;
}): ReactNode {
  const allowed = useAppState((state) => state.settings.remoteSources) ?? none;
  const save = useAction();
  const sources = [...new Set(props.problems.flatMap((one) => one.source ?? []))];
  if (sources.length === 0) return null;
  const remoteSources = [...new Set([...allowed, ...sources])];
  return (
    <Button
      className={styles.allow}
      icon={ShieldCheck}
      busy={save.busy}
      onClick={() =>
        void save
          .run((client) => client.call((api, options) => api.settings.set({ remoteSources }, options)))
          .then(props.onAllowed)
      }
    >
      {sources.length === 1 ? `Allow ${sources[0]}` : `Allow these ${sources.length} repositories`}
    </Button>
  );
}
