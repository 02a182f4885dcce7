import { createInterface } from 'node:readline/promises';
import { AppError } from '../../shared/errors.ts';
import type { Terminal } from './output.ts';

/** Asks on a terminal; everything but `y` or `yes` is no. Where nobody can answer it refuses with the remedy. */
export async function agreed(terminal: Terminal, question: string, remedy: string): Promise<boolean> {
  const { stdin = process.stdin } = terminal;
  if (terminal.json || !stdin.isTTY) throw new AppError({ code: 'guard.refused', message: question, remedy });
  const lines = createInterface({ input: stdin, output: terminal.stderr });
  // Ctrl-C and the end of input are no too.
  const none = new Promise<string>((resolve) => {
    lines.once('close', () => resolve(''));
    lines.once('SIGINT', () => resolve(''));
  });
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `), none]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
