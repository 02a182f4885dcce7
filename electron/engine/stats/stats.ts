import type { StatsSample } from '../../../shared/contract/streams.ts';
import type { EngineApi } from '../api.ts';
import type { ProjectOf } from '../logs/logs.ts';
import type { Clock } from '../platform/clock.ts';
import type { CurrentDocker } from '../providers/docker/client.ts';
import { type CounterSource, createCounterSource } from '../providers/docker/counter-source.ts';
import { createBatcher } from '../streams/batches.ts';
import { cancellable } from '../streams/cancellable.ts';
import type { Flows } from '../streams/flow.ts';
import { createHistory, type History } from './history.ts';
import { sample } from './sampler.ts';

export interface StatsDeps {
  readonly current: CurrentDocker;
  readonly projectOf: ProjectOf;
  readonly flows: Flows;
  readonly clock: Clock;
  /** Default: always asks the engine. */
  readonly counters?: CounterSource;
  /** How long sampling goes on after the last reader left, ms. Default 30 s. */
  readonly lingerMs?: number;
}

interface Watched {
  readonly history: History;
  readonly readers: Set<(samples: readonly StatsSample[]) => void>;
  readonly stop: AbortController;
  leaving: AbortController | undefined;
}

const sampleBytes = 320;
const samplesPerBatch = 800;
type FlowInput = Parameters<Flows['open']>[0];

/** The slice `stats` of the engine's surface. Measures only what somebody watches. */
export function createStats(deps: StatsDeps): Pick<EngineApi, 'stats'> & { close(): void } {
  const { clock, lingerMs = 30_000, counters = createCounterSource(null) } = deps;
  const watched = new Map<string, Watched>();

  function start(key: string, environmentId: string, projectName: string): Watched {
    const history = createHistory();
    const readers: Watched['readers'] = new Set();
    const stop = new AbortController();
    const onSamples = (samples: readonly StatsSample[]): void => {
      history.add(samples);
      for (const reader of readers) reader(samples);
    };
    const { current } = deps;
    sample({ current, counters, clock, environmentId, projectName, onSamples }, stop.signal).catch(() => undefined);
    const entry: Watched = { history, readers, stop, leaving: undefined };
    watched.set(key, entry);
    return entry;
  }

  function join(environmentId: string, projectName: string, reader: (samples: readonly StatsSample[]) => void) {
    const key = `${environmentId}\n${projectName}`;
    const entry = watched.get(key) ?? start(key, environmentId, projectName);
    entry.leaving?.abort();
    entry.leaving = undefined;
    entry.readers.add(reader);
    return {
      history: entry.history.all(),
      leave() {
        entry.readers.delete(reader);
        if (entry.readers.size > 0 || entry.leaving !== undefined) return;
        const leaving = new AbortController();
        entry.leaving = leaving;
        clock.sleep(lingerMs, leaving.signal).then(
          () => {
            watched.delete(key);
            entry.stop.abort(new DOMException('Nobody watches.', 'AbortError'));
          },
          () => undefined,
        );
      },
    };
  }

  async function* stream(flow: FlowInput, environmentId: string, projectName: string, signal: AbortSignal) {
    const gate = deps.flows.open(flow);
    const batcher = createBatcher<StatsSample>({
      maxMs: 16,
      maxBytes: samplesPerBatch * sampleBytes,
      maxBufferedBytes: 2 * 1024 * 1024,
      sizeOf: () => sampleBytes,
      clock,
    });
    const joined = join(environmentId, projectName, (samples) => {
      for (const each of samples) batcher.push(each);
    });
    try {
      // Always answers at once, so that a page can tell "nothing yet" from "still asking".
      let from = 0;
      do {
        await gate.take(signal);
        yield { samples: joined.history.slice(from, from + samplesPerBatch) };
        from += samplesPerBatch;
      } while (from < joined.history.length);
      for await (const { items } of batcher.batches(gate, signal)) yield { samples: items };
    } finally {
      joined.leave();
      gate.close();
    }
  }

  return {
    stats: {
      async watch({ environmentId, flow }, call) {
        const { projectName } = await deps.projectOf(environmentId);
        return cancellable(call.signal, (signal) => stream(flow, environmentId, projectName, signal));
      },
    },
    close() {
      for (const entry of watched.values()) {
        entry.leaving?.abort();
        entry.stop.abort(new DOMException('Closed.', 'AbortError'));
      }
      watched.clear();
    },
  };
}
