import type { HealthSection } from '../../../shared/domain/checks.ts';
import { underPower } from '../../../shared/domain/health-rules.ts';
import type { ContainerEvent, ContainerInfo, EnvironmentTarget, ReportedEvent } from '../providers/provider.ts';
import { type CheckConfig, checkConfig } from './check-config.ts';
import { type ContainerEnd, createContainerTrail } from './container-trail.ts';
import { containersOf, isStale, observationOf, signalOf } from './facts.ts';
import type { LastLife } from './health-store.ts';
import type { WatchBook, Watched } from './watch-book.ts';

/** What ended just before a life of ours did may have been seen by nobody. */
const unseenMs = 5_000;

export interface EngineInputsDeps {
  readonly book: WatchBook;
  readonly now: () => number;
  readonly containers: (projectName: string) => readonly ContainerInfo[];
  /** On battery probes are further apart. */
  readonly power: () => Parameters<typeof underPower>[1];
  /** The usual p95 of a service's probe at this hour, ms; null while unknown. */
  readonly usualP95: (environmentId: string, service: string) => number | null;
  /** What was known of an environment when it was last watched. */
  readonly lastLife: (environmentId: string) => LastLife;
}

/** Brings what an engine says about containers to the services they belong to. */
export interface EngineInputs {
  /** How the services are checked, by their files and their containers. Remembers the section. */
  configs(target: EnvironmentTarget, section: HealthSection | undefined): Record<string, CheckConfig>;
  /** First look at services that were just declared. */
  begin(environmentId: string, services: readonly string[]): void;
  /** Takes over what is usual at this hour. */
  refreshRules(): void;
  /** Looks at every container of an environment again. */
  observeAll(environmentId: string): void;
  reported(event: ReportedEvent): void;
  observe(event: ContainerEvent): void;
  forget(environmentId: string): void;
}

