import { consumeFlow } from '../../../shared/flow.ts';
import { type CommandContext, environmentOf, withEngine } from '../context.ts';
import { writeJson } from '../output.ts';

export interface LogsOptions {
  readonly follow: boolean;
  readonly tail: number;
  readonly since?: string;
  readonly timestamps: boolean;
}

/** `golden logs`: one line each, `service | text`; with `--json` one JSON object a line. Standard error of a service stays apart only in JSON. */
export async function runLogs(
  context: CommandContext,
  services: readonly string[],
  options: LogsOptions,
): Promise<number | undefined> {
  const { terminal } = context;
  return withEngine(context, async (client) => {
    const environmentId = await environmentOf(client, context);
    const stop = new AbortController();
    const onInterrupt = (): void => stop.abort();
    process.once('SIGINT', onInterrupt);
    // A reader that went away (`| head`) is the end of the work, not a failure.
    terminal.stdout.once('error', onInterrupt);
    const request = {
      environmentId,
      tail: options.tail,
      follow: options.follow,
      ...(services.length === 0 ? {} : { services: [...services] }),
      ...(options.since === undefined ? {} : { since: new Date(options.since).toISOString() }),
    };
    try {
      const batches = consumeFlow((flow) => client.logs.follow({ ...request, flow }, { signal: stop.signal }), {
        ack: (streamId, count) => client.flow.ack({ streamId, count }),
      });
      for await (const batch of batches) {
        let text = '';
        for (const line of batch.lines) {
          if (terminal.json) writeJson(terminal, line, true);
          else text += `${options.timestamps && line.at !== null ? `${line.at} ` : ''}${line.service} | ${line.text}\n`;
        }
        // Waiting for the reader here is what keeps our memory flat: unread batches are not acknowledged.
        if (text !== '' && !terminal.stdout.write(text))
          await new Promise((resolve) => terminal.stdout.once('drain', resolve));
        if (batch.dropped > 0)
          terminal.stderr.write(`${batch.dropped} lines dropped: they came faster than they could be read\n`);
        if (batch.ended) return undefined;
      }
      return undefined;
    } catch (error) {
      if (stop.signal.aborted) return options.follow ? 130 : undefined;
      throw error;
    } finally {
      process.off('SIGINT', onInterrupt);
    }
  });
}
