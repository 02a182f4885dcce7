import { type ReactNode, useEffect, useState } from 'react';
import { useAction, useAppState } from '../../client/hooks.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Field } from '../../ui/field.tsx';
import { formatBytes } from '../../ui/format.ts';
import { Lines, Section } from '../../ui/section.tsx';
import styles from './settings.module.css';

const ways = {
  reflink: 'Clones: an image or a restore takes no time and no space until something changes',
  copy: 'Copies: an image or a restore takes time and space with the size of the data',
} as const;

/** Where golden images live and what that place can do, found by trying. */
export function StoreSection(): ReactNode {
  const store = useAppState((state) => state.store);
  return (
    <Section title="Store" note="where golden images and undo points live">
      {store?.ready !== true ? (
        <p className="t2 small">
          {store === null ? 'Known once an engine answers.' : 'Not made yet. The first start of a stack makes it.'}
        </p>
      ) : (
        <Facts
          wrap
          items={[
            { term: 'File system', value: store.fileSystem ?? 'unknown', mono: store.fileSystem !== null },
            { term: 'Way', value: store.way === null ? 'not tried yet' : ways[store.way] },
            store.freeBytes === null
              ? null
              : {
                  term: 'Free',
                  value:
                    store.totalBytes === null
                      ? formatBytes(store.freeBytes)
                      : `${formatBytes(store.freeBytes)} of ${formatBytes(store.totalBytes)}`,
                },
          ]}
        />
      )}
      {store?.ready === true ? null : <StoreFolder />}
    </Section>
  );
}

/** Only a store that is not made yet can be put elsewhere. */
function StoreFolder(): ReactNode {
  const settings = useAppState((state) => state.settings);
  const save = useAction();
  const saved = settings?.storePath ?? '';
  const [text, setText] = useState(saved);
  useEffect(() => setText(saved), [saved]);
  const path = text.trim();
  const valid = path === '' || path.startsWith('/');
  const commit = (): void => {
    if (!valid || path === saved) return;
    const storePath = path === '' ? null : path;
    void save.run((client) => client.call((api, options) => api.settings.set({ storePath }, options)));
  };
  return (
    <Lines>
      <li className={styles.setting}>
        <div>
          <span>Folder on the engine's host</span>
          <p>
            A folder on XFS or btrfs makes captures and restores take a moment. Empty: where the engine keeps volumes.
          </p>
          {valid ? null : <p role="alert">An absolute path, such as /data/golden.</p>}
          {save.error === null ? null : <ErrorNotice error={save.error} onDismiss={save.clear} />}
        </div>
        <Field
          frameClassName={styles.path}
          aria-label="Folder of the store on the engine's host"
          value={text}
          invalid={!valid}
          placeholder="/data/golden"
          onChange={(event) => setText(event.target.value)}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
            if (event.key === 'Escape') setText(saved);
          }}
        />
      </li>
    </Lines>
  );
}
