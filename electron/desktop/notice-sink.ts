import type { Notice, NoticeAction } from '../../shared/domain/alert-types.ts';
import { type DesktopNotice, desktopNotice, textOf } from './notice-words.ts';

/** Where notifications appear. A slot is one place on the screen: what is shown in it again replaces what was there. */
export interface NoticeSurface {
  show(slot: number, notice: DesktopNotice): void;
  close(slot: number): void;
}

export interface NoticeSinkDeps {
  readonly surface: NoticeSurface;
  /** Calls back after so long, ms; the result takes it back. */
  readonly later: (ms: number, run: () => void) => () => void;
  /** A button was pressed, or (null) the notification itself. */
  readonly onChosen: (notice: Notice, action: NoticeAction | null) => void;
}

/** Shows on the desktop what the engine says is to be shown, each thing once. */
export interface NoticeSink {
  /** All live notices. `epoch` is the life of the engine they are from. Not enabled: nothing is on the screen. */
  update(notices: readonly Notice[], epoch: string, enabled: boolean): void;
  /** The surface reports a choice. */
  chosen(slot: number, action: NoticeAction | null): void;
}

interface Shown {
  readonly slot: number;
  readonly notice: Notice;
  readonly text: string;
}

/** A new engine needs this long to find out again what the last one knew. */
const takeOverMs = 60_000;
const remembered = 200;

export function createNoticeSink({ surface, later, onChosen }: NoticeSinkDeps): NoticeSink {
  let slots = 0;
  let life: string | null = null;
  /** By the id of the notice, which an engine gives anew in each of its lives. */
  let shown = new Map<string, Shown>();
  /** What the engine's last life showed and this one has not taken up yet. */
  let orphans: readonly Shown[] = [];
  let forgetOrphans: (() => void) | null = null;
  /** Texts that were told before, the oldest first, and by which life of the engine. */
  const told = new Map<string, string>();
  /** What was closed since may still be clicked, in the desktop's list. */
  const past = new Map<number, Notice>();

  function close(entry: Shown): void {
    surface.close(entry.slot);
  }

  function closeOrphans(): void {
    for (const entry of orphans) close(entry);
    orphans = [];
  }

  function takeUp(notice: Notice, text: string): Shown | undefined {
    const found =
      orphans.find((each) => each.text === text) ??
      orphans.find((each) => each.notice.environment === notice.environment && each.notice.reason === notice.reason);
    orphans = orphans.filter((each) => each !== found);
    return found;
  }

  function put(notice: Notice, epoch: string, quiet: boolean): Shown {
    const text = textOf(notice);
    const before = shown.get(notice.id) ?? takeUp(notice, text);
    const earlier = told.get(text);
    told.delete(text);
    told.set(text, epoch);
    trim(told);
    if (before?.text === text) return { ...before, notice };
    slots += before === undefined ? 1 : 0;
    const slot = before?.slot ?? slots;
    // An engine that was started again tells of what it finds; whoever sits here knows already.
    const known = earlier !== undefined && earlier !== epoch;
    if (!quiet && !known) surface.show(slot, desktopNotice(notice));
    return { slot, notice, text };
  }

  return {
    update(notices, epoch, enabled) {
      if (life !== null && life !== epoch) {
        orphans = [...orphans, ...shown.values()];
        shown.clear();
        forgetOrphans?.();
        forgetOrphans = later(takeOverMs, closeOrphans);
      }
      life = epoch;
      if (!enabled) {
        closeOrphans();
        for (const entry of shown.values()) close(entry);
      }
      const next = new Map(notices.map((notice) => [notice.id, put(notice, epoch, !enabled)]));
      for (const [id, entry] of shown) if (!next.has(id)) close(entry);
      shown = next;
      for (const { slot, notice } of next.values()) {
        past.delete(slot);
        past.set(slot, notice);
      }
      trim(past);
    },
    chosen(slot, action) {
      const notice = past.get(slot);
      if (notice !== undefined) onChosen(notice, action);
    },
  };
}

function trim(collection: { readonly size: number; keys(): Iterator<unknown>; delete(key: never): boolean }): void {
  const keys = collection.keys();
  while (collection.size > remembered) collection.delete(keys.next().value as never);
}
