import type { HealthState } from '../../../shared/domain/health.ts';
import type { ContainerInfo } from '../providers/provider.ts';

export interface Verdict {
  readonly health: HealthState;
  /** In words; null when there is nothing to explain. */
  readonly reason: string | null;
}

/** 128 + SIGINT, SIGKILL, SIGTERM: how a process ends that was asked to stop. */
const askedToStop: ReadonlySet<number> = new Set([0, 130, 137, 143]);

/**
 * What one container's state means. `oneShot`: another service waits for it with `service_completed_successfully`, so
 * ending with 0 is its purpose.
 */
export function instanceHealth(container: ContainerInfo, oneShot: boolean): Verdict {
  switch (container.state) {
    case 'running':
      return runningHealth(container);
    case 'paused':
      return { health: 'paused', reason: 'Paused.' };
    case 'restarting':
      return { health: 'down', reason: `Keeps restarting: ${howItEnded(container)}.` };
    case 'created':
      return container.error === null || container.error === ''
        ? { health: 'stopped', reason: 'Created, not started.' }
        : { health: 'down', reason: `Could not start: ${container.error}` };
    case 'removing':
      return { health: 'stopped', reason: 'Being removed.' };
    case 'exited':
    case 'dead':
      return endedHealth(container, oneShot);
  }
}

function runningHealth(container: ContainerInfo): Verdict {
  if (container.health === null) return { health: 'healthy', reason: null };
  const output = lastLine(container.health.lastOutput);
  switch (container.health.status) {
    case 'healthy':
      // One failed probe after a good one: not yet a verdict, but worth a look.
      return container.health.failingStreak > 0
        ? {
            health: 'suspect',
            reason: output === null ? 'The last health check failed.' : `The last health check failed: ${output}`,
          }
        : { health: 'healthy', reason: null };
    case 'starting':
      return { health: 'starting', reason: output === null ? null : `Waiting for its health check: ${output}` };
    case 'unhealthy':
      return {
        health: 'down',
        reason: `Its health check failed ${container.health.failingStreak} times${output === null ? '.' : `: ${output}`}`,
      };
  }
}

function endedHealth(container: ContainerInfo, oneShot: boolean): Verdict {
  if (container.oomKilled) return { health: 'down', reason: `Ran out of memory${limitWords(container)}.` };
  if (oneShot && container.exitCode === 0) return { health: 'stopped', reason: 'Completed.' };
  if (container.exitCode !== null && askedToStop.has(container.exitCode)) return { health: 'stopped', reason: null };
  return { health: 'down', reason: `${sentence(howItEnded(container))}.` };
}

function howItEnded(container: ContainerInfo): string {
  if (container.oomKilled) return `ran out of memory${limitWords(container)}`;
  if (container.error !== null && container.error !== '') return container.error;
  return container.exitCode === null ? 'ended' : `exited with code ${container.exitCode}`;
}

function limitWords(container: ContainerInfo): string {
  const { memoryBytes } = container.limits;
  return memoryBytes === null ? '' : `, limit ${Math.round(memoryBytes / 1024 / 1024)} MB`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function lastLine(text: string | null): string | null {
  const line = text?.trim().split('\n').at(-1)?.trim().slice(0, 300);
  return line === undefined || line === '' ? null : line;
}
