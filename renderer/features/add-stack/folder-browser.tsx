import { CornerLeftUp, Folder } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useQuery } from '../../client/hooks.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Lines, Section } from '../../ui/section.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import styles from './add-stack.module.css';

/** Walks the folders of the engine's machine, where there is no system dialog to do it. */
export function FolderBrowser(props: { readonly onChoose: (folder: string) => void }): ReactNode {
  const [folder, setFolder] = useState<string | null>(null);
  const list = useQuery(folder ?? '(home)', (api, options) =>
    api.folders.list(folder === null ? {} : { folder }, options),
  );
  const here = list.data;
  return (
    <Section
      className={styles.block}
      title="Folder"
      note={
        <span className="mono" title={here?.folder}>
          {here?.folder}
        </span>
      }
      actions={
        here === null ? undefined : (
          <Button kind="ghost" onClick={() => props.onChoose(here.folder)}>
            Use this folder
          </Button>
        )
      }
    >
      {list.error === null ? null : (
        <ErrorNotice
          error={list.error}
          actions={
            <Button size="small" onClick={() => setFolder(null)}>
              Go home
            </Button>
          }
        />
      )}
      {here === null ? (
        list.error === null ? (
          <Skeleton lines={4} />
        ) : null
      ) : (
        <div className={`${styles.entries} scroll`}>
          <Lines>
            {here.parent === null ? null : (
              <li>
                <button
                  type="button"
                  data-focus="inside"
                  className={styles.entry}
                  onClick={() => setFolder(here.parent)}
                >
                  <CornerLeftUp size={14} strokeWidth={1.65} aria-hidden />
                  One level up
                </button>
              </li>
            )}
            {here.entries.map((entry) => (
              <li key={entry.path}>
                <button
                  type="button"
                  data-focus="inside"
                  className={styles.entry}
                  onClick={() => (entry.hasCompose ? props.onChoose(entry.path) : setFolder(entry.path))}
                >
                  <Folder size={14} strokeWidth={1.65} aria-hidden />
                  <span className="trunc grow">{entry.name}</span>
                  {entry.hasCompose ? <Badge tone="line">Compose file</Badge> : null}
                </button>
              </li>
            ))}
          </Lines>
          {here.entries.length === 0 ? <p className="t3 small">No folders in here.</p> : null}
          {here.truncated ? <p className="t3 small">There are more; type the path above.</p> : null}
        </div>
      )}
    </Section>
  );
}
