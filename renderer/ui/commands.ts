import type { LucideIcon } from 'lucide-react';
import { createContext, use, useEffect, useId } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';

export type CommandGroup = 'Actions' | 'Services' | 'Places' | 'Environments' | 'Window';
export const commandGroups: readonly CommandGroup[] = ['Actions', 'Services', 'Environments', 'Places', 'Window'];

/** Something the palette offers, and a shortcut may start. */
export interface Command {
  /** Unique, stable: `stack.restart:shop/main`. */
  readonly id: string;
  readonly title: string;
  readonly group: CommandGroup;
  readonly icon?: LucideIcon;
  /** Quiet text at the right: where it leads, how many it concerns. */
  readonly hint?: string;
  /** `mod+k`, `shift+r`, `g s`. Works whenever nobody is typing. */
  readonly keys?: string;
  /** More words to find it by. */
  readonly keywords?: readonly string[];
  readonly run: () => void;
}

export interface Commands {
  readonly store: StoreApi<ReadonlyMap<string, readonly Command[]>>;
  set(source: string, commands: readonly Command[]): void;
  clear(source: string): void;
  /** All commands in the order they were registered. */
  all(): readonly Command[];
}

export function createCommands(): Commands {
  const store = createStore<ReadonlyMap<string, readonly Command[]>>(() => new Map());
  const change = (edit: (map: Map<string, readonly Command[]>) => void): void => {
    const map = new Map(store.getState());
    edit(map);
    store.setState(map, true);
  };
  return {
    store,
    set: (source, commands) => change((map) => map.set(source, commands)),
    clear: (source) => change((map) => map.delete(source)),
    all: () => [...store.getState().values()].flat(),
  };
}

const CommandsContext = createContext<Commands | null>(null);
export const CommandsProvider = CommandsContext.Provider;

export function useCommandRegistry(): Commands {
  const commands = use(CommandsContext);
  if (commands === null) throw new Error('useCommands needs a CommandsProvider above it.');
  return commands;
}

/** Offers commands for as long as the component is there. Memoise the list: a new one registers again. */
export function useCommands(commands: readonly Command[]): void {
  const registry = useCommandRegistry();
  const source = useId();
  useEffect(() => {
    registry.set(source, commands);
    return () => registry.clear(source);
  }, [registry, source, commands]);
}

export function useAllCommands(): readonly Command[] {
  const registry = useCommandRegistry();
  const map = useStore(registry.store);
  return [...map.values()].flat();
}
