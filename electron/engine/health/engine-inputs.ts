import type { HealthSection } from '../../../shared/domain/checks.ts';
import { underPower } from '../../../shared/domain/health-rules.ts';
import type { ContainerEvent, ContainerInfo, EnvironmentTarget, ReportedEvent } from '../providers/provider.ts';
import { type CheckConfig, checkConfig } from './check-config.ts';
import { observationOf, signalOf } from './facts.ts';
import type { WatchBook } from './watch-book.ts';

export interface EngineInputsDeps {
  readonly book: WatchBook;
  readonly now: () => number;
  readonly containers: (projectName: string) => readonly ContainerInfo[];
  /** On battery probes are further apart. */
  readonly power: () => Parameters<typeof underPower>[1];
}

/** Brings what an engine says about containers to the services they belong to. */
export interface EngineInputs {
  /** How the services are checked, by their files and their containers. Remembers the section. */
  configs(target: EnvironmentTarget, section: HealthSection | undefined): Record<string, CheckConfig>;
  /** First look at an environment that was just declared. */
  begin(environmentId: string): void;
  /** Looks at every container of an environment again. */
  observeAll(environmentId: string): void;
  reported(event: ReportedEvent): void;
  observe(event: ContainerEvent): void;
  forget(environmentId: string): void;
}

export function createEngineInputs({ book, now, containers, power }: EngineInputsDeps): EngineInputs {
  const environmentOf = new Map<string, string>();
  const sections = new Map<string, HealthSection | undefined>();
  let engineLost = false;

  function configsOf(target: EnvironmentTarget, section: HealthSection | undefined): Record<string, CheckConfig> {
    const own = containers(target.projectName);
    return Object.fromEntries(
      Object.keys(target.project.services).map((name) => {
        const config = checkConfig(
          target.project,
          section,
          name,
          own.filter((each) => each.service === name),
        );
        return [name, { ...config, rules: underPower(config.rules, power()) }];
      }),
    );
  }

  function observeService(environmentId: string, service: string): void {
    const watched = book.get(environmentId);
    const config = watched?.configs[service];
    if (watched === undefined || config === undefined) return;
    const own = containers(watched.target.projectName).filter((each) => each.service === service);
    const observed = observationOf(own, config.runsOnce, now());
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

  return {
    configs(target, section) {
      environmentOf.set(target.projectName, target.id);
      sections.set(target.id, section);
      return configsOf(target, section);
    },
    begin(environmentId) {
      if (engineLost) book.apply(environmentId, null, { kind: 'engine', at: now(), action: 'lost' });
      else
        for (const service of Object.keys(book.get(environmentId)?.configs ?? {}))
          observeService(environmentId, service);
    },
    observeAll,
    reported(event) {
      const environmentId = environmentOf.get(event.projectName);
      const watched = environmentId === undefined ? undefined : book.get(environmentId);
      const config = watched?.configs[event.service];
      if (watched === undefined || config === undefined) return;
      const own = containers(event.projectName).filter((each) => each.service === event.service);
      // One of several tells nothing about the service; what they add up to is observed a moment later.
      if (own.length > 1) return;
      const signal = signalOf(event, own[0], {
        at: now(),
        runsOnce: config.runsOnce,
        recovers: config.recovery === 'restart',
      });
      if (signal !== undefined) book.apply(watched.id, event.service, signal);
    },
    observe(event) {
      const at = now();
      switch (event.kind) {
        case 'snapshot':
          engineLost = false;
          for (const { id } of book.all()) {
            book.apply(id, null, { kind: 'engine', at, action: 'back' });
            observeAll(id);
          }
          return;
        case 'lost':
          engineLost = true;
          book.applyToAll({ kind: 'engine', at, action: 'lost' });
          return;
        case 'changed': {
          const { container, action } = event;
          const environmentId = environmentOf.get(container.projectName);
          if (environmentId === undefined) return;
          const several = containers(container.projectName).filter((each) => each.service === container.service);
          const tellsMore = action === 'reconcile' || (container.oomKilled && container.state !== 'running');
          if (several.length > 1 || tellsMore) observeService(environmentId, container.service);
          return;
        }
        case 'removed': {
          const environmentId = environmentOf.get(event.projectName);
          const watched = environmentId === undefined ? undefined : book.get(environmentId);
          for (const service of Object.keys(watched?.configs ?? {})) observeService(watched?.id ?? '', service);
          return;
        }
      }
    },
    forget(environmentId) {
      sections.delete(environmentId);
      for (const [projectName, id] of environmentOf) if (id === environmentId) environmentOf.delete(projectName);
    },
  };
}