export function createEngineInputs(deps: EngineInputsDeps): EngineInputs {
  const { book, now, power } = deps;
  const sections = new Map<string, HealthSection | undefined>();
  const lastLives = new Map<string, LastLife>();
  const trail = createContainerTrail();
  /** Nothing is known of its containers before its first picture. */
  let engineHere = false;

  const ownOf = ({ target }: Pick<Watched, 'target'>, service: string): ContainerInfo[] =>
    containersOf(deps.containers(target.projectName), service);

  const watchedIn = (projectName: string): Watched[] =>
    book.all().filter(({ target }) => target.projectName === projectName);

  function configsOf(target: EnvironmentTarget, section: HealthSection | undefined): Record<string, CheckConfig> {
    const own = deps.containers(target.projectName);
    return Object.fromEntries(
      Object.keys(target.project.services).map((name) => {
        const config = checkConfig(target.project, section, name, containersOf(own, name));
        const rules = underPower(config.rules, power());
        const latency = { ...rules.latency, baselineMs: deps.usualP95(target.id, name) };
        return [name, { ...config, rules: { ...rules, latency } }];
      }),
    );
  }

  /** From its report, else from what an earlier life of ours made of it. */
  function endOf(environmentId: string, container: ContainerInfo): ContainerEnd | undefined {
    const reported = trail.ended(container.id);
    if (reported !== undefined || container.finishedAt === null) return reported;
    if (container.state !== 'exited' && container.state !== 'dead') return undefined;
    const before = lastLives.get(environmentId);
    const state = before?.states.get(container.service);
    const at = Date.parse(container.finishedAt);
    if (before === undefined || state === undefined || at > before.aliveAt + unseenMs) return undefined;
    if (state === 'stopped') return { at, asked: true, exitCode: container.exitCode };
    return state === 'down' || state === 'flapping' ? { at, asked: false, exitCode: container.exitCode } : undefined;
  }

  function observeService(environmentId: string, service: string): void {
    const watched = book.get(environmentId);
    const config = watched?.configs[service];
    if (watched === undefined || config === undefined || !engineHere) return;
    const observed = observationOf(ownOf(watched, service), config.runsOnce, now(), (container) =>
      endOf(environmentId, container),
    );
    const { state } = watched.health.services[service] ?? {};
    // How it ended is known from the reports. Its exit code alone may look as if it had been asked to.
    if (observed.container === 'stopped' && (state === 'down' || state === 'flapping' || state === 'suspect')) return;
    book.apply(environmentId, service, observed);
  }

  function observeAll(environmentId: string): void {
    const watched = book.get(environmentId);
    if (watched === undefined) return;
    // Containers tell of health checks and ports that the files do not.
    book.declare(watched.target, configsOf(watched.target, sections.get(environmentId)), now());
    for (const service of Object.keys(watched.configs)) observeService(environmentId, service);
  }

  function changed(watched: Watched, container: ContainerInfo, action: string): void {
    const { service } = container;
    const health = watched.health.services[service];
    const own = ownOf(watched, service);
    if (health === undefined || !own.some((each) => each.id === container.id)) return;
    const end = trail.ended(container.id);
    const runs = container.state === 'running' && !isStale(container, end);
    const failedToStart = container.state === 'created' && (container.error ?? '') !== '';
    const tellsMore = action === 'reconcile' || failedToStart || (container.oomKilled && container.state !== 'running');
    // Reports of it were missed, or came when there was another container.
    const differs = runs !== (health.container === 'running') && container.state !== 'paused';
    // An observation may have been made from a description that was older than the report.
    const judgedOtherwise = runs && container.health !== null && container.health.status !== health.healthcheck;
    if (own.length > 1 || tellsMore || differs || judgedOtherwise) observeService(watched.id, service);
  }

  return {
    refreshRules() {
      for (const { id, target } of book.all()) book.declare(target, configsOf(target, sections.get(id)), now());
    },
    configs(target, section) {
      sections.set(target.id, section);
      if (!lastLives.has(target.id)) lastLives.set(target.id, deps.lastLife(target.id));
      return configsOf(target, section);
    },
    begin(environmentId, services) {
      for (const service of services) {
        if (engineHere) observeService(environmentId, service);
        else book.apply(environmentId, service, { kind: 'engine', at: now(), action: 'lost' });
      }
    },
    observeAll,
    reported(event) {
      const others = trail.running(event.projectName, event.service).filter((id) => id !== event.containerId);
      trail.take(event);
      // Of the past only the ends are of interest, which the first picture asks for: a start of then is no start of now.
      if (event.service === '' || event.past === true) return;
      for (const watched of watchedIn(event.projectName)) {
        const config = watched.configs[event.service];
        if (config === undefined) continue;
        const own = ownOf(watched, event.service);
        const alive = own.filter(
          (each) =>
            each.id !== event.containerId &&
            (each.state === 'running' || each.state === 'restarting' || each.state === 'paused') &&
            !isStale(each, trail.ended(each.id)),
        );
        // One of several tells nothing about the service; what they add up to is observed a moment later.
        if (others.length > 0 || alive.length > 0) continue;
        const signal = signalOf(
          event,
          own.find((each) => each.id === event.containerId),
          {
            at: now(),
            runsOnce: config.runsOnce,
            recovers: config.recovery === 'restart',
            restart: watched.target.project.services[event.service]?.restart,
          },
        );
        if (signal !== undefined) book.apply(watched.id, event.service, signal);
      }
    },
    observe(event) {
      const at = now();
      switch (event.kind) {
        case 'snapshot':
          engineHere = true;
          trail.keep(new Set(event.containers.map(({ id }) => id)));
          for (const { id } of book.all()) {
            book.apply(id, null, { kind: 'engine', at, action: 'back' });
            observeAll(id);
          }
          return;
        case 'lost':
          engineHere = false;
          book.applyToAll({ kind: 'engine', at, action: 'lost' });
          return;
        case 'changed':
          for (const watched of watchedIn(event.container.projectName)) changed(watched, event.container, event.action);
          return;
        case 'removed':
          for (const { id, configs } of watchedIn(event.projectName))
            for (const service of Object.keys(configs)) observeService(id, service);
          return;
      }
    },
    forget(environmentId) {
      sections.delete(environmentId);
      lastLives.delete(environmentId);
    },
  };
}
