import type { Clock } from '../platform/clock.ts';
import type { ContainerEvent, ContainerInfo } from '../providers/provider.ts';

/** The containers of every Compose project on the engine in use, as its watcher last told. */
export interface ContainerBook {
  /** The engine has told of its containers at least once. */
  readonly seen: boolean;
  /** What is known is from before: the engine in use changed or went away. */
  readonly stale: boolean;
  /** When it was last heard, ISO time. */
  readonly asOf: string;
  all(): readonly ContainerInfo[];
  ofProject(projectName: string): ContainerInfo[];
  /** Takes in what the watcher saw. Gives the projects that look different now. */
  take(event: ContainerEvent): 'all' | ReadonlySet<string>;
  /** False: it was stale already. */
  markStale(): boolean;
}

export function createContainerBook(clock: Clock): ContainerBook {
  const containers = new Map<string, ContainerInfo>();
  let seen = false;
  let stale = true;
  let asOf = clock.now().toISOString();
  return {
    get seen() {
      return seen;
    },
    get stale() {
      return stale;
    },
    get asOf() {
      return asOf;
    },
    all: () => [...containers.values()],
    ofProject: (projectName) => [...containers.values()].filter((container) => container.projectName === projectName),
    take(event) {
      asOf = clock.now().toISOString();
      switch (event.kind) {
        case 'snapshot': {
          const before = [...containers.values()].map((container) => container.projectName);
          containers.clear();
          for (const container of event.containers) containers.set(container.id, container);
          const wasStale = stale || !seen;
          seen = true;
          stale = false;
          if (wasStale) return 'all';
          return new Set([...before, ...event.containers.map((container) => container.projectName)]);
        }
        case 'changed':
          containers.set(event.container.id, event.container);
          return new Set([event.container.projectName]);
        case 'removed': {
          const known = containers.get(event.id);
          containers.delete(event.id);
          return new Set([known?.projectName ?? event.projectName]);
        }
        case 'lost':
          asOf = event.since;
          stale = true;
          return 'all';
      }
    },
    markStale() {
      if (stale) return false;
      stale = true;
      return true;
    },
  };
}
