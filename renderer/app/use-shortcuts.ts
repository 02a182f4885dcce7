import { useEffect } from 'react';
import { useCommandRegistry } from '../ui/commands.ts';
import { createSequence, isTyping } from '../ui/keys.ts';
import { useWorkbenchActions } from '../ui/workbench.ts';

/** Starts commands by their keys. Plain letters stay out of the way while somebody types or something floats. */
export function useShortcuts(): void {
  const registry = useCommandRegistry();
  const { setPaletteOpen } = useWorkbenchActions();
  useEffect(() => {
    const sequence = createSequence(() => performance.now());
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const combined = event.ctrlKey || event.metaKey;
      if (!combined && isTyping(event.target)) return;
      const floating = document.querySelector('[role="dialog"], [role="menu"]') !== null;
      if (floating && !combined) return;
      // In a terminal every Ctrl key belongs to the shell; only the palette may be called.
      const inTerminal = event.target instanceof Element && event.target.closest('.xterm') !== null;
      const commands = registry.all().filter((one) => one.keys !== undefined);
      const offered = inTerminal ? commands.filter((one) => one.id === 'window.palette' && event.metaKey) : commands;
      const id = sequence(
        event,
        offered.map((one) => ({ id: one.id, keys: one.keys ?? '' })),
      );
      const found = registry.all().find((one) => one.id === id);
      if (found === undefined) return;
      event.preventDefault();
      // A row under the focus may know the last letter of the sequence as a key of its own.
      event.stopPropagation();
      if (found.id !== 'window.palette') setPaletteOpen(false);
      found.run();
    };
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true });
  }, [registry, setPaletteOpen]);
}
