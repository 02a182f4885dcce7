import type { AlertEvent, AlertSettings, AlertState, Notice } from '../../../shared/domain/alert-types.ts';
import { alertStep, initialAlerts } from '../../../shared/domain/alerts.ts';
import type { AlertMemory } from './alert-memory.ts';

/** Ended notices that are kept so that their buttons still work for a while. */
const rememberedNotices = 100;
/** Notices that say something once (healthy again, what recovery did) are shown for so long. Nothing withdraws them. */
const messageMs = 3_600_000;
const mostMessages = 20;
/** What has been told is written down at once, the rest soon. */
const saveEveryMs = 1_000;

export interface NotifierDeps {
  readonly now: () => number;
  readonly settings: () => AlertSettings;
  readonly utcOffsetMinutes: (at: number) => number;
  /** What an earlier life of the engine told; undefined: nothing is known of one. */
  readonly memory?: AlertMemory | undefined;
  readonly remember: (memory: AlertMemory) => void;
  /** Something to tell, or to take back. */
  readonly onNotices: (notices: readonly Notice[], withdrawals: readonly string[]) => void;
}

/** Runs the rules of who is told what when, and remembers what is on the screen. */
export interface Notifier {
  take(events: readonly AlertEvent[]): void;
  /** Lets time and changed settings have their effect. Call it now and then. */
  tick(): void;
  /** When it wants to be called with a tick at the latest; null: not before something happens. */
  wakeAt(): number | null;
  live(): Notice[];
  find(id: string): Notice | undefined;
  /** The user has seen it and wants it away. Only those that say something once: the others go with their reason. */
  dismiss(id: string): void;
  /** Tells something of another kind than health, or tells it anew under the same id. */
  say(notice: Notice): void;
  /** What was said is true no longer. */
  withdraw(id: string): void;
  /** Writes down what was not yet. */
  save(): void;
  state(): Pick<AlertState, 'snoozes'> & { readonly tellWhenHealthy: { environment: string; service: string }[] };
}

const saysOnce = ({ reason }: Notice): boolean => reason !== 'incident' && reason !== 'repeat';
/** A question stays until it is answered, or taken back by whoever asked. */
const passes = (notice: Notice): boolean => saysOnce(notice) && notice.reason !== 'idle';

export function createNotifier(deps: NotifierDeps): Notifier {
  let state = deps.memory?.state ?? initialAlerts(deps.now());
  let wakeAt: number | null = state.wakeAt;
  let judgedBy: AlertSettings | undefined;
  let savedAt = Number.NEGATIVE_INFINITY;
  let dirty = false;
  const byId = (notices: readonly Notice[] = []): Map<string, Notice> =>
    new Map(notices.map((each) => [each.id, each]));
  /** Of those that sounded in an earlier life, nobody should hear again. */
  const live = byId(deps.memory?.live.map((notice) => ({ ...notice, silent: true })));
  const known = byId(deps.memory?.known);

  function save(): void {
    if (!dirty) return;
    dirty = false;
    savedAt = deps.now();
    deps.remember({ state, live: [...live.values()], known: [...known.values()] });
  }

  function endOf(notice: Notice): number {
    return notice.at + messageMs;
  }

  /** Messages leave when their time is over, when there are too many, and with their environment. */
  function overMessages(at: number): string[] {
    const messages = [...live.values()].filter(passes);
    return messages
      .filter((each, index) => endOf(each) <= at || each.at - at > messageMs || index < messages.length - mostMessages)
      .map(({ id }) => id);
  }

  function take(events: readonly AlertEvent[]): void {
    const notices: Notice[] = [];
    const withdrawals: string[] = [];
    const withdraw = (id: string): void => {
      if (live.delete(id)) withdrawals.push(id);
    };
    for (const event of events) {
      judgedBy = deps.settings();
      const step = alertStep(state, event, judgedBy, deps.utcOffsetMinutes(event.at));
      state = step.state;
      wakeAt = step.wakeAt;
      dirty = true;
      for (const id of step.withdrawals) withdraw(id);
      if (event.kind === 'forget')
        for (const notice of [...live.values()]) if (notice.environment === event.environment) withdraw(notice.id);
      for (const notice of step.notices) {
        live.set(notice.id, notice);
        known.delete(notice.id);
        known.set(notice.id, notice);
        notices.push(notice);
      }
    }
    for (const id of overMessages(deps.now())) withdraw(id);
    for (const id of known.keys()) {
      if (known.size <= rememberedNotices) break;
      known.delete(id);
    }
    if (notices.length > 0 || Math.abs(deps.now() - savedAt) >= saveEveryMs) save();
    if (notices.length > 0 || withdrawals.length > 0) deps.onNotices(notices, withdrawals);
  }

  return {
    take,
    tick() {
      const at = deps.now();
      const due = wakeAt !== null && wakeAt <= at;
      // What counts may be another thing than before: quiet hours, mutes, snoozes.
      if (due || deps.settings() !== judgedBy || overMessages(at).length > 0) take([{ kind: 'tick', at }]);
      else if (dirty && Math.abs(at - savedAt) >= saveEveryMs) save();
    },
    wakeAt() {
      const ends = [...live.values()].filter(passes).map(endOf);
      return wakeAt === null && ends.length === 0 ? null : Math.min(wakeAt ?? Number.POSITIVE_INFINITY, ...ends);
    },
    live: () => [...live.values()],
    find: (id) => known.get(id),
    dismiss(id) {
      const notice = live.get(id);
      if (notice === undefined || !saysOnce(notice)) return;
      live.delete(id);
      dirty = true;
      save();
      deps.onNotices([], [id]);
    },
    say(notice) {
      live.set(notice.id, notice);
      known.delete(notice.id);
      known.set(notice.id, notice);
      dirty = true;
      save();
      deps.onNotices([notice], []);
    },
    withdraw(id) {
      if (!live.delete(id)) return;
      dirty = true;
      save();
      deps.onNotices([], [id]);
    },
    save,
    state: () => ({
      snoozes: state.snoozes,
      tellWhenHealthy: Object.entries(state.environments).flatMap(([environment, each]) =>
        each.tellWhenHealthy.map((service) => ({ environment, service })),
      ),
    }),
  };
}
