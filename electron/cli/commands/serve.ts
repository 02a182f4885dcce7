import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { serveHttp } from '../../doors/http.ts';
import { createRouter } from '../../doors/router.ts';
import { serveSocket } from '../../doors/socket.ts';
import { createServeWire } from '../../doors/wire.ts';
import { dataFolder } from '../../engine/data-folder.ts';
import { createEngine } from '../../engine/engine.ts';
import { metricsToken } from '../../engine/metrics-token.ts';
import { version } from '../../engine/version.ts';
import type { CommandContext } from '../context.ts';
import { writeJson } from '../output.ts';

export interface ServeOptions {
  readonly port: number;
  /** Turns the page for Prometheus on or off, also for later. Undefined: as it was. */
  readonly metrics?: boolean;
}

/** `golden serve`: an engine with the browser door, until it is told to stop. The link it prints opens the app once. */
export async function runServe(context: CommandContext, options: ServeOptions): Promise<number> {
  const { environment, terminal } = context;
  const folder = dataFolder(environment);
  const defined = Object.fromEntries(
    Object.entries(environment).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
  const engine = await createEngine({ dataFolder: folder, version, home: homedir(), environment: defined });
  const user = userInfo().username;
  const serve = createServeWire(createRouter({ api: engine.api }));
  const socket = await serveSocket({ dataFolder: folder, environment, serve, actor: { door: 'socket', user } });
  try {
    // The program is in out/main, the page in out/renderer.
    const pageFolder = join(context.programFolder ?? '.', '..', 'renderer');
    const { token, file } = await metricsToken(folder);
    if (options.metrics !== undefined) {
      const call = { actor: { door: 'cli', user }, signal: new AbortController().signal } as const;
      await engine.api.settings.set({ metricsPage: options.metrics }, call);
    }
    const metrics = { page: engine.metricsPage, token };
    const http = await serveHttp({ pageFolder, serve, actor: { door: 'browser', user }, port: options.port, metrics });
    try {
      const url = http.newLink();
      if (terminal.json) writeJson(terminal, { url, origin: http.origin }, true);
      else terminal.stdout.write(`Golden Hour is at ${url}\n`);
      if (engine.metricsPage() !== null)
        terminal.stderr.write(`Figures for Prometheus: ${http.origin}/metrics, token in ${file}\n`);
      if (!terminal.json) terminal.stderr.write('The link works once. Ctrl-C stops serving; stacks go on running.\n');
      await toldToStop();
      return 0;
    } finally {
      await http.close();
    }
  } finally {
    await socket.close();
    await engine.close();
  }
}

function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}
