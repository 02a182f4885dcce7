import { AppError } from '../../../shared/errors.ts';
import type { Actor, EngineApi } from '../api.ts';
import type { ProjectOf } from '../logs/logs.ts';
import type { Clock } from '../platform/clock.ts';
import { newId } from '../platform/random.ts';
import type { CurrentDocker } from '../providers/docker/client.ts';
import { cancellable } from '../streams/cancellable.ts';
import type { Flows } from '../streams/flow.ts';
import { openInContainer } from './container-place.ts';
import type { OpenOnHost } from './host-place.ts';
import type { TerminalMemory } from './memory.ts';
import type { Opening, Place } from './place.ts';
import { openSession, type Session } from './session.ts';
import { createTabs, type Tab, viewOf, wasLeft } from './tabs.ts';

export interface TerminalsDeps {
  readonly current: CurrentDocker;
  readonly projectOf: ProjectOf;
  readonly flows: Flows;
  readonly clock: Clock;
  /** Absent: there are no shells on this machine. */
  readonly openOnHost?: OpenOnHost;
  /** Absent: nothing comes back after a restart. */
  readonly memory?: TerminalMemory;
  /** How many sessions may exist at once, ended ones included. Default 32. */
  readonly maxSessions?: number;
}

export interface Terminals extends Pick<EngineApi, 'terminal'> {
  /** Somebody works in a container of this service. */
  isOpenIn(environmentId: string, service: string): boolean;
  /** The stack was forgotten: what waits for it is not opened any more. */
  forget(environmentId: string): void;
  /** Ends every session and what it started. */
  close(signal: AbortSignal): Promise<void>;
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Who may use shells of this machine: whoever sits at it, and nobody who came over the network. */
const hostDoors: readonly Actor['door'][] = ['window', 'cli'];

/** The slice `terminal` of the engine's surface: shells in containers and on this machine that outlive their views. */
export function createTerminals(deps: TerminalsDeps): Terminals {
  const { clock, maxSessions = 32 } = deps;
  const tabs = createTabs(deps.memory, maxSessions);
  let opening = 0;

  const mayUse = (place: Place, actor: Actor): boolean => place.kind !== 'host' || hostDoors.includes(actor.door);

  function find(id: string, actor: Actor): Tab {
    const tab = tabs.find(id);
    if (mayUse(tab.place, actor)) return tab;
    throw new AppError({
      code: 'unauthorized',
      message: `A shell of this machine is not for the ${actor.door}.`,
      remedy: 'Use it in the Golden Hour window.',
    });
  }

  function running(id: string, actor: Actor): Session {
    const { session } = find(id, actor);
    if (session !== undefined) return session;
    throw new AppError({
      code: 'terminal.not-found',
      message: `The terminal ${id} waits to be restored.`,
      remedy: 'Restore it first.',
    });
  }

  /** Counted while they open, so that many at once do not get past the bound. */
  async function withRoom<T>(open: () => Promise<T>): Promise<T> {
    tabs.makeRoom(opening);
    opening += 1;
    try {
      return await open();
    } finally {
      opening -= 1;
    }
  }

  /** A new session for a tab, in the place of one that waits or has ended. */
  async function begin(tab: Tab, opening: Opening, tty: boolean): Promise<void> {
    const session = await openSession({
      clock,
      tty,
      start: opening.start,
      onExit(code) {
        if (tab.remembered && wasLeft(code)) {
          tab.remembered = false;
          tabs.save();
        }
      },
    });
    tab.title = opening.title;
    tab.session = session;
  }

  function onHost(place: Parameters<OpenOnHost>[0], size: Size, signal: AbortSignal): ReturnType<OpenOnHost> {
    if (deps.openOnHost !== undefined) return deps.openOnHost(place, size, signal);
    throw new AppError({
      code: 'terminal.unavailable',
      message: 'There are no terminals on this machine here.',
      remedy: 'Open a shell in a container.',
    });
  }

  function newTab(place: Place, remembered: boolean): Tab {
    const now = clock.now();
    const openedAt = now.toISOString();
    return { id: newId(now), place, title: '', name: null, openedAt, restored: false, remembered, session: undefined };
  }

  return {
    terminal: {
      list: async (_input, { actor }) =>
        tabs
          .list()
          .filter((tab) => mayUse(tab.place, actor))
          .map(viewOf),
      open: (input, { actor, signal }) =>
        withRoom(async () => {
          const { environmentId, service, container, command, ...size } = input;
          const shell = command === undefined && input.tty;
          const tab = newTab(
            { kind: 'container', environmentId, service, ...(container === undefined ? {} : { container }) },
            // A command would run again; a shell of the command line ends with the terminal it was typed in.
            shell && (actor.door === 'window' || actor.door === 'browser'),
          );
          const at = { environmentId, service, container, command };
          await begin(tab, await openInContainer(at, size, tab.id, deps, signal), input.tty);
          tabs.add(tab);
          return viewOf(tab);
        }),
      openHost: ({ environmentId, folder, ...size }, { actor, signal }) =>
        withRoom(async () => {
          const opening = await onHost({ environmentId, folder }, size, signal);
          const tab = newTab({ kind: 'host', environmentId, folder: opening.folder }, actor.door === 'window');
          await begin(tab, opening, true);
          tabs.add(tab);
          return viewOf(tab);
        }),
      restore: ({ terminalId, ...size }, { actor, signal }) =>
        withRoom(async () => {
          const tab = find(terminalId, actor);
          // Two windows may show the same tab; the one who comes later finds it done.
          if (tab.session !== undefined && tab.session.exit === null) return viewOf(tab);
          const { place } = tab;
          const opening =
            place.kind === 'host'
              ? await onHost(place, size, signal)
              : await openInContainer(place, { ...size, tty: true }, tab.id, deps, signal);
          if (tab.session !== undefined && tab.session.exit === null) return viewOf(tab);
          tab.openedAt = clock.now().toISOString();
          tab.remembered = true;
          await begin(tab, opening, true);
          tabs.save();
          return viewOf(tab);
        }),
      async rename({ terminalId, name }, { actor }) {
        const tab = find(terminalId, actor);
        tab.name = name;
        tabs.save();
        return viewOf(tab);
      },
      async arrange({ terminalIds }) {
        tabs.arrange(terminalIds);
        return {};
      },
      async activity({ terminalId }, { actor, signal }) {
        const names = (await find(terminalId, actor).session?.programs(signal)) ?? [];
        return { programs: [...new Set(names)].slice(0, 20) };
      },
      async attach({ terminalId, flow }, call) {
        const session = running(terminalId, call.actor);
        return cancellable(call.signal, async function* (signal) {
          const gate = deps.flows.open(flow);
          try {
            yield* session.attach(gate, signal);
          } finally {
            gate.close();
          }
        });
      },
      async input({ terminalId, data, end }, { actor, signal }) {
        await running(terminalId, actor).input(data, end, signal);
        return {};
      },
      async resize({ terminalId, columns, rows }, { actor, signal }) {
        await running(terminalId, actor).resize(columns, rows, signal);
        return {};
      },
      async close({ terminalId }, { actor, signal }) {
        find(terminalId, actor);
        await tabs.remove(terminalId)?.session?.close(signal);
        return {};
      },
    },
    isOpenIn: (environmentId, service) =>
      tabs
        .list()
        .some(
          ({ place, session }) =>
            session?.exit === null &&
            place.kind === 'container' &&
            place.environmentId === environmentId &&
            place.service === service,
        ),
    forget(environmentId) {
      for (const tab of tabs.list()) {
        if (tab.place.environmentId !== environmentId) continue;
        if (tab.session === undefined) tabs.remove(tab.id);
        else tab.remembered = false;
      }
      tabs.save();
    },
    async close(signal) {
      // What ends now comes back with the next engine.
      tabs.freeze();
      const sessions = tabs.list().flatMap((tab) => tab.session ?? []);
      await Promise.all(sessions.map((session) => session.close(signal)));
    },
  };
}
