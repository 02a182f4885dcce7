import { type ReactNode, useState } from 'react';
import { useAction, useEnvironments, useHello, useQuery } from '../../client/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { shortPath } from '../../ui/format.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import styles from './add-stack.module.css';
import { Preview } from './preview.tsx';
import { previewWords, startWords } from './preview-words.ts';

/** What a folder, or a project that Compose started from it, would become, and the buttons that make it so. */
export function PreviewOf(props: {
  readonly folder: string;
  /** A project that Compose started: read as it was started. */
  readonly project: string | null;
  readonly onOther: () => void;
}): ReactNode {
  const { folder, project } = props;
  const source = { folder, ...(project === null ? {} : { project }) };
  const home = useHello()?.homeFolder ?? null;
  const { navigate } = useWorkbenchActions();
  const environments = useEnvironments();
  const preview = useQuery(`preview ${folder} ${project}`, (api, options) => api.stacks.preview(source, options));
  const add = useAction();
  const [which, setWhich] = useState<'add' | 'start'>('start');
  const data = preview.data;
  const words = data === null ? null : previewWords(data);
  const added = environments.find((one) => one.folder === data?.folder && one.projectName === data.projectName);
  /** Everything runs as the files say: there is nothing to start. */
  const asItIs = data !== null && words?.canStart === true && data.adopts && data.creates.length === 0;

  const carryOut = async (start: boolean): Promise<void> => {
    if (data === null) return;
    setWhich(start ? 'start' : 'add');
    const id = await add.run(async (client) => {
      const { environmentId } = await client.call((api, options) => api.stacks.add(source, options));
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
              source={source}
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
                {asItIs ? null : (
                  <Button
                    kind="primary"
                    size="large"
                    disabled={!words.canStart}
                    busy={add.busy && which === 'start'}
                    onClick={() => void carryOut(true)}
                  >
                    Add and start
                  </Button>
                )}
                <Button
                  kind={asItIs ? 'primary' : 'plain'}
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
                ? 'It is on the list already.'
                : !words.canAdd
                  ? 'Correct the files, then look again.'
                  : asItIs
                    ? 'Everything is up to date; nothing is started or changed.'
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
