import { consumeFlow } from '../../../shared/flow.ts';
import { type CommandContext, environmentOf, withEngine } from '../context.ts';

/** `golden exec SERVICE COMMAND…`: with a terminal when we have one, with plain pipes otherwise. Exits with the command's code. */
export async function runExec(
  context: CommandContext,
  service: string,
  command: readonly string[],
  options: { readonly tty: boolean },
): Promise<number> {
  const { stdin, stdout, stderr } = process;
  const tty = options.tty && stdin.isTTY === true && stdout.isTTY === true;
  return withEngine(context, async (client) => {
    const environmentId = await environmentOf(client, context);
    const session = await client.terminal.open({
      environmentId,
      service,
      tty,
      columns: stdout.columns ?? 80,
      rows: stdout.rows ?? 24,
      ...(command.length === 0 ? {} : { command: [...command] }),
    });
    const terminalId = session.id;
    // One call after the other: keystrokes must arrive in the order they were typed.
    let sending: Promise<unknown> = Promise.resolve();
    const send = (data: string, end = false): void => {
      sending = sending.then(() => client.terminal.input({ terminalId, data, end })).catch(() => undefined);
    };
    const onData = (chunk: Buffer): void => send(chunk.toString('utf8'));
    const onEnd = (): void => send('', true);
    const onResize = (): void =>
      void client.terminal
        .resize({ terminalId, columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 })
        .catch(() => undefined);
    if (tty) stdin.setRawMode(true);
    stdin.on('data', onData);
    stdin.on('end', onEnd);
    stdout.on('resize', onResize);
    try {
      const batches = consumeFlow((flow) => client.terminal.attach({ flow, terminalId }), {
        ack: (streamId, count) => client.flow.ack({ streamId, count }),
      });
      for await (const batch of batches) {
        if (batch.data !== '' && !stdout.write(batch.data))
          await new Promise((resolve) => stdout.once('drain', resolve));
        if (batch.errors !== undefined && batch.errors !== '') stderr.write(batch.errors);
        if (batch.exit !== null) return batch.exit.code ?? 1;
      }
      return 1;
    } finally {
      if (tty) stdin.setRawMode(false);
      stdin.off('data', onData);
      stdin.off('end', onEnd);
      stdout.off('resize', onResize);
      stdin.pause();
      await client.terminal.close({ terminalId }).catch(() => undefined);
    }
  });
}
