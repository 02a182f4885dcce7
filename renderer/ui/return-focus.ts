import { useMemo, useRef } from 'react';

/**
 * Handlers for a Radix dialog that no button of its own opens: it would leave the focus nowhere when it closes. Gives
 * it back to what had it.
 *
 * @param enter moves the focus in; absent: the dialog's first control.
 */
export function useReturnFocus(enter?: (content: HTMLElement) => void): {
  readonly onOpenAutoFocus: (event: Event) => void;
  readonly onCloseAutoFocus: (event: Event) => void;
} {
  const last = useRef<Element | null>(null);
  return useMemo(
    () => ({
      onOpenAutoFocus: (event) => {
        last.current = document.activeElement;
        if (enter === undefined || !(event.currentTarget instanceof HTMLElement)) return;
        event.preventDefault();
        enter(event.currentTarget);
      },
      onCloseAutoFocus: (event) => {
        event.preventDefault();
        if (last.current instanceof HTMLElement && last.current.isConnected) last.current.focus();
      },
    }),
    [enter],
  );
}
