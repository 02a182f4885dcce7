import type { EnvironmentView } from '../../../../shared/contract/environments.ts';
import type { Notice } from '../../../../shared/domain/alert-types.ts';
import type { EngineApi } from '../../api.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Files } from '../../platform/files.ts';
import { clockWords, workingDay } from '../schedule/local-time.ts';
import { type IdleRule, isEvening, judgeIdle } from './judge.ts';
import { lastTraffic } from './traffic.ts';
import type { UseBook } from './use-book.ts';
import { lastWork } from './work.ts';

export interface IdleDeps {
  readonly clock: Clock;
  readonly files: Files;
  /** Undefined: the machine's. */
  readonly timezone?: string | undefined;
  readonly environments: () => readonly EnvironmentView[];
  /** Undefined: golden.yml does not ask for it. */
  readonly ruleOf: (environmentId: string) => IdleRule | undefined;
  readonly uses: Pick<UseBook, 'last'>;
  /** An operation or a routine is under way. */
  readonly busy: (environmentId: string) => boolean;
  readonly api: () => Pick<EngineApi, 'git' | 'metrics'>;
  readonly say: (notice: Notice) => void;
  readonly withdraw: (noticeId: string) => void;
}

export interface IdleWatch {
  /** Looks at every environment once. */
  look(signal: AbortSignal): Promise<void>;
  run(signal: AbortSignal): Promise<void>;
}

const lookEveryMs = 5 * 60_000;
const lookMs = 60_000;
const trafficMs = 2 * 86_400_000;

/** Asks in the evening whether what nobody uses should be stopped. Stops nothing by itself. */
export function createIdleWatch(deps: IdleDeps): IdleWatch {
  const { clock, timezone } = deps;
  const startedAt = clock.now().getTime();
  const asked = new Map<string, number>();

  async function lastUse(view: EnvironmentView, signal: AbortSignal): Promise<number> {
    const call = { actor: { door: 'engine', user: '' } as const, signal };
    const now = clock.now().getTime();
    const metrics = ['network_rx_bytes_per_second', 'network_tx_bytes_per_second'] as const;
    const traffic = await deps
      .api()
      .metrics.query(
        { environmentId: view.id, metrics: [...metrics], from: now - trafficMs, to: now, points: 2000 },
        call,
      )
      .then(({ series, bucketMs }) => lastTraffic(series, bucketMs))
      .catch(() => null);
    const work = await lastWork(
      { files: deps.files, git: deps.api().git },
      { environmentId: view.id, folder: view.folder },
      signal,
    );
    const started = view.services.flatMap(({ instances }) =>
      instances.map(({ startedAt: at }) => (at === null ? 0 : Date.parse(at))),
    );
    // Whoever started it, or us, was there then. Times from a clock that was ahead say nothing.
    const signs = [startedAt, deps.uses.last(view.id) ?? 0, traffic ?? 0, work ?? 0, ...started];
    return Math.max(...signs.filter((at) => at <= now), 0);
  }

  async function lookAt(view: EnvironmentView, signal: AbortSignal): Promise<void> {
    const rule = deps.ruleOf(view.id);
    const id = `idle:${view.id}`;
    const before = asked.get(view.id) ?? null;
    const now = clock.now().getTime();
    const running = view.stale ? 0 : view.services.filter(({ state }) => state === 'running').length;
    const evening = rule !== undefined && isEvening(now, rule.from, timezone);
    if (before === null && (!evening || running === 0)) return;
    const quiet = running > 0 && !deps.busy(view.id);
    const use = rule === undefined || !evening || !quiet ? now : await lastUse(view, signal);
    const verdict =
      rule === undefined ? 'take-back' : judgeIdle({ now, rule, quiet, lastUse: use, asked: before, timezone });
    if (verdict === 'nothing') return;
    if (verdict === 'take-back') {
      asked.delete(view.id);
      deps.withdraw(id);
      return;
    }
    asked.set(view.id, use);
    deps.say(question(view, { id, now, use, running }));
  }

  function question(
    view: EnvironmentView,
    { id, now, use, running }: { id: string; now: number; use: number; running: number },
  ): Notice {
    const sameDay = workingDay(use, timezone).key === workingDay(now, timezone).key;
    const since = sameDay ? `since ${clockWords(use, timezone)}` : 'today';
    return {
      id,
      environment: view.id,
      service: null,
      at: now,
      title: `Nobody has used ${view.stackName} ${since}. Stop it?`,
      lines: [
        `${running} ${running === 1 ? 'service runs' : 'services run'}. Nothing was done with it here, and nothing changed in its folder.`,
        'Stopping keeps containers and data.',
      ],
      actions: ['stop', 'open'],
      urgency: 'normal',
      silent: false,
      reason: 'idle',
    };
  }

  async function look(signal: AbortSignal): Promise<void> {
    for (const view of deps.environments()) {
      await lookAt(view, AbortSignal.any([signal, AbortSignal.timeout(lookMs)])).catch((error: unknown) => {
        if (!signal.aborted) console.error(`idle: ${view.id} could not be looked at:`, error);
      });
    }
  }

  return {
    look,
    async run(signal) {
      // What an earlier life asked is asked anew, once it is true again.
      for (const { id } of deps.environments()) deps.withdraw(`idle:${id}`);
      while (!signal.aborted) {
        await clock.sleep(lookEveryMs, signal).catch(() => undefined);
        if (!signal.aborted) await look(signal);
      }
    },
  };
}
