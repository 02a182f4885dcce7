import type { ReactNode } from 'react';
import type { DiscoveredProject } from '../../shared/contract/compose-projects.ts';
import { useAppState, useHello } from '../client/hooks.ts';
import { Ago } from './ago.tsx';
import { Button } from './button.tsx';
import styles from './discovered-list.module.css';
import { runningWords } from './discovered-words.ts';
import { listed, shortPath } from './format.ts';
import { Grid, GridCell, GridRow, TwoLines } from './grid.tsx';
import { ToneGlyph } from './health-glyph.tsx';
import { useWorkbenchActions } from './workbench.ts';

const none: readonly DiscoveredProject[] = [];
export const useDiscovered = (): readonly DiscoveredProject[] => useAppState((state) => state.discovered) ?? none;

/** Projects that `docker compose` started: what they are, and Add, which shows what it would do first. */
export function DiscoveredList(props: { readonly className?: string | undefined }): ReactNode {
  const projects = useDiscovered();
  const home = useHello()?.homeFolder ?? null;
  const { navigate } = useWorkbenchActions();
  const away = useAppState((state) => state.engines.some((one) => one.selected && one.state === 'available')) !== true;
  return (
    <div className={styles.frame}>
      <Grid label="Started with docker compose" className={styles.grid} first={projects[0]?.projectName ?? null}>
        {projects.map((one) => {
          const { projectName, folder, problem } = one;
          const add =
            problem !== null || folder === null
              ? undefined
              : (): void => navigate({ page: 'add-stack', folder, project: projectName });
          return (
            <GridRow
              key={projectName}
              id={projectName}
              stale={away}
              className={props.className}
              {...(add === undefined ? {} : { onOpen: add })}
            >
              <GridCell className={styles.first}>
                <ToneGlyph tone="idle" shape={one.containers.running > 0 ? 'disc' : 'ring'} />
                <TwoLines
                  name={projectName}
                  sub={folder === null ? 'folder not known' : shortPath(folder, home)}
                  mono={folder !== null}
                  title={[projectName, ...one.files].join('\n')}
                />
              </GridCell>
              <GridCell className={styles.cell} title={one.services.join('\n')}>
                {listed(one.services, 4)}
              </GridCell>
              <GridCell className={`${styles.cell} ${styles.quiet} tn`}>
                {runningWords(one)}
                {one.createdAt === null ? null : (
                  <span className={styles.since}>
                    , <Ago at={one.createdAt} />
                  </span>
                )}
              </GridCell>
              {add === undefined ? (
                <GridCell
                  className={styles.why}
                  title={problem === null ? undefined : `${problem.message}\n${problem.remedy}`}
                >
                  {problem?.message}
                </GridCell>
              ) : (
                <GridCell className={styles.act}>
                  <Button size="small" onClick={add} aria-label={`Add ${projectName}`}>
                    Add
                  </Button>
                </GridCell>
              )}
            </GridRow>
          );
        })}
      </Grid>
    </div>
  );
}
