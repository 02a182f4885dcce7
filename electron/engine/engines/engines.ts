import type { EngineView } from '../../../shared/contract/engines.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EngineApi } from '../api.ts';
import type { Clock } from '../platform/clock.ts';
import type { CurrentDocker } from '../providers/docker/client.ts';
import { type Detection, probeEngine } from '../providers/docker/detect.ts';
import { findCandidates } from '../providers/docker/endpoints.ts';
import { explain } from '../providers/docker/engine-problems.ts';
import type { Surroundings } from '../providers/docker/surroundings.ts';
import type { ContainerEvent, ReportedEvent } from '../providers/provider.ts';
import { type DoctorDeps, runDoctor } from './doctor.ts';
import { createEngineBook, type Entry } from './engine-book.ts';
import { followEngine } from './follow.ts';
import { type Heartbeat, startHeartbeat } from './heartbeat.ts';

/** How often to look for engines again while none can be used, ms. */
const searchPauseMs = 5000;

export interface EnginesDeps {
  readonly surroundings: Surroundings;
  readonly clock: Clock;
  /** The engine the user chose; null: the first that answers. */
  readonly chosenId: () => string | null;
  readonly choose: (engineId: string) => void;
  readonly doctor: DoctorDeps;
}

export interface Engines {
  /** Looks for engines once, then keeps an eye on the one in use. */
  start(): Promise<void>;
  close(): void;
  /** Looks at the settings again: the choice may have changed there. */
  reconsider(): void;
  list(): EngineView[];
  readonly current: CurrentDocker;
  /** The engine in use, whatever its state; undefined when none was ever available. */
  selected(): EngineView | undefined;
  /** Called with the whole list whenever anything in it changed. Returns how to stop. */
  onChange(listener: (engines: EngineView[]) => void): () => void;
  /**
   * Containers of the engine in use, across its deaths and the user's choice of another. `lost` comes as soon as the
   * heartbeat misses it, a new snapshot as soon as it answers again. `onReported` hears each report as it comes, before a
   * snapshot also what the engine still knows of the time since it was last heard, at first since `since` (ISO 8601).
   */
  watch(
    signal: AbortSignal,
    onReported?: (event: ReportedEvent) => void,
    since?: string,
  ): AsyncGenerator<ContainerEvent, void, void>;
  readonly api: Pick<EngineApi, 'engines'>;
}

