import type { EngineClient } from '../../shared/client.ts';
import { AppError } from '../../shared/errors.ts';
import { connectSocket } from '../doors/socket-client.ts';
import { dataFolder } from '../engine/data-folder.ts';

export interface Session {
  readonly client: EngineClient;
  /** The engine runs elsewhere (the window, `golden serve`) and lives on without us. */
  readonly remote: boolean;
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** How long we wait for another engine that is just starting or just ending. */
const patienceMs = 10_000;
/** How long the place of an engine that ended is left to the next one: the app may be starting again. */
const awayMs = 30_000;
const lookMs = 250;

/** The running engine of this data folder if there is one, else one of our own for as long as the command takes. */
export async function openSession(environment: Environment): Promise<Session> {
  const folder = dataFolder(environment);
  const until = performance.now() + patienceMs;
  for (;;) {
    const joined = await join(environment);
    if (joined !== undefined) return joined;
    try {
      // Loaded only where there is no engine to join.
      const { ownEngine } = await import('./own-engine.ts');
      return await ownEngine(folder, environment);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'engine.locked' || performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  }
}

/** After the engine that was joined ended: the next one, and one of our own only when none comes. */
export async function rejoin(environment: Environment, signal: AbortSignal): Promise<Session> {
  const until = performance.now() + awayMs;
  while (performance.now() < until) {
    signal.throwIfAborted();
    const joined = await join(environment);
    if (joined !== undefined) return joined;
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
  return openSession(environment);
}

async function join(environment: Environment): Promise<Session | undefined> {
  const remote = await connectSocket({ dataFolder: dataFolder(environment), environment }).catch(() => undefined);
  return remote === undefined ? undefined : { client: remote.client, remote: true, close: () => remote.close() };
}
