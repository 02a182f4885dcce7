import type { CheckView } from '../../../shared/contract/health.ts';
import type { StartedBy } from '../../../shared/contract/operations.ts';
import type { NoticeAction } from '../../../shared/domain/alert-types.ts';
import { explain } from '../../../shared/domain/health-explain.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EngineApi } from '../api.ts';
import type { LoadedStack } from '../environments/stack-loader.ts';
import { loadedOf } from '../environments/target.ts';
import { startedBy } from '../operations/started-by.ts';
import type { Files } from '../platform/files.ts';
import { writeBack } from '../stacks/golden-file/edit.ts';
import { editCheck } from './check-editor.ts';
import type { Health } from './health.ts';
import type { HealthStore } from './health-store.ts';
import type { Prober } from './prober.ts';
import { type TimelineDeps, timelineMarks } from './timeline.ts';
import type { TrustedCommands } from './trusted-commands.ts';
import type { Watched } from './watch-book.ts';

export interface HealthApiDeps extends TimelineDeps {
  readonly health: Health;
  readonly store: HealthStore;
  readonly prober: Prober;
  readonly trusted: TrustedCommands;
  readonly files: Files;
  readonly now: () => number;
  readonly utcOffsetMinutes: (at: number) => number;
  /** Reads the files of a stack anew; what it finds is declared to the watch. */
  readonly load: (environmentId: string, signal: AbortSignal) => Promise<LoadedStack>;
  readonly folderOf: (environmentId: string) => string;
  readonly restart: (
    environmentId: string,
    services: string[] | undefined,
    by: StartedBy | undefined,
  ) => { readonly operationId: string };
  readonly stop: (environmentId: string, by: StartedBy | undefined) => { readonly operationId: string };
  /** Adds or removes a mute in the settings of this user. */
  readonly mute: (environmentId: string, service: string | null, muted: boolean) => void;
}

/** How long Snooze on a notice keeps quiet. */
const snoozeMs = 3_600_000;

export function createHealthApi(deps: HealthApiDeps): Pick<EngineApi, 'health' | 'incidents' | 'notices'> {
  const { health, store, prober } = deps;

  function watched(environmentId: string): Watched {
    // Refuses an environment nobody added.
    deps.folderOf(environmentId);
    const found = health.book.get(environmentId);
    if (found !== undefined) return found;
    throw new AppError({
      code: 'input.not-found',
      message: `${environmentId} is not watched, because its files could not be read yet.`,
      remedy: 'Mend its files first; its page says what is wrong.',
    });
  }

  function serviceOf(environmentId: string, service: string) {
    const environment = watched(environmentId);
    const config = environment.configs[service];
    if (config !== undefined) return { ...environment, config };
    throw new AppError({
      code: 'input.not-found',
      message: `${environmentId} has no service ${service}.`,
      remedy: `Choose one of: ${Object.keys(environment.configs).join(', ')}.`,
    });
  }

  async function edit(environmentId: string, service: string, check: Parameters<typeof editCheck>[3]) {
    serviceOf(environmentId, service);
    const loaded = await deps.load(environmentId, AbortSignal.timeout(10_000));
    const place = { folder: deps.folderOf(environmentId), goldenFile: loaded.goldenFile };
    return editCheck(deps.files, place, service, check);
  }

  /** Whoever acts has seen it. */
  function acknowledge(environmentId: string, service: string | null): void {
    for (const incident of store.incidents({ open: true, environmentId, limit: 500 }))
      if ((service === null || incident.service === service) && incident.acknowledgedAt === null)
        health.book.changeIncident(incident.id, { acknowledgedAt: deps.now() });
  }

  const snooze = (environment: string, service: string | null, until: number | null): void =>
    health.notifier.take([{ kind: 'snooze', at: deps.now(), environment, service, until }]);

  return {
    health: {
      async checks({ environmentId }) {
        const environment = watched(environmentId);
        return Object.keys(environment.configs).map((service) => checkView(deps, environment, service));
      },
      async probe({ environmentId, service }, { signal }) {
        const { target, config } = serviceOf(environmentId, service);
        const outcome = await prober.once(
          { target, service, probe: config.probe, timeoutMs: config.rules.timeoutMs },
          signal,
        );
        health.book.apply(environmentId, service, { kind: 'verify', at: deps.now() });
        return outcome;
      },
      async tryProbe({ environmentId, service, probe }, { signal }) {
        const { target, config } = serviceOf(environmentId, service);
        return prober.once({ target, service, probe, timeoutMs: config.rules.timeoutMs }, signal);
      },
      async previewCheck({ environmentId, service, check }) {
        const { file, diff } = await edit(environmentId, service, check);
        return { file, diff };
      },
      async setCheck({ environmentId, service, check }, { signal }) {
        const edited = await edit(environmentId, service, check);
        await writeBack(deps.files, edited);
        await deps.load(environmentId, signal);
        return { file: edited.file, text: edited.after };
      },
      async allowCommand({ environmentId, service, run, allowed }) {
        const { target } = serviceOf(environmentId, service);
        if (allowed) deps.trusted.allow(environmentId, target.folder, run, new Date(deps.now()));
        else deps.trusted.withdraw(environmentId, target.folder, run);
        health.book.apply(environmentId, service, { kind: 'verify', at: deps.now() });
        return {};
      },
      async pauseWatching({ environmentId, until }) {
        if (environmentId !== null) watched(environmentId);
        health.pauseWatching(environmentId, until);
        return {};
      },
      async machine(news) {
        health.machine(news);
        return {};
      },
      async timeline({ environmentId, from, to }) {
        deps.folderOf(environmentId);
        const end = Math.min(to, deps.now());
        const spans = end > from ? store.spans(environmentId, from, end) : [];
        // The past is there before the files were read, and when they cannot be.
        const declared = health.book.get(environmentId)?.configs ?? {};
        const services = new Set([...Object.keys(declared), ...spans.map((span) => span.service)]);
        return {
          environmentId,
          from,
          to,
          services: [...services].map((service) => ({
            service,
            spans: spans
              .filter((span) => span.service === service && span.to > span.from)
              .map(({ from: begin, to: finish, state, reason }) => ({ from: begin, to: finish, state, reason })),
          })),
          marks: timelineMarks(deps, store, environmentId, from, to),
        };
      },
    },

    incidents: {
      list: async ({ environmentId, open, since, limit }) => store.incidents({ environmentId, open, since, limit }),
      async get({ incidentId }) {
        const incident = store.incident(incidentId);
        if (incident === undefined) throw noSuchIncident(incidentId);
        const { cause } = incident;
        const explanation = cause === null ? null : explain(cause, deps.utcOffsetMinutes(incident.from));
        return {
          incident,
          explanation: explanation?.sentence ?? 'Nothing is known of its cause.',
          action: explanation === null ? null : noticeActionOf(explanation.action.kind),
          events: store.events(incidentId),
        };
      },
      async acknowledge({ incidentId }) {
        if (store.incident(incidentId) === undefined) throw noSuchIncident(incidentId);
        health.book.changeIncident(incidentId, { acknowledgedAt: deps.now() });
        return {};
      },
    },

    notices: {
      async act({ noticeId, action }, { actor }) {
        const notice = health.notifier.find(noticeId);
        if (notice === undefined) {
          throw new AppError({
            code: 'input.not-found',
            message: 'This notice is no longer known.',
            remedy: 'Open the stack to see how it is now.',
          });
        }
        const { environment, service } = notice;
        health.notifier.dismiss(noticeId);
        if (environment === null) return { operation: null };
        // Whoever says later has not said that it is seen to.
        if (action === 'snooze') snooze(environment, service, deps.now() + snoozeMs);
        else acknowledge(environment, service);
        if (action === 'stop') return { operation: deps.stop(environment, startedBy(actor)) };
        if (action !== 'restart') return { operation: null };
        health.recoverer.manual(environment, service === null ? null : [service]);
        return { operation: deps.restart(environment, service === null ? undefined : [service], startedBy(actor)) };
      },
      async snooze({ environmentId, service, until }) {
        watched(environmentId);
        snooze(environmentId, service, until);
        return {};
      },
      async mute({ environmentId, service, muted }) {
        watched(environmentId);
        deps.mute(environmentId, service, muted);
        health.notifier.tick();
        return {};
      },
      async tellWhenHealthy({ environmentId, service, wanted }) {
        serviceOf(environmentId, service);
        health.notifier.take([
          { kind: 'tell-when-healthy', at: deps.now(), environment: environmentId, service, wanted },
        ]);
        return {};
      },
    },
  };
}

