import { AppError } from '../../../../shared/errors.ts';
import { systemClock } from '../../platform/clock.ts';
import type { DockerClient } from './client.ts';
import { alreadySo } from './containers.ts';

const freezeTries = 5;
const freezePauseMs = 100;

/**
 * Freezes a container. The kernel's freezer gives up on a group that is just starting processes, a health check for
 * instance ("unable to freeze"), and a moment later succeeds.
 */
export async function pauseContainer(client: DockerClient, id: string, signal: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await alreadySo(/already paused/i, () =>
        client.call(`pause container ${id.slice(0, 12)}`, { signal, timeoutMs: 30_000 }, (docker, abortSignal) =>
          docker.getContainer(id).pause({ abortSignal }),
        ),
      );
      return;
    } catch (error) {
      const busy =
        error instanceof AppError && error.code === 'docker.refused' && /unable to freeze/i.test(error.message);
      if (!busy || tries >= freezeTries) throw error;
      await systemClock.sleep(freezePauseMs, signal);
    }
  }
}

export async function unpauseContainer(client: DockerClient, id: string, signal: AbortSignal): Promise<void> {
  await alreadySo(/not paused/i, () =>
    client.call(`resume container ${id.slice(0, 12)}`, { signal, timeoutMs: 30_000 }, (docker, abortSignal) =>
      docker.getContainer(id).unpause({ abortSignal }),
    ),
  );
}
