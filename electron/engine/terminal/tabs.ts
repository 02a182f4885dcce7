import type { TerminalView } from '../../../shared/contract/streams.ts';
import { AppError } from '../../../shared/errors.ts';
import type { TerminalMemory } from './memory.ts';
import type { Place } from './place.ts';
import type { Session } from './session.ts';

/** One terminal as the user sees it; its sessions may follow one another. */
export interface Tab {
  readonly id: string;
  readonly place: Place;
  title: string;
  name: string | null;
  openedAt: string;
  restored: boolean;
  /** Comes back after a restart of the engine. */
  remembered: boolean;
  /** Absent: it waits to be restored. */
  session: Session | undefined;
}

export interface Tabs {
  list(): Tab[];
  find(id: string): Tab;
  add(tab: Tab): void;
  /** Returns what was taken out. */
  remove(id: string): Tab | undefined;
  arrange(ids: readonly string[]): void;
  /** Says that something of a tab changed that is remembered. */
  save(): void;
  /** Refuses when there are too many; ended ones that nobody looks at make room, the oldest first. */
  makeRoom(opening: number): void;
  /** From now on nothing is forgotten: what ends, ends with the engine. */
  freeze(): void;
}

export function createTabs(memory: TerminalMemory | undefined, maxSessions: number): Tabs {
  let tabs = new Map<string, Tab>();
  let frozen = false;
  for (const { id, place, title, name, openedAt } of memory?.list() ?? []) {
    tabs.set(id, { id, place, title, name, openedAt, restored: true, remembered: true, session: undefined });
  }

  function save(): void {
    if (!frozen) memory?.keep([...tabs.values()].filter((tab) => tab.remembered));
  }

  return {
    list: () => [...tabs.values()],
    find(id) {
      const tab = tabs.get(id);
      if (tab !== undefined) return tab;
      throw new AppError({
        code: 'terminal.not-found',
        message: `The terminal ${id} is not open.`,
        remedy: 'Open a new one.',
      });
    },
    add(tab) {
      tabs.set(tab.id, tab);
      if (tab.remembered) save();
    },
    remove(id) {
      const tab = tabs.get(id);
      tabs.delete(id);
      if (tab?.remembered === true) save();
      return tab;
    },
    arrange(ids) {
      const named = ids.flatMap((id) => tabs.get(id) ?? []);
      tabs = new Map([...named, ...tabs.values()].map((tab) => [tab.id, tab]));
      save();
    },
    save,
    makeRoom(opening) {
      const live = [...tabs.values()].filter((tab) => tab.session !== undefined);
      if (live.length + opening < maxSessions) return;
      const ended = live
        .filter(({ session }) => session?.endedAt !== undefined && !session.attached)
        .sort((a, b) => (a.session?.endedAt ?? 0) - (b.session?.endedAt ?? 0))[0];
      if (ended === undefined) {
        throw new AppError({
          code: 'guard.refused',
          message: `${maxSessions} terminals are open already.`,
          remedy: 'Close one that you no longer need.',
        });
      }
      tabs.delete(ended.id);
      if (ended.remembered) save();
    },
    freeze() {
      frozen = true;
    },
  };
}

export function viewOf(tab: Tab): TerminalView {
  const exit = tab.session?.exit ?? null;
  const { place } = tab;
  return {
    id: tab.id,
    title: tab.title,
    kind: place.kind,
    environmentId: place.environmentId,
    service: place.kind === 'container' ? place.service : null,
    folder: place.kind === 'host' ? place.folder : null,
    name: tab.name,
    openedAt: tab.openedAt,
    state: tab.session === undefined ? 'waiting' : exit === null ? 'running' : 'ended',
    restored: tab.restored,
    exitCode: exit === null ? null : (exit.code ?? -1),
  };
}

/** A shell that somebody ended is done with; one that was cut off, by a signal or with its container, is not. */
export function wasLeft(code: number | null): boolean {
  return code !== null && ![129, 137, 143].includes(code);
}
