import { AppError } from '../../../shared/errors.ts';
import type { DockerClient } from '../providers/docker/client.ts';

/** Marks everything a session started, so that closing it can end all of it. */
export const sessionVariable = 'GOLDENHOUR_TERMINAL';

/** 126 and 127: the container has no such program. */
const absent = new Set([126, 127]);

/** The best shell of a container: bash, else sh. Throws `docker.unsupported` when it has neither. */
export async function chooseShell(
  client: DockerClient,
  container: { readonly id: string; readonly name: string },
  signal: AbortSignal,
): Promise<string> {
  const asked = await client.exec(
    container.id,
    { command: ['/bin/sh', '-c', 'command -v bash || command -v sh'], maxBytes: 4096 },
    { signal, timeoutMs: 10_000 },
  );
  const path = asked.stdout.split('\n')[0]?.trim() ?? '';
  if (asked.exitCode === 0 && path.startsWith('/')) return path;
  for (const shell of ['/bin/bash', '/usr/bin/bash', '/bin/ash', '/busybox/sh']) {
    const tried = await client.exec(container.id, { command: [shell, '-c', 'exit 0'] }, { signal, timeoutMs: 10_000 });
    if (tried.exitCode === 0) return shell;
    if (!absent.has(tried.exitCode)) break;
  }
  throw new AppError({
    code: 'docker.unsupported',
    message: `The container ${container.name} has no shell.`,
    remedy: 'Give a command that the image contains, for example with `golden exec`.',
    details: { container: container.name },
  });
}

/**
 * Ends everything a session started: the engine cannot kill a command it runs in a container, and closing the connection
 * only ends programs that read their input. Finds them by a variable they inherited. Best effort: without a shell in the
 * container only the connection is closed.
 */
export async function endSession(
  client: DockerClient,
  containerId: string,
  sessionId: string,
  signal: AbortSignal,
): Promise<void> {
  const script = `
mark=${sessionVariable}=${sessionId}
each() {
  for p in /proc/[0-9]*; do
    pid=\${p#/proc/}
    [ "$pid" = "$$" ] && continue
    tr '\\000' '\\n' < "$p/environ" 2>/dev/null | grep -qxF "$mark" && kill "-$1" "$pid" 2>/dev/null
  done
}
each HUP; each CONT
sleep 0.3 2>/dev/null || sleep 1
each KILL
:`;
  await client.exec(containerId, { command: ['/bin/sh', '-c', script] }, { signal, timeoutMs: 8000 });
}

/** Names of the programs that a session started, without the shell it started with. Empty when nobody can tell. */
export async function programsOf(
  client: DockerClient,
  containerId: string,
  sessionId: string,
  signal: AbortSignal,
): Promise<string[]> {
  const script = `
mark=${sessionVariable}=${sessionId}
for p in /proc/[0-9]*; do
  tr '\\000' '\\n' < "$p/environ" 2>/dev/null | grep -qxF "$mark" && cat "$p/stat" 2>/dev/null
done
:`;
  const asked = await client.exec(
    containerId,
    { command: ['/bin/sh', '-c', script], maxBytes: 64 * 1024 },
    { signal, timeoutMs: 8000 },
  );
  return besidesTheShell(asked.stdout);
}

/** Lines of `/proc/PID/stat`. The shell is the one whose parent is not among them. */
export function besidesTheShell(lines: string): string[] {
  const found = lines.split('\n').flatMap((line) => {
    const match = /^(\d+) \((.*)\) (\S) (\d+) /.exec(line);
    return match === null || match[3] === 'Z' ? [] : [{ pid: match[1], name: match[2] ?? '', parent: match[4] }];
  });
  const pids = new Set(found.map((one) => one.pid));
  return found.filter((one) => pids.has(one.parent)).map((one) => one.name);
}
