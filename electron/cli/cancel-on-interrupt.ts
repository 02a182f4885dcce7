import { AppError, toAppError } from '../../shared/errors.ts';
import type { Terminal } from './output.ts';

/** The first Ctrl-C cancels what is under way and waits for its end; a second one leaves it to the engine. */
export async function cancelOnInterrupt<T>(
  terminal: Terminal,
  cancel: () => Promise<unknown>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const leave = new AbortController();
  let interrupts = 0;
  const onInterrupt = (): void => {
    interrupts += 1;
    if (interrupts > 1)
      leave.abort(
        new AppError({
          code: 'operation.cancelled',
          message: 'Left while it was being cancelled.',
          remedy: 'Run `golden status` to see how it ended.',
        }),
      );
    else cancel().catch((error: unknown) => terminal.stderr.write(`${toAppError(error).message}\n`));
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  try {
    return await work(leave.signal);
  } finally {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}
