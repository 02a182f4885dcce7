import type { TerminalView } from '../../../shared/contract/streams.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EngineApi } from '../api.ts';
import type { ProjectOf } from '../logs/logs.ts';
import type { Clock } from '../platform/clock.ts';
import { newId } from '../platform/random.ts';
import type { CurrentDocker } from '../providers/docker/client.ts';
import { projectContainers } from '../providers/docker/list.ts';
import type { ContainerInfo } from '../providers/provider.ts';
import { cancellable } from '../streams/cancellable.ts';
import type { Flows } from '../streams/flow.ts';
import { openSession, type Session } from './session.ts';
import { chooseShell } from './shell.ts';

export interface TerminalsDeps {
  readonly current: CurrentDocker;
  readonly projectOf: ProjectOf;
  readonly flows: Flows;
  readonly clock: Clock;
  /** How many sessions may exist at once, ended ones included. Default 32. */
  readonly maxSessions?: number;
}

export interface Terminals extends Pick<EngineApi, 'terminal'> {
  /** Somebody works in a container of this service. */
  isOpenIn(environmentId: string, service: string): boolean;
  /** Ends every session and what it started. */
  close(signal: AbortSignal): Promise<void>;
}

/** The slice `terminal` of the engine's surface: shells and commands in containers that outlive their views. */
export function createTerminals(deps: TerminalsDeps): Terminals {
  const { clock, maxSessions = 32 } = deps;
  const sessions = new Map<string, Session>();
  let opening = 0;

  function find(id: string): Session {
    const session = sessions.get(id);
    if (session !== undefined) return session;
    throw new AppError({
      code: 'terminal.not-found',
      message: `The terminal ${id} is not open.`,
      remedy: 'Open a new one.',
    });
  }

  /** Ended sessions that nobody looks at make room, the oldest first. */
  function makeRoom(): void {
    if (sessions.size + opening < maxSessions) return;
    const ended = [...sessions.entries()]
      .filter(([, session]) => session.endedAt !== undefined && !session.attached)
      .sort(([, a], [, b]) => (a.endedAt ?? 0) - (b.endedAt ?? 0))[0];
    if (ended === undefined) {
      throw new AppError({
        code: 'guard.refused',
        message: `${maxSessions} terminals are open already.`,
        remedy: 'Close one that you no longer need.',
      });
    }
    sessions.delete(ended[0]);
  }

  return {
    terminal: {
      list: async () => [...sessions.values()].map((session) => session.view),
      async open(input, { signal }) {
        makeRoom();
        opening += 1;
        try {
          const client = deps.current();
          const project = await deps.projectOf(input.environmentId);
          const container = chooseContainer(
            await projectContainers(client, project.projectName, signal),
            project.services,
            input,
          );
          const command = input.command ?? [await chooseShell(client, container, signal)];
          const now = clock.now();
          const view: Omit<TerminalView, 'exitCode'> = {
            id: newId(now),
            title: titleOf(container, input),
            environmentId: input.environmentId,
            service: input.service,
            openedAt: now.toISOString(),
          };
          const session = await openSession({
            client,
            clock,
            containerId: container.id,
            command,
            tty: input.tty,
            columns: input.columns,
            rows: input.rows,
            view,
            signal,
            onExit: () => undefined,
          });
          sessions.set(view.id, session);
          return session.view;
        } finally {
          opening -= 1;
        }
      },
      async attach({ terminalId, flow }, call) {
        const session = find(terminalId);
        return cancellable(call.signal, async function* (signal) {
          const gate = deps.flows.open(flow);
          try {
            yield* session.attach(gate, signal);
          } finally {
            gate.close();
          }
        });
      },
      async input({ terminalId, data, end }, { signal }) {
        await find(terminalId).input(data, end, signal);
        return {};
      },
      async resize({ terminalId, columns, rows }, { signal }) {
        await find(terminalId).resize(columns, rows, signal);
        return {};
      },
      async close({ terminalId }, { signal }) {
        const session = find(terminalId);
        sessions.delete(terminalId);
        await session.close(signal);
        return {};
      },
    },
    isOpenIn: (environmentId, service) =>
      [...sessions.values()].some(
        ({ view }) => view.exitCode === null && view.environmentId === environmentId && view.service === service,
      ),
    async close(signal) {
      const all = [...sessions.values()];
      sessions.clear();
      await Promise.all(all.map((session) => session.close(signal)));
    },
  };
}

interface Wanted {
  readonly environmentId: string;
  readonly service: string;
  readonly container?: string | undefined;
  readonly command?: readonly string[] | undefined;
}

/** The running container that was named, else the service's first. */
function chooseContainer(
  containers: readonly ContainerInfo[],
  services: readonly string[],
  { environmentId, service, container }: Wanted,
): ContainerInfo {
  const ofService = containers.filter((each) => each.service === service).sort((a, b) => a.number - b.number);
  const matching =
    container === undefined
      ? ofService
      : ofService.filter((each) => each.name === container || each.id === container || each.id.startsWith(container));
  const running = matching.find((each) => each.state === 'running');
  if (running !== undefined) return running;
  if (ofService.length === 0 && !services.includes(service)) {
    throw new AppError({
      code: 'input.not-found',
      message: `${environmentId} has no service ${service}.`,
      remedy: services.length === 0 ? 'Start the stack first.' : `Choose one of: ${services.join(', ')}.`,
    });
  }
  if (container !== undefined && matching.length === 0) {
    throw new AppError({
      code: 'input.not-found',
      message: `The service ${service} of ${environmentId} has no container ${container}.`,
      remedy: 'Leave the container out to take the first one.',
    });
  }
  const paused = matching.find((each) => each.state === 'paused');
  throw new AppError({
    code: 'docker.container-exited',
    message:
      paused === undefined
        ? `The service ${service} of ${environmentId} is not running.`
        : `The container ${paused.name} is paused.`,
    remedy: paused === undefined ? 'Start it first.' : 'Wait until it goes on, then try again.',
  });
}

function titleOf(container: ContainerInfo, { service, command }: Wanted): string {
  const name = container.number > 1 ? `${service} ${container.number}` : service;
  return command === undefined ? name : `${name}: ${command.join(' ').slice(0, 80)}`;
}
