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
      // Credentials as an argument of their own become a header; among the options they would be part of the address.
      (docker.createImage as unknown as CreateImage).call(docker, request.auth, {
        ...splitTag(image),
        ...(request.platform === undefined ? {} : { platform: request.platform }),
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

type CreateImage = (auth: RegistryAuth | undefined, options: object) => Promise<NodeJS.ReadableStream>;

/** Repository and tag or digest. Without a tag the engine would fetch every tag of the repository. */
export function splitTag(image: string): { readonly fromImage: string; readonly tag: string } {
  const at = image.indexOf('@');
  if (at !== -1) return { fromImage: image.slice(0, at), tag: image.slice(at + 1) };
  const colon = image.lastIndexOf(':');
  return colon > image.lastIndexOf('/')
    ? { fromImage: image.slice(0, colon), tag: image.slice(colon + 1) }
    : { fromImage: image, tag: 'latest' };
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
