import { spawn, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout this script belongs to. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export const onLinux = process.platform === 'linux';
export const isRoot = process.getuid?.() === 0;

/** One line for the person at the terminal. */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

export function stop(text, exitCode = 1) {
  process.stderr.write(`${text}\n`);
  process.exit(exitCode);
}

/**
 * Runs a program with its output on ours and no standard input. Resolves with the exit code: 124 after `timeoutMs`,
 * 127 when it cannot be run. On time-out the whole process group goes.
 */
export function run(command, args, { cwd = root, env = process.env, timeoutMs, quiet = false, input = 'ignore' } = {}) {
  return new Promise((resolve) => {
    const grouped = timeoutMs !== undefined && process.platform !== 'win32';
    const output = quiet ? 'ignore' : 'inherit';
    const child = spawn(command, args, { cwd, env, stdio: [input, output, output], detached: grouped });
    let timedOut = false;
    const kill = (signal) => {
      try {
        if (grouped) process.kill(-child.pid, signal);
        else child.kill(signal);
      } catch {
        // Already gone.
      }
    };
    // A detached group does not hear the terminal's Ctrl-C.
    const forward = () => {
      kill('SIGTERM');
      process.exit(130);
    };
    if (grouped) process.once('SIGINT', forward).once('SIGTERM', forward);
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            say(`${command} did not end within ${Math.round(timeoutMs / 1000)} s`);
            kill('SIGTERM');
            setTimeout(() => kill('SIGKILL'), 5000).unref();
          }, timeoutMs);
    const done = (code) => {
      clearTimeout(timer);
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve(timedOut ? 124 : code);
    };
    child.on('error', () => done(127));
    child.on('close', (code) => done(code ?? 1));
  });
}

/** Runs a program and gives its output back; never throws. */
export function capture(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  return { ok: result.status === 0, stdout: (result.stdout ?? '').trim(), stderr: (result.stderr ?? '').trim() };
}
