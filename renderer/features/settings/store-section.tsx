import type { ReactNode } from 'react';
import { useAppState } from '../../client/hooks.ts';
import { Facts } from '../../ui/facts.tsx';
import { formatBytes } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';

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
    </Section>
  );
}
