import { Notification } from 'electron';
import type { NoticeAction } from '../../shared/domain/alert-types.ts';
import type { NoticeSurface } from './notice-sink.ts';

/**
 * Notifications of macOS and Windows. Both take the id as the notification's own, so that showing it again replaces it.
 * macOS offers the first action as a button and the others in a menu; a Windows toast has room for five.
 */
export function createElectronNotices(onChosen: (slot: number, action: NoticeAction | null) => void): NoticeSurface {
  /** Kept: a notification that is collected as garbage reports no click. */
  const live = new Map<number, Notification>();
  return {
    show(slot, notice) {
      live.get(slot)?.removeAllListeners();
      const notification = new Notification({
        id: `notice-${slot}`,
        title: notice.title,
        body: notice.lines.join('\n'),
        silent: notice.silent,
        urgency: notice.urgency,
        actions: notice.buttons.map(({ label }) => ({ type: 'button', text: label })),
      });
      notification.on('click', () => onChosen(slot, null));
      // The index is the second argument too, but only the event's own is documented to stay.
      notification.on('action', (event) => onChosen(slot, notice.buttons[event.actionIndex]?.action ?? null));
      notification.on('failed', (_event, reason) => console.error('desktop: a notification was not shown:', reason));
      live.set(slot, notification);
      notification.show();
    },
    close(slot) {
      live.get(slot)?.close();
      live.delete(slot);
    },
  };
}
