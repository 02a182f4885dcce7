import { homedir, userInfo } from 'node:os';
import type { EngineClient } from '../../shared/client.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import { createInProcessClient } from '../doors/in-process.ts';
import { createRouter } from '../doors/router.ts';
import { serveSocket } from '../doors/socket.ts';
import { connectSocket } from '../doors/socket-client.ts';
import { createServeWire } from '../doors/wire.ts';
import { dataFolder } from '../engine/data-folder.ts';
import { createEngine } from '../engine/engine.ts';
import { version } from '../engine/version.ts';

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
      return await ownEngine(folder, environment);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'engine.locked' || performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

async function ownEngine(folder: string, environment: Readonly<Record<string, string | undefined>>): Promise<Session> {
  const defined = Object.fromEntries(
    Object.entries(environment).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
  const engine = await createEngine({ dataFolder: folder, version, home: homedir(), environment: defined });
  const user = userInfo().username;
  const router = createRouter({ api: engine.api });
  // Others that come while we work join us instead of failing on the lock.
  const door = await serveSocket({
    dataFolder: folder,
    environment,
    serve: createServeWire(router),
    actor: { door: 'socket', user },
  }).catch((error: unknown) => {
    process.stderr.write(`golden: other commands cannot join this one: ${toAppError(error).message}\n`);
    return undefined;
  });
  const client = createInProcessClient(router, { door: 'cli', user });
  // Answers when it was looked everywhere: what a command says about a missing engine is then true.
  await client.engines.list();
  return {
    client,
    remote: false,
    async close() {
      await door?.close();
      await engine.close();
    },
  };
}
