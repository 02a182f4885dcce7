import { type ReactNode, useState } from 'react';
import { useAction, useEngines, useEnvironments, useHello, useQuery } from '../../client/hooks.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { engineFacts, engineLook, engineTitle } from '../../ui/engine-words.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { count, shortPath } from '../../ui/format.ts';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { Sky } from '../../ui/mark.tsx';
import { Lines, Section } from '../../ui/section.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import styles from './add-stack.module.css';
import { ChooseFolder } from './choose-folder.tsx';
import { Preview } from './preview.tsx';
import { previewWords, startWords } from './preview-words.ts';

/** From a folder to a stack: choose, look at what it would do, add. */
export function AddStackPage(props: {
  readonly folder: string | null;
  /** There is no stack yet; this page is the welcome. */
  readonly first: boolean;
}): ReactNode {
  const [folder, setFolder] = useState(props.folder);
  if (folder === null) return <Welcome first={props.first} onChoose={setFolder} />;
  return <Found key={folder} folder={folder} onOther={() => setFolder(null)} />;
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
        {props.first ? <EnginesFound /> : null}
      </div>
    </div>
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
    return <PreviewOf folder={folder} onOther={chosen === null ? props.onOther : () => setChosen(null)} />;
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

function PreviewOf(props: { readonly folder: string; readonly onOther: () => void }): ReactNode {
  const home = useHello()?.homeFolder ?? null;
  const { navigate } = useWorkbenchActions();
  const environments = useEnvironments();
  const preview = useQuery(`preview ${props.folder}`, (api, options) =>
    api.stacks.preview({ folder: props.folder }, options),
  );
  const add = useAction();
  const [which, setWhich] = useState<'add' | 'start'>('start');
  const data = preview.data;
  const words = data === null ? null : previewWords(data);
  const added = environments.find((one) => one.folder === data?.folder);

  const carryOut = async (start: boolean): Promise<void> => {
    if (data === null) return;
    setWhich(start ? 'start' : 'add');
    const id = await add.run(async (client) => {
      const { environmentId } = await client.call((api, options) => api.stacks.add({ folder: data.folder }, options));
      if (start) await client.call((api, options) => api.environments.up({ environmentId }, options));
      return environmentId;
    });
    if (id !== undefined) navigate({ page: 'stack', environmentId: id, service: null, tab: null });
  };

  return (
    <div className={styles.page}>
      <div className={`scroll ${styles.centred}`}>
        <div className={styles.wrap}>
          {preview.error === null ? null : (
            <ErrorNotice
              error={preview.error}
              actions={
                <>
                  <Button size="small" onClick={preview.refetch}>
                    Look again
                  </Button>
                  <Button size="small" onClick={props.onOther}>
                    Other folder
                  </Button>
                </>
              }
            />
          )}
          {data === null ? (
            preview.error === null ? (
              <Skeleton lines={6} />
            ) : null
          ) : (
            <Preview
              preview={data}
              home={home}
              folder={shortPath(data.folder, home)}
              onLookAgain={preview.refetch}
              looking={preview.loading}
              onOtherFolder={props.onOther}
            />
          )}
        </div>
      </div>
      {data === null || words === null ? null : (
        <div className={styles.pin}>
          <div className={styles.pinIn}>
            {added === undefined ? (
              <>
                <Button
                  kind="primary"
                  size="large"
                  disabled={!words.canStart}
                  busy={add.busy && which === 'start'}
                  onClick={() => void carryOut(true)}
                >
                  Add and start
                </Button>
                <Button
                  size="large"
                  disabled={!words.canAdd}
                  busy={add.busy && which === 'add'}
                  onClick={() => void carryOut(false)}
                >
                  Add
                </Button>
              </>
            ) : (
              <Button
                size="large"
                onClick={() => navigate({ page: 'stack', environmentId: added.id, service: null, tab: null })}
              >
                Open {added.id}
              </Button>
            )}
            <p className="grow">
              {added !== undefined
                ? 'This folder is on the list already.'
                : !words.canAdd
                  ? 'Correct the files, then look again.'
                  : words.canStart
                    ? startWords(data)
                    : 'Clear the way to start it, or add it for later.'}
            </p>
            <Button kind="ghost" onClick={props.onOther}>
              Not now
            </Button>
          </div>
          {add.error === null ? null : (
            <div className={styles.pinIn}>
              <div className="grow">
                <ErrorNotice error={add.error} onDismiss={add.clear} />
              </div>
            </div>
          )}
        </div>
      )}
    </div>
  );
}
