import type { Notice, NoticeAction } from '../../shared/domain/alert-types.ts';
import type { Place } from '../../shared/domain/place.ts';

/** What a notification says. */
export interface DesktopNotice {
  readonly title: string;
  readonly lines: readonly string[];
  readonly buttons: readonly { readonly action: NoticeAction; readonly label: string }[];
  readonly urgency: Notice['urgency'];
  readonly silent: boolean;
}

const labels: Readonly<Record<NoticeAction, string>> = {
  restart: 'Restart',
  logs: 'Logs',
  restore: 'Restore…',
  snooze: 'Snooze for 1 hour',
  'raise-limit': 'Raise limit…',
  'start-engine': 'Docker engine…',
  cleanup: 'Clean up…',
  open: 'Open',
  stop: 'Stop it',
};

/** Desktops show few buttons: the rest is in the window, which a click opens. */
const maxButtons = 4;

export function desktopNotice(notice: Notice): DesktopNotice {
  return {
    title: notice.title,
    lines: notice.lines,
    // A click on the notification itself opens it.
    buttons: notice.actions
      .filter((action) => action !== 'open')
      .slice(0, maxButtons)
      .map((action) => ({ action, label: labels[action] })),
    urgency: notice.urgency,
    silent: notice.silent,
  };
}

/** What is shown, apart from how: the same text is the same notification. */
export function textOf(notice: Notice): string {
  return JSON.stringify([notice.environment, notice.title, notice.lines, notice.actions]);
}

/** What a button or a click does: the engine acts, or the window shows a place, or both. */
export function effectOf(
  notice: Notice,
  action: NoticeAction | null,
): { readonly act: NoticeAction | null; readonly place: Place | null } {
  const { id: noticeId, environment: environmentId, service } = notice;
  const sheet: Place = notice.place ?? { to: 'notice', noticeId, environmentId };
  if (action === null || action === 'open' || action === 'cleanup') return { act: null, place: sheet };
  if (action === 'start-engine') return { act: null, place: { to: 'engines' } };
  if (environmentId === null) return { act: action, place: sheet };
  switch (action) {
    case 'restart':
    case 'snooze':
    case 'stop':
      return { act: action, place: null };
    case 'logs':
      return { act: action, place: { to: 'logs', environmentId, service } };
    case 'restore':
      return { act: action, place: { to: 'golden', environmentId } };
    case 'raise-limit':
      return { act: null, place: service === null ? sheet : { to: 'limit', environmentId, service } };
  }
}
