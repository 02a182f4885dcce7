import type { EngineClient } from '../../../shared/client.ts';
import { applyEvent, type Known } from '../../../shared/connection/app-state.ts';
import type { AppState } from '../../../shared/contract/streams.ts';
import { AppError } from '../../../shared/errors.ts';
import { type CommandContext, environmentOf } from '../context.ts';
import { exitCodes, type Terminal } from '../output.ts';
import { openSession, rejoin } from '../session.ts';
import { createWatchTeller, type WatchLine, watchText } from '../watch-lines.ts';

const retryMs = 250;

/** `golden watch`: what changes about health, until Ctrl-C. Goes on with the next engine when the one it joined ends. */
export async function runWatch(
  context: CommandContext,
  options: { readonly all: boolean },
  stop: AbortController = new AbortController(),
): Promise<number> {
  const { terminal } = context;
  const end = (): void => stop.abort();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  // A reader that went away (`| head`) is the end of the work, not a failure.
  terminal.stdout.once('error', end);
  let printer: ((state: AppState) => void) | undefined;
  let session = await openSession(context.environment);
  try {
    for (;;) {
      if (printer === undefined) {
        const only = options.all ? null : await environmentOf(session.client, context);
        printer = createPrinter(terminal, only);
        if (!terminal.json) terminal.stderr.write(`Watching ${only ?? 'everything'}. Ctrl-C ends it.\n`);
      }
      await follow(session.client, printer, stop.signal);
      if (stop.signal.aborted) return exitCodes.cancelled;
      terminal.stderr.write('The engine ended; going on with the next one.\n');
      await session.close();
      session = await rejoin(context.environment, stop.signal);
    }
  } catch (error) {
    if (stop.signal.aborted) return exitCodes.cancelled;
    throw error;
  } finally {
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
    terminal.stdout.off('error', end);
    await session.close();
  }
}

/** Returns when the engine is gone or the signal ends it. */
async function follow(client: EngineClient, print: (state: AppState) => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    let known: Known | null = null;
    const one = new AbortController();
    try {
      for await (const event of await client.state.watch({}, { signal: AbortSignal.any([signal, one.signal]) })) {
        const applied = applyEvent(known, event);
        // Something is missing in between: begin with a new picture.
        if (!applied.ok) break;
        known = applied.known;
        print(known.state);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof AppError) || !gone.has(error.code)) throw error;
      return;
    } finally {
      one.abort();
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

const gone: ReadonlySet<string> = new Set(['engine.disconnected', 'engine.shutting-down', 'operation.cancelled']);

/**
 * Prints what is new. While the reader does not read, nothing is compared and nothing piles up: it then gets the
 * difference to what it saw last.
 */
function createPrinter(terminal: Terminal, only: string | null): (state: AppState) => void {
  const teller = createWatchTeller(only, Date.now());
  let waiting: AppState | null = null;
  let blocked = false;
  const print = (state: AppState): void => {
    if (blocked) {
      waiting = state;
      return;
    }
    const lines = teller.take(state, Date.now());
    if (lines.length === 0) return;
    const form = (line: WatchLine): string => `${terminal.json ? JSON.stringify(line) : watchText(line)}\n`;
    if (terminal.stdout.write(lines.map(form).join(''))) return;
    blocked = true;
    terminal.stdout.once('drain', () => {
      blocked = false;
      const next = waiting;
      waiting = null;
      if (next !== null) print(next);
    });
  };
  return print;
}
