import { AppError } from '../../../../shared/errors.ts';
import type { DockerClient } from './client.ts';
import { type RegistryAuth, registryOf } from './pull-auth.ts';
import { readJsonLines } from './pull-lines.ts';
import { createPullProgress, type PullLine } from './pull-progress.ts';

export interface PullRequest {
  readonly image: string;
  readonly platform?: string;
  readonly auth?: RegistryAuth;
  /** Bytes downloaded and known so far; `total` grows while layers announce themselves. */
  readonly onProgress: (done: number, total: number | null) => void;
}

/** Fetches an image from its registry. Throws `docker.image-missing` when the registry has it not or is not there. */
export async function pullImage(client: DockerClient, request: PullRequest, signal: AbortSignal): Promise<void> {
  const { image } = request;
  const what = `pull image ${image}`;
  try {
    const stream = await client.call(what, { signal, timeoutMs: 120_000 }, (docker, abortSignal) =>
      docker.pull(withTag(image), {
        ...(request.platform === undefined ? {} : { platform: request.platform }),
        ...(request.auth === undefined ? {} : { authconfig: request.auth }),
        abortSignal,
      }),
    );
    const progress = createPullProgress();
    let refused: string | undefined;
    await readJsonLines(
      client,
      stream,
      what,
      (line) => {
        const { error } = line as PullLine;
        if (typeof error === 'string') refused = error;
        if (!progress.take(line as PullLine)) return;
        const { done, total } = progress.sums();
        request.onProgress(done, total);
      },
      signal,
    );
    if (refused !== undefined) throw imageMissing(image, refused);
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError) || error.code !== 'docker.refused') throw error;
    throw imageMissing(image, String(error.details?.['message'] ?? error.message), error);
  }
}

/** Without a tag the engine would fetch every tag of the repository. */
function withTag(image: string): string {
  if (image.includes('@')) return image;
  const last = image.slice(image.lastIndexOf('/') + 1);
  return last.includes(':') ? image : `${image}:latest`;
}

function imageMissing(image: string, said: string, cause?: unknown): AppError {
  const registry = registryOf(image);
  const reason = said.replace(/^Error response from daemon: /, '').trim();
  const unreachable =
    /no such host|dial tcp|connection refused|i\/o timeout|network is unreachable|TLS handshake|context deadline|server misbehaving|proxyconnect|Client\.Timeout|EOF/i;
  const denied = /denied|unauthorized|authentication required|no basic auth/i;
  const [message, remedy] = unreachable.test(said)
    ? [
        `The image ${image} is not here, and its registry ${registry} cannot be reached.`,
        'Check the network, or load the image by hand (`docker load`).',
      ]
    : denied.test(said)
      ? [
          `The image ${image} is not here, and ${registry} does not give it out: it does not exist there or needs a login.`,
          `Check the name, or run \`docker login${registry === 'docker.io' ? '' : ` ${registry}`}\`.`,
        ]
      : [`The image ${image} is not here and cannot be fetched from ${registry}.`, 'Check its name and tag.'];
  return new AppError(
    { code: 'docker.image-missing', message, remedy, details: { image, registry, reason } },
    cause === undefined ? undefined : { cause },
  );
}
