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

/** How long we wait for another engine that is just starting or just ending. */
const patienceMs = 10_000;

/** The running engine of this data folder if there is one, else one of our own for as long as the command takes. */
export async function openSession(environment: Readonly<Record<string, string | undefined>>): Promise<Session> {
  const folder = dataFolder(environment);
  const until = performance.now() + patienceMs;
  for (;;) {
    const remote = await connectSocket({ dataFolder: folder, environment }).catch(() => undefined);
    if (remote !== undefined) return { client: remote.client, remote: true, close: () => remote.close() };
    try {
      // Loaded only where there is no engine to join.
      const { ownEngine } = await import('./own-engine.ts');
      return await ownEngine(folder, environment);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'engine.locked' || performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
