import {
  CloudDownload,
  Database,
  FolderPlus,
  GitBranch,
  GitCommitHorizontal,
  GitMerge,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { RoutineView } from '../../../shared/contract/routines.ts';
import { Button } from '../../ui/button.tsx';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import type { GitFact } from './git-words.ts';
import { RoutineActions } from './routine-actions.tsx';
import styles from './today.module.css';
import { greeting, type verdict } from './verdict.ts';

const icons: Readonly<Record<GitFact['kind'], LucideIcon>> = {
  behind: GitBranch,
  pull: CloudDownload,
  uncommitted: GitCommitHorizontal,
  conflict: GitMerge,
  'under-way': GitMerge,
};

/** Who, how it stands, and the one thing to do. */
export function Hero(props: {
  readonly state: ReturnType<typeof verdict>;
  readonly facts: readonly GitFact[];
  /** The environment whose routines are offered; null when there is none. */
  readonly environment: EnvironmentView | null;
  readonly environments: readonly EnvironmentView[];
  readonly routine: 'morning' | 'evening';
  readonly routines: readonly RoutineView[];
  readonly now: number;
}): ReactNode {
  const { state, facts, environment } = props;
  const { navigate } = useWorkbenchActions();
  return (
    <div className={styles.hero}>
      <div className="grow">
        <h2>
          {greeting(new Date(props.now).getHours())} {state.sentence}
        </h2>
        <p className={styles.say}>
          <span>
            <ToneGlyph tone={state.tone} shape={state.shape} />
            {state.counts}
          </span>
          {facts.map(({ kind, text }) => {
            const Icon = icons[kind] ?? Database;
            return (
              <span key={text}>
                <Icon className="t3" size={14} strokeWidth={1.9} aria-hidden />
                {text}
              </span>
            );
          })}
        </p>
      </div>
      {environment === null ? (
        <Button
          kind="primary"
          size="large"
          icon={FolderPlus}
          onClick={() => navigate({ page: 'add-stack', folder: null })}
        >
          Add a stack
        </Button>
      ) : (
        <RoutineActions
          environment={environment}
          environments={props.environments}
          routine={props.routine}
          routines={props.routines}
          now={props.now}
        />
      )}
    </div>
  );
}
