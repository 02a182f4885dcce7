import type { ComposeHook } from '../../../../shared/domain/compose-model.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { ContainerInfo } from '../provider.ts';
import type { DockerClient } from './client.ts';

/** Compose waits for ever; a migration may take long, but an operation should not hang unseen. */
const hookTimeoutMs = 30 * 60_000;
/** Lines of a hook's output that are kept for the operation's log and for an error. */
const keptLines = 20;

export type HookKind = 'post_start' | 'pre_stop';

/**
 * Runs the hooks of a service in one of its containers, one after the other, as Compose does: the first that fails is
 * an error (`docker.hook-failed`), and what follows is left undone.
 */
export async function runHooks(
  client: DockerClient,
  kind: HookKind,
  container: Pick<ContainerInfo, 'id' | 'name' | 'service'>,
  hooks: readonly ComposeHook[] | undefined,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const [index, hook] of (hooks ?? []).entries()) {
    const command = hook.command ?? [];
    const { exitCode, stdout, stderr } = await client.exec(
      container.id,
      {
        command,
        maxBytes: 64 * 1024,
        ...(hook.user === undefined ? {} : { user: hook.user }),
        ...(hook.privileged === true ? { privileged: true } : {}),
        ...(hook.working_dir === undefined ? {} : { workingDir: hook.working_dir }),
        ...(hook.environment === undefined ? {} : { environment: hook.environment }),
      },
      { signal, timeoutMs: hookTimeoutMs },
    );
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
    const last = lines.slice(-keptLines);
    for (const line of last) log(`${container.name} ${kind}: ${line}`);
    if (exitCode === 0) continue;
    throw new AppError({
      code: 'docker.hook-failed',
      message: `The ${kind} hook ${index + 1} of ${container.service} (${command[0] ?? ''}) ended with status ${exitCode} in ${container.name}.`,
      remedy:
        kind === 'post_start'
          ? 'Look at what it printed, correct the command under post_start, and start the service again.'
          : 'Look at what it printed, correct the command under pre_stop or remove it, and stop the service again.',
      details: {
        service: container.service,
        container: container.name,
        hook: `${kind}[${index}]`,
        exitCode,
        log: last,
      },
    });
  }
}
