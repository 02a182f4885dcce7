import type { EngineView } from '../../../shared/contract/engines.ts';
import type { Clock } from '../platform/clock.ts';
import type { DockerClient } from '../providers/docker/client.ts';
import { createDockerClient } from '../providers/docker/client-create.ts';
import { nothingKnown } from '../providers/docker/detect.ts';
import type { Candidate } from '../providers/docker/endpoints.ts';
import type { Surroundings } from '../providers/docker/surroundings.ts';

type Facts = Omit<EngineView, 'id' | 'name' | 'endpoint' | 'source' | 'selected' | 'since'>;

export interface Entry {
  readonly id: string;
  readonly candidate: Candidate;
  /** Null when its address cannot be read. */
  readonly client: DockerClient | null;
  /** `selected` is not kept here. */
  view: EngineView;
  /** It was asked at least once. */
  looked: boolean;
}

/** The engines we know of, each with its one client. */
export interface EngineBook {
  entries(): readonly Entry[];
  get(id: string): Entry | undefined;
  /** Takes over a new list; what is the same keeps its client and facts. `keep` stays even when nobody lists it now. */
  replace(candidates: readonly Candidate[], keep: string | null): void;
  update(entry: Entry, facts: Facts): void;
  close(): void;
}

export function createEngineBook(around: Surroundings, clock: Clock): EngineBook {
  let entries: Entry[] = [];

  function open(candidate: Candidate): Entry {
    const client =
      candidate.endpoint === null
        ? null
        : createDockerClient({
            engineId: candidate.id,
            endpoint: candidate.endpoint,
            environment: around.environment,
          });
    const view: EngineView = {
      id: candidate.id,
      name: candidate.name,
      endpoint: candidate.endpointText,
      source: candidate.source,
      selected: false,
      state: 'not-found',
      since: clock.now().toISOString(),
      ...nothingKnown,
      problem: candidate.problem,
    };
    return { id: candidate.id, candidate, client, view, looked: false };
  }

  return {
    entries: () => entries,
    get: (id) => entries.find((entry) => entry.id === id),
    replace(candidates, keep) {
      const before = new Map(entries.map((entry) => [entry.id, entry]));
      const next = candidates.map((candidate) => {
        const known = before.get(candidate.id);
        if (known === undefined || !sameEndpoint(known.candidate, candidate)) return open(candidate);
        before.delete(candidate.id);
        return known;
      });
      if (keep !== null && !next.some((entry) => entry.id === keep)) {
        const kept = before.get(keep);
        before.delete(keep);
        next.push(kept ?? open(absent(keep)));
      }
      for (const dropped of before.values()) dropped.client?.close();
      entries = next;
    },
    update(entry, facts) {
      entry.looked = true;
      const changed = facts.state !== entry.view.state;
      entry.view = { ...entry.view, ...facts, since: changed ? clock.now().toISOString() : entry.view.since };
    },
    close() {
      for (const entry of entries) entry.client?.close();
    },
  };
}

function sameEndpoint(a: Candidate, b: Candidate): boolean {
  return JSON.stringify(a.endpoint) === JSON.stringify(b.endpoint);
}

/** The engine the user chose once and that nothing leads to now. */
function absent(id: string): Candidate {
  return {
    id,
    name: id.replace(/^[a-z]+:/, ''),
    source: id.startsWith('context:') ? 'context' : id === 'environment' ? 'environment' : 'socket',
    endpoint: null,
    endpointText: '',
    problem: {
      message: `The engine chosen in the settings, ${id}, is not there.`,
      remedy: 'Start it and detect again, or choose another engine.',
    },
  };
}
