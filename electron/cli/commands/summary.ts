import { AppError } from '../../../shared/errors.ts';
import { type CommandContext, environmentOf, withEngine } from '../context.ts';
import { exitCodes, writeJson } from '../output.ts';

export interface SummaryOptions {
  readonly day?: string;
  readonly all: boolean;
}

/** `golden summary`: the day as Markdown, ready to paste. */
export async function runSummary(context: CommandContext, options: SummaryOptions): Promise<number> {
  const day = options.day === undefined ? undefined : dayOption(options.day);
  const { terminal } = context;
  return withEngine(context, async (client) => {
    const environmentId = options.all ? undefined : await environmentOf(client, context);
    const summary = await client.summary.day({
      ...(environmentId === undefined ? {} : { environmentId }),
      ...(day === undefined ? {} : { day }),
    });
    if (terminal.json) writeJson(terminal, summary);
    else terminal.stdout.write(summary.markdown);
    return exitCodes.done;
  });
}

/** `2025-02-04`, `today` or `yesterday`, of the local calendar. */
export function dayOption(text: string, now = new Date()): string {
  const back = text === 'today' ? 0 : text === 'yesterday' ? 1 : undefined;
  if (back !== undefined) {
    const date = new Date(now.getFullYear(), now.getMonth(), now.getDate() - back);
    const two = (value: number): string => String(value).padStart(2, '0');
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  }
  const [year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)?.slice(1).map(Number) ?? [];
  const real = year !== undefined && month !== undefined && new Date(year, month - 1, date).getDate() === date;
  if (real) return text;
  throw new AppError({
    code: 'input.invalid',
    message: `--day ${text} is not a day.`,
    remedy: 'Write it as 2025-02-04, or today, or yesterday.',
  });
}
