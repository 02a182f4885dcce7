import { useEffect, useRef } from 'react';

/** Calls `refetch` whenever `sign` changes, but not at first: the first reading has just begun. */
export function useRefresh(sign: unknown, refetch: () => void): void {
  const last = useRef(sign);
  useEffect(() => {
    if (last.current === sign) return;
    last.current = sign;
    refetch();
  }, [sign, refetch]);
}
