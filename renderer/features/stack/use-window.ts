import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useState } from 'react';
import type { ServiceView } from '../../../shared/contract/environments.ts';

/** Up to here all rows are in the page; most stacks never have more. */
const most = 60;
/** Of a row and of the head, px. */
const rowHeight = 40;
const headHeight = 30;

interface Shown {
  readonly service: ServiceView;
  /** Absent when all rows are there. */
  readonly index: number | undefined;
}

export interface RowWindow {
  readonly shown: readonly Shown[];
  readonly windowed:
    | {
        readonly rows: number;
        readonly onActive: (name: string) => void;
        readonly onEdge: (edge: 'first' | 'last') => void;
      }
    | undefined;
}

const scroller = (): HTMLElement | null =>
  document.querySelector<HTMLElement>('[role="grid"][aria-label="Services"]')?.closest<HTMLElement>('.scroll') ?? null;

/** The rows of a long table that are in sight, and the one that has the focus. */
export function useWindow(services: readonly ServiceView[]): RowWindow {
  const long = services.length > most;
  const [active, setActive] = useState<string | null>(null);
  const kept = long && active !== null ? services.findIndex((one) => one.name === active) : -1;
  const virtual = useVirtualizer({
    count: long ? services.length : 0,
    getScrollElement: scroller,
    estimateSize: () => rowHeight,
    paddingStart: headHeight,
    overscan: 10,
    rangeExtractor: useCallback(
      (range: Range) => {
        const indexes = defaultRangeExtractor(range);
        return kept < 0 || indexes.includes(kept) ? indexes : [...indexes, kept].sort((a, b) => a - b);
      },
      [kept],
    ),
  });
  if (!long) return { shown: services.map((service) => ({ service, index: undefined })), windowed: undefined };
  return {
    shown: virtual.getVirtualItems().flatMap(({ index }) => {
      const service = services[index];
      return service === undefined ? [] : [{ service, index }];
    }),
    windowed: {
      rows: services.length,
      onActive: setActive,
      onEdge(edge) {
        const index = edge === 'first' ? 0 : services.length - 1;
        const name = services[index]?.name;
        if (name === undefined) return;
        // Keeping it puts it into the page; only then can it take the focus.
        setActive(name);
        virtual.scrollToIndex(index);
        requestAnimationFrame(() =>
          document.querySelector<HTMLElement>(`[data-row="${CSS.escape(name)}"]`)?.focus({ preventScroll: true }),
        );
      },
    },
  };
}