/** Finds engines, chooses one, notices when it dies, hangs or comes back. */
export function createEngines(deps: EnginesDeps): Engines {
  const { surroundings, clock } = deps;
  const stop = new AbortController();
  const listeners = new Set<(engines: EngineView[]) => void>();
  const book = createEngineBook(surroundings, clock);
  let autoId: string | null = null;
  let heart: { readonly entry: Entry; readonly beat: Heartbeat } | undefined;
  let detecting: Promise<void> | undefined;
  let shown = '[]';

  function selectedEntry(): Entry | undefined {
    const chosen = deps.chosenId();
    if (chosen !== null) return book.get(chosen);
    return autoId === null ? undefined : book.get(autoId);
  }

  function list(): EngineView[] {
    const selected = selectedEntry();
    return book.entries().map((entry) => ({ ...entry.view, selected: entry === selected }));
  }

  function publish(): void {
    const views = list();
    const text = JSON.stringify(views);
    if (text === shown) return;
    shown = text;
    for (const listener of [...listeners]) listener(views);
  }

  /** Settles who is in use. Sticky: an engine that dies is waited for, not replaced behind the user's back. */
  function settle(): void {
    if (deps.chosenId() === null && (autoId === null || book.get(autoId) === undefined)) {
      // DOCKER_HOST is a choice too: what it names is used or waited for, never replaced by another engine.
      const entries = book.entries();
      const named = entries.find((entry) => entry.view.source === 'environment');
      const first = entries.findIndex((entry) => entry.view.state === 'available');
      // Their order says which is meant: another one must not win because it answers sooner.
      const decided = entries.slice(0, Math.max(0, first)).every((entry) => entry.looked);
      autoId = (named ?? (decided ? entries[first] : undefined))?.id ?? null;
    }
    const entry = selectedEntry();
    if (heart?.entry !== entry) {
      heart?.beat.close();
      heart = undefined;
      if (entry?.client != null && !stop.signal.aborted) {
        heart = { entry, beat: startHeartbeat({ client: entry.client, clock, ...feelings(entry) }) };
      }
    }
    publish();
  }

  function feelings(entry: Entry) {
    return {
      async onAlive() {
        if (entry.view.state === 'available') return;
        await look(entry);
        settle();
      },
      async onTrouble(error: unknown) {
        const trouble = await explain(surroundings, entry.candidate, error);
        // One that hangs and one that closed differ; a socket that vanished under a running engine is gone, not unknown.
        const state = trouble.state === 'not-found' && entry.view.version !== null ? 'gone' : trouble.state;
        book.update(entry, { ...entry.view, state, problem: trouble.problem });
        publish();
      },
    };
  }

  async function look(entry: Entry): Promise<Detection> {
    const found = await probeEngine(surroundings, entry.candidate, entry.client, { signal: stop.signal });
    const { roundTripMs: _, ...facts } = found;
    // What we knew of an engine that is away now stays on show.
    book.update(
      entry,
      found.state === 'available' ? facts : { ...entry.view, state: facts.state, problem: facts.problem },
    );
    return found;
  }

  /** `everything`: also engines on other machines that were asked before, which costs a connection each. */
  function detect(everything: boolean): Promise<void> {
    detecting ??= (async () => {
      book.replace(await findCandidates(surroundings), deps.chosenId() ?? autoId);
      const selected = selectedEntry();
      const asked = book
        .entries()
        .filter((entry) => everything || !entry.looked || entry === selected || isLocal(entry));
      await Promise.all(asked.map((entry) => look(entry).then(settle)));
      settle();
    })().finally(() => {
      detecting = undefined;
    });
    return detecting;
  }

  /** Done when there is an engine to use, even while others keep us waiting. */
  async function firstDetection(): Promise<void> {
    await Promise.race([
      detect(true),
      new Promise<void>((resolve) => {
        const stopListening = engines.onChange(() => {
          if (selectedEntry()?.view.state !== 'available') return;
          stopListening();
          resolve();
        });
      }),
    ]);
  }

  async function keepSearching(): Promise<void> {
    for (;;) {
      await clock.sleep(searchPauseMs, stop.signal);
      if (selectedEntry()?.view.state !== 'available') await detect(false);
      else settle();
    }
  }

  function viewOf(id: string): EngineView {
    const view = list().find((each) => each.id === id);
    if (view === undefined) throw unknownEngine(id);
    return view;
  }

  function current() {
    const entry = selectedEntry();
    const usable = entry?.view.state === 'available' || entry?.view.state === 'gone';
    // One that closed answers at once either way, and may be back before the heartbeat notices.
    if (entry?.client != null && usable) return entry.client;
    if (entry?.looked !== true && book.entries().some((each) => !each.looked)) throw stillLooking();
    throw unusable(entry?.view ?? book.entries()[0]?.view);
  }

  const engines: Engines = {
    async start() {
      await firstDetection();
      keepSearching().catch(() => undefined);
    },
    close() {
      stop.abort(new DOMException('Engines were closed.', 'AbortError'));
      heart?.beat.close();
      heart = undefined;
      book.close();
    },
    reconsider: settle,
    list,
    current,
    selected: () => list().find((view) => view.selected),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    watch: (signal, onReported, since) =>
      followEngine({
        signal,
        onReported,
        since,
        clock,
        onChange: engines.onChange,
        now() {
          const entry = selectedEntry();
          return entry === undefined ? undefined : { client: entry.client, view: entry.view };
        },
      }),
    api: {
      engines: {
        list: async () => list(),
        async detect() {
          await detect(true);
          return list();
        },
        async test({ engineId }) {
          const entry = book.get(engineId);
          if (entry === undefined) throw unknownEngine(engineId);
          const { roundTripMs } = await look(entry);
          publish();
          return { engine: viewOf(engineId), roundTripMs };
        },
        async select({ engineId }) {
          if (book.get(engineId) === undefined) throw unknownEngine(engineId);
          deps.choose(engineId);
          settle();
          return viewOf(engineId);
        },
        doctor: async (_input, call) => runDoctor(deps.doctor, { engines: list(), current, surroundings }, call.signal),
      },
    },
  };
  return engines;
}

function unknownEngine(id: string): AppError {
  return new AppError({
    code: 'input.not-found',
    message: `There is no engine ${id}.`,
    remedy: 'Detect engines again and choose one of the list.',
  });
}

function isLocal({ candidate }: Entry): boolean {
  return candidate.endpoint?.kind === 'unix' || candidate.endpoint?.kind === 'npipe';
}

function stillLooking(): AppError {
  return new AppError({
    code: 'docker.not-responding',
    message: 'The engines are still being looked for.',
    remedy: 'Try again in a moment.',
  });
}

function unusable(view: EngineView | undefined): AppError {
  const details = view === undefined ? {} : { engineId: view.id, endpoint: view.endpoint };
  const code =
    view?.state === 'denied'
      ? 'docker.denied'
      : view?.state === 'not-responding'
        ? 'docker.not-responding'
        : 'docker.not-found';
  return new AppError({
    code,
    message: view?.problem?.message ?? 'No Docker engine was found on this machine.',
    remedy: view?.problem?.remedy ?? 'Install and start Docker, then detect engines again.',
    details,
  });
}
