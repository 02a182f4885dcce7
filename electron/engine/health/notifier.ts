import type { AlertEvent, AlertSettings, AlertState, Notice } from '../../../shared/domain/alert-types.ts';
import { alertStep, initialAlerts } from '../../../shared/domain/alerts.ts';

/** Ended notices that are kept so that their buttons still work for a while. */
const rememberedNotices = 100;

export interface NotifierDeps {
  readonly now: () => number;
  readonly settings: () => AlertSettings;
  readonly utcOffsetMinutes: (at: number) => number;
  /** Something to tell, or to take back. */
  readonly onNotices: (notices: readonly Notice[], withdrawals: readonly string[]) => void;
}

/** Runs the rules of who is told what when, and remembers what is on the screen. */
export interface Notifier {
  take(events: readonly AlertEvent[]): void;
  /** When it wants to be called with a tick at the latest; null: not before something happens. */
  wakeAt(): number | null;
  live(): Notice[];
  find(id: string): Notice | undefined;
  state(): Pick<AlertState, 'snoozes'> & { readonly tellWhenHealthy: { environment: string; service: string }[] };
}

export function createNotifier(deps: NotifierDeps): Notifier {
  let state = initialAlerts(deps.now());
  let wakeAt: number | null = null;
  const live = new Map<string, Notice>();
  const known = new Map<string, Notice>();
  return {
    take(events) {
      const notices: Notice[] = [];
      const withdrawals: string[] = [];
      for (const event of events) {
        const step = alertStep(state, event, deps.settings(), deps.utcOffsetMinutes(event.at));
        state = step.state;
        wakeAt = step.wakeAt;
        for (const id of step.withdrawals) {
          live.delete(id);
          withdrawals.push(id);
        }
        for (const notice of step.notices) {
          live.set(notice.id, notice);
          known.delete(notice.id);
          known.set(notice.id, notice);
          notices.push(notice);
        }
      }
      for (const id of known.keys()) {
        if (known.size <= rememberedNotices) break;
        known.delete(id);
      }
      if (notices.length > 0 || withdrawals.length > 0) deps.onNotices(notices, withdrawals);
    },
    wakeAt: () => wakeAt,
    live: () => [...live.values()],
    find: (id) => known.get(id),
    state: () => ({
      snoozes: state.snoozes,
      tellWhenHealthy: Object.entries(state.environments).flatMap(([environment, each]) =>
        each.tellWhenHealthy.map((service) => ({ environment, service })),
      ),
    }),
  };
}
