import { type ReactNode, useState } from 'react';
import { useEngines, useHello, useQuery } from '../../client/hooks.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { DiscoveredList, useDiscovered } from '../../ui/discovered-list.tsx';
import { discoveredSummary } from '../../ui/discovered-words.ts';
import { engineFacts, engineLook, engineTitle } from '../../ui/engine-words.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { count, shortPath } from '../../ui/format.ts';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { Sky } from '../../ui/mark.tsx';
import { Lines, Section } from '../../ui/section.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import styles from './add-stack.module.css';
import { ChooseFolder } from './choose-folder.tsx';
import { PreviewOf } from './preview-page.tsx';

/** From a folder to a stack: choose, look at what it would do, add. */
export function AddStackPage(props: {
  readonly folder: string | null;
  /** A project that Compose started from the folder. */
  readonly project: string | null;
  /** There is no stack yet; this page is the welcome. */
  readonly first: boolean;
}): ReactNode {
  const [folder, setFolder] = useState(props.folder);
  if (folder === null) return <Welcome first={props.first} onChoose={setFolder} />;
  const other = (): void => setFolder(null);
  if (props.project !== null && folder === props.folder)
    return <PreviewOf folder={folder} project={props.project} onOther={other} />;
  return <Found key={folder} folder={folder} onOther={other} />;
}

function Welcome(props: { readonly first: boolean; readonly onChoose: (folder: string) => void }): ReactNode {
  return (
    <div className="scroll grow">
      <Sky lit />
      <div className={styles.wrap}>
        <h2>{props.first ? 'Which stack do you work on?' : 'Add a stack'}</h2>
        <p className={styles.lead}>
          A folder with a Compose file. You see what it would do before anything is started or changed.
        </p>
        <ChooseFolder onChoose={props.onChoose} />
        <ProjectsFound />
        {props.first ? <EnginesFound /> : null}
      </div>
    </div>
  );
}

/** What need not be looked for: projects that Compose started. */
function ProjectsFound(): ReactNode {
  const projects = useDiscovered();
  if (projects.length === 0) return null;
  return (
    <Section className={styles.block} title={discoveredSummary(projects)} note="Add takes over what runs">
      <DiscoveredList className={styles.foundRow} />
    </Section>
  );
}

/** On the first day: what there is to run stacks on. */
function EnginesFound(): ReactNode {
  const engines = useEngines();
  return (
    <Section className={styles.block} title="Engines" note="found on this machine">
      <Lines>
        {engines.map((one) => {
          const look = engineLook(one);
          return (
            <li key={one.id} className={styles.line}>
              <ToneGlyph tone={look.tone} shape={look.shape} />
              <span className="strong trunc">{engineTitle(one)}</span>
              <span className="t2 small trunc" title={one.problem?.message ?? one.endpoint}>
                {one.problem?.message ?? engineFacts(one)}
              </span>
              <span className="t2 small">{look.word}</span>
            </li>
          );
        })}
      </Lines>
    </Section>
  );
}

/** One Compose project in the folder: straight to its preview. Several: a choice. None: say so. */
function Found(props: { readonly folder: string; readonly onOther: () => void }): ReactNode {
  const home = useHello()?.homeFolder ?? null;
  const [chosen, setChosen] = useState<string | null>(null);
  const scan = useQuery(`scan ${props.folder}`, (api, options) => api.stacks.scan({ folder: props.folder }, options));
  const only = scan.data?.length === 1 ? scan.data[0] : undefined;
  const folder = chosen ?? only?.folder ?? null;
  if (folder !== null)
    return (
      <PreviewOf folder={folder} project={null} onOther={chosen === null ? props.onOther : () => setChosen(null)} />
    );
  return (
    <div className={`scroll ${styles.centred}`}>
      <div className={styles.wrap}>
        {scan.error === null ? null : (
          <ErrorNotice
            error={scan.error}
            actions={
              <Button size="small" onClick={props.onOther}>
                Other folder
              </Button>
            }
          />
        )}
        {scan.data === null ? (
          scan.error === null ? (
            <Skeleton lines={4} />
          ) : null
        ) : scan.data.length === 0 ? (
          <>
            <h2>No Compose file in this folder</h2>
            <p className={styles.lead}>
              Looked for compose.yaml, compose.yml, docker-compose.yaml and docker-compose.yml in{' '}
              <span className="mono">{shortPath(props.folder, home)}</span> and one level below.
            </p>
            <div className={styles.choice}>
              <Button onClick={props.onOther}>Other folder</Button>
              <Button kind="ghost" busy={scan.loading} onClick={scan.refetch}>
                Look again
              </Button>
            </div>
          </>
        ) : (
          <>
            <h2>{count(scan.data.length, 'stack')} found</h2>
            <p className={styles.lead}>Choose the one to look at.</p>
            <Section
              className={styles.block}
              title="Compose files"
              note={<span className="mono">{shortPath(props.folder, home)}</span>}
              actions={
                <Button kind="ghost" onClick={props.onOther}>
                  Other folder
                </Button>
              }
            >
              <Lines>
                {scan.data.map((one) => (
                  <li key={one.folder}>
                    <button
                      type="button"
                      data-focus="inside"
                      className={styles.entry}
                      onClick={() => setChosen(one.folder)}
                    >
                      <span className="strong trunc">{shortPath(one.folder, home)}</span>
                      <span className="t3 mono-11 trunc grow">{one.files.map(base).join(', ')}</span>
                      {one.added ? <Badge tone="line">Added</Badge> : null}
                    </button>
                  </li>
                ))}
              </Lines>
            </Section>
          </>
        )}
      </div>
    </div>
  );
}

const base = (path: string): string => path.split(/[/\\]/).at(-1) ?? path;
