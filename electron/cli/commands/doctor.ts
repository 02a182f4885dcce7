import { type CommandContext, withEngine } from '../context.ts';
import { exitCodes, table, writeJson } from '../output.ts';

const marks = { passed: '✓', warning: '!', failed: '✗', skipped: '-' } as const;

export async function runDoctor(context: CommandContext): Promise<number> {
  return withEngine(context, async (client) => {
    const checks = await client.engines.doctor();
    if (context.terminal.json) writeJson(context.terminal, checks);
    else
      context.terminal.stdout.write(
        table(checks.map((check) => [marks[check.state], check.title, check.message, check.remedy ?? ''])),
      );
    return checks.some((check) => check.state === 'failed') ? exitCodes.failed : exitCodes.done;
  });
}
