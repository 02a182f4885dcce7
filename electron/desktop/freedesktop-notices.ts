import { z } from 'zod';
import { type NoticeAction, noticeActions } from '../../shared/domain/alert-types.ts';
import type { BusCall, BusSignal, SessionBus } from '../engine/session-bus.ts';
import type { NoticeSurface } from './notice-sink.ts';
import type { DesktopNotice } from './notice-words.ts';

/**
 * Notifications of Linux desktops, spoken to as the Desktop Notifications Specification 1.2 says. Electron's own leave
 * out the buttons there.
 */

export const notificationsName = 'org.freedesktop.Notifications';
const path = '/org/freedesktop/Notifications';
const urgencies = { low: 0, normal: 1, critical: 2 } as const;
/** Key of the action that a click on the notification itself invokes. */
const clicked = 'default';
const remembered = 200;

export interface FreedesktopNotices extends NoticeSurface {
  /** The service was started, or started again: it knows nothing of what was shown. */
  renewed(): void;
  signal(signal: BusSignal): void;
}

interface Capabilities {
  readonly actions: boolean;
  readonly markup: boolean;
}

export interface FreedesktopDeps {
  readonly call: SessionBus['call'];
  /** Name of the app's desktop entry, which gives the notification its name and icon in the desktop's settings. */
  readonly desktopEntry: string;
  readonly onChosen: (slot: number, action: NoticeAction | null) => void;
}

export function createFreedesktopNotices(deps: FreedesktopDeps): FreedesktopNotices {
  /** Ids of the service for what is on the screen, by slot. */
  const ids = new Map<number, number>();
  /** Slots by id, also of what was closed a moment ago: its button may be reported after its end. */
  const owners = new Map<number, number>();
  let capabilities: Promise<Capabilities> | null = null;
  /** One after the other, so that what replaces knows what it replaces. */
  let queue: Promise<void> = Promise.resolve();

  const ask = (member: string, signature?: string, body?: readonly unknown[]): Promise<readonly unknown[]> => {
    const call: BusCall = { destination: notificationsName, path, interface: notificationsName, member };
    return deps.call(signature === undefined ? call : { ...call, signature, body: body ?? [] });
  };

  function then(work: () => Promise<void>): void {
    // Without a service there is no notification; the window shows the same.
    queue = queue.then(work).catch(() => undefined);
  }

  function capable(): Promise<Capabilities> {
    capabilities ??= ask('GetCapabilities').then(
      ([list]) => {
        const found = z.array(z.string()).catch([]).parse(list);
        return { actions: found.includes('actions'), markup: found.includes('body-markup') };
      },
      (error: unknown) => {
        capabilities = null;
        throw error;
      },
    );
    return capabilities;
  }

  return {
    show: (slot, notice) =>
      then(async () => {
        const can = await capable();
        const [id] = await ask(
          'Notify',
          'susssasa{sv}i',
          notifyBody(notice, ids.get(slot) ?? 0, can, deps.desktopEntry),
        );
        const own = z.number().parse(id);
        ids.set(slot, own);
        owners.delete(own);
        owners.set(own, slot);
        if (owners.size > remembered) owners.delete(owners.keys().next().value as number);
      }),
    close: (slot) =>
      then(async () => {
        const id = ids.get(slot);
        ids.delete(slot);
        if (id !== undefined) await ask('CloseNotification', 'u', [id]);
      }),
    renewed() {
      capabilities = null;
      ids.clear();
      owners.clear();
    },
    signal({ interface: from, member, body }) {
      if (from !== notificationsName) return;
      const [id, what] = body;
      const slot = typeof id === 'number' ? owners.get(id) : undefined;
      if (slot === undefined) return;
      if (member === 'ActionInvoked') {
        if (what === clicked) deps.onChosen(slot, null);
        const action = z.enum(noticeActions).safeParse(what);
        if (action.success) deps.onChosen(slot, action.data);
      }
      // Closed or gone: the same id would be shown as new. Its text may still change, and is then shown again.
      if (member === 'NotificationClosed' && ids.get(slot) === id) ids.delete(slot);
    },
  };
}

/** The arguments of `Notify`: app_name, replaces_id, app_icon, summary, body, actions, hints, expire_timeout. */
export function notifyBody(
  notice: DesktopNotice,
  replaces: number,
  can: Capabilities,
  desktopEntry: string,
): readonly unknown[] {
  const text = notice.lines.join('\n');
  const actions = [clicked, 'Open', ...notice.buttons.flatMap(({ action, label }) => [action, label])];
  const hints = [
    ['urgency', ['y', urgencies[notice.urgency]]],
    ['suppress-sound', ['b', notice.silent]],
    ['desktop-entry', ['s', desktopEntry]],
  ];
  const byServer = -1;
  return [
    'Golden Hour',
    replaces,
    desktopEntry,
    notice.title,
    can.markup ? escaped(text) : text,
    can.actions ? actions : [],
    hints,
    byServer,
  ];
}

/** The body is a subset of HTML where the service says so. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
