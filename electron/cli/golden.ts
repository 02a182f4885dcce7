#!/usr/bin/env node
import { CommanderError } from 'commander';
import { contextOf } from './context.ts';
import { exitCodes, reportError, type Terminal } from './output.ts';
import { createProgram } from './program.ts';

/** Entry of the `golden` command. */

// A reader that closes the pipe early (`golden logs | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.done);
  throw error;
});

const program = createProgram((work, options) => {
  const terminal: Terminal = { stdout: process.stdout, stderr: process.stderr, json: options.json };
  work({ ...contextOf(terminal, options, process.env), programFolder: import.meta.dirname })
    .then(
      (code) => code ?? exitCodes.done,
      (error: unknown) => reportError(terminal, error),
    )
    .then(leave);
});

/** Ends when everything printed has left the process: a pipe takes its time. */
function leave(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

program.exitOverride();
for (const command of program.commands) for (const each of [command, ...command.commands]) each.exitOverride();
try {
  program.parse();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Help and version end well; everything else commander refuses is bad input.
  process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
}