function checkView({ health, prober, trusted }: HealthApiDeps, environment: Watched, service: string): CheckView {
  const config = environment.configs[service]!;
  const own = environment.health.services[service]!;
  const verdict = health.verdict(environment.id, service);
  const latencies = own.outcomes.flatMap(({ latencyMs }) => (latencyMs === null ? [] : [latencyMs]));
  return {
    service,
    state: own.state,
    since: own.since,
    reason: verdict?.reason ?? null,
    declared: config.declared,
    position: positionOf(environment, service),
    probe: config.probe,
    source: config.source,
    why: config.why,
    target: prober.describe(environment.target, service, config.probe),
    obstacle: prober.obstacle(environment.target, service, config.probe),
    ...(config.probe?.command?.in === 'host'
      ? {
          hostCommand: {
            run: config.probe.command.run,
            folder: environment.target.folder,
            allowed: trusted.allowed(environment.id, environment.target.folder, config.probe.command.run),
          },
        }
      : {}),
    rules: config.rules,
    recovery: config.recovery,
    muted: config.muted,
    last: health.lastOutcome(environment.id, service) ?? null,
    nextAt: own.nextProbeAt,
    latency: quantiles(latencies),
    counters: {
      probes: own.counters.probes,
      failures: own.counters.failures,
      downs: own.counters.downs,
      restarts: own.counters.restarts,
      ooms: own.counters.ooms,
    },
    breakerOpenSince: health.recoverer.breakerOpenSince(environment.id, service),
  };
}

/** Where the check is declared, else the service itself. */
function positionOf({ target, configs }: Watched, service: string): CheckView['position'] {
  const declared = configs[service]?.declared != null;
  const inGolden = declared ? loadedOf(target)?.goldenPositionOf?.(['health', 'services', service]) : undefined;
  return inGolden ?? target.positionOf?.(['services', service]);
}

/** Nearest rank, of the few dozen results that the state machine keeps. */
function quantiles(values: readonly number[]): CheckView['latency'] {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function noticeActionOf(kind: string): NoticeAction | null {
  switch (kind) {
    case 'start':
    case 'restart':
      return 'restart';
    case 'logs':
    case 'restore':
    case 'raise-limit':
    case 'start-engine':
    case 'cleanup':
      return kind;
    default:
      return null;
  }
}

function noSuchIncident(id: string): AppError {
  return new AppError({
    code: 'input.not-found',
    message: `There is no incident ${id}.`,
    remedy: 'List them with `golden incidents`, or open the stack.',
  });
}
