import { homedir, userInfo } from 'node:os';
import { toAppError } from '../../shared/errors.ts';
import { createInProcessClient } from '../doors/in-process.ts';
import { createRouter } from '../doors/router.ts';
import { serveSocket } from '../doors/socket.ts';
import { createServeWire } from '../doors/wire.ts';
import { createEngine } from '../engine/engine.ts';
import { version } from '../engine/version.ts';
import type { Session } from './session.ts';

/** An engine in this process, for as long as the command takes. Throws `engine.locked` when another one has the folder. */
export async function ownEngine(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Session> {
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
