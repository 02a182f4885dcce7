import { useEffect, useMemo } from 'react';
import { useQuery } from '../../client/hooks.ts';
import type { OutputView } from './output-text.ts';

const most = 2000;

/** The log of the operation that does a step, read again every second while it goes on. */
export function useOperationOutput(
  operationId: string,
  live: boolean,
): OutputView & { readonly problem: string | null } {
  const log = useQuery(`operation log ${operationId}`, (api, options) => api.operations.log({ operationId }, options));
  const { refetch } = log;
  useEffect(() => {
    // Once more at the end: the last lines come with it.
    refetch();
    if (!live) return;
    const timer = setInterval(refetch, 1000);
    return () => clearInterval(timer);
  }, [live, refetch]);
  return useMemo(() => {
    const all = log.data ?? [];
    return {
      lines: all.slice(-most).map((line, index) => ({ id: index, text: `${clock(line.at)}  ${line.text}` })),
      dropped: Math.max(0, all.length - most),
      problem: log.error?.message ?? null,
    };
  }, [log.data, log.error]);
}

const two = (n: number): string => String(n).padStart(2, '0');
const clock = (iso: string): string => {
  const at = new Date(iso);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};
