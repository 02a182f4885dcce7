import type { StatsSample } from '../../../shared/contract/streams.ts';

/** The last samples of each service. */
export interface History {
  add(samples: readonly StatsSample[]): void;
  /** In order of time. */
  all(): StatsSample[];
}

/** Keeps `perService` samples of at most `maxServices` services; the service that was silent longest goes first. */
export function createHistory(perService = 300, maxServices = 1000): History {
  const rings = new Map<string, StatsSample[]>();
  return {
    add(samples) {
      for (const sample of samples) {
        const ring = rings.get(sample.service) ?? [];
        ring.push(sample);
        if (ring.length > perService) ring.shift();
        rings.delete(sample.service);
        rings.set(sample.service, ring);
      }
      for (const service of rings.keys()) {
        if (rings.size <= maxServices) break;
        rings.delete(service);
      }
    },
    all: () => [...rings.values()].flat().sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
  };
}
