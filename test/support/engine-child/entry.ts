import { createEngine } from '../../../electron/engine/engine.ts';
import { childJobSchema } from './protocol.ts';

/**
 * An engine in a process of its own that does what it is told and ends, or dies by SIGKILL right after a certain journal
 * entry. Speaks JSON lines on standard output.
 */
const job = childJobSchema.parse(JSON.parse(process.argv[2] ?? '{}'));
const signal = new AbortController().signal;
const call = { actor: { door: 'cli', user: 'test' } as const, signal };
let entries = 0;
/** The call whose journal entries count now; -1 while an earlier life's work is taken up. */
let current = -1;

function say(message: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const engine = await createEngine({
  dataFolder: job.dataFolder,
  version: '0.0.0-test',
  home: job.dataFolder,
  environment: { ...process.env } as Record<string, string>,
  storeNames: job.storeNames,
  onJournal: (point) => {
    entries += 1;
    say({ journal: point, call: current });
    if (job.kill !== null && current === job.kill.call && entries === job.kill.entry)
      process.kill(process.pid, 'SIGKILL');
  },
});

/** Everything queued or under way has ended; what an earlier life left is taken up first. */
async function quiet(): Promise<void> {
  while (engine.busy().length > 0) await new Promise((resolve) => setTimeout(resolve, 25));
}

await quiet();
for (const { procedure, input } of job.calls) {
  current += 1;
  entries = 0;
  const [domain, name] = procedure.split('.') as [string, string];
  const handlers = engine.api as unknown as Record<
    string,
    Record<string, (input: unknown, call: unknown) => Promise<unknown>>
  >;
  const handler = handlers[domain]?.[name];
  if (handler === undefined) throw new Error(`no procedure ${procedure}`);
  try {
    const result = await handler(input, call);
    await quiet();
    const operationId = (result as { operationId?: string } | undefined)?.operationId;
    say({
      procedure,
      result: operationId === undefined ? result : await engine.api.operations.get({ operationId }, call),
    });
  } catch (error) {
    say({
      procedure,
      error:
        error instanceof Error ? { message: error.message, code: (error as { code?: string }).code } : String(error),
    });
  }
}
say({ operations: await engine.api.operations.list({ limit: 50 }, call) });
await engine.close();
process.exit(0);
