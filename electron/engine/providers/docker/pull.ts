import { AppError } from '../../../../shared/errors.ts';
import type { DockerClient } from './client.ts';
import type { RegistryAuth } from './pull-auth.ts';
import { type PullFailure, pullError, pullProblem, type RegistryRoute } from './pull-errors.ts';
import { readJsonLines } from './pull-lines.ts';
import { createPullProgress, type PullLine, type PullProgress } from './pull-progress.ts';

export interface PullRequest {
  readonly image: string;
  readonly platform?: string;
  readonly auth?: RegistryAuth;
  /** Why there is no `auth`, when something was to give it. */
  readonly credentialProblem?: string;
  readonly route?: RegistryRoute;
  /** Goes on counting where an earlier attempt ended. */
  readonly progress?: PullProgress;
  /** Bytes downloaded so far; `total` is null until every layer has said how large it is. */
  readonly onProgress: (done: number, total: number | null) => void;
}

export interface Pulled {
  /** Of the manifest: `sha256:…`; null when the engine did not say. */
  readonly digest: string | null;
  /** The registry had what is here. */
  readonly upToDate: boolean;
}

/** A registry that sends nothing for this long is given up. */
const silenceMs = 120_000;

/**
 * Fetches an image from its registry, one attempt. Throws `docker.image-missing` with the reason in words and as
 * `details.problem` when the registry does not give it out.
 */
export async function pullImage(client: DockerClient, request: PullRequest, signal: AbortSignal): Promise<Pulled> {
  const { image } = request;
  const what = `pull image ${image}`;
  const progress = request.progress ?? createPullProgress();
  let refused: string | undefined;
  let digest: string | null = null;
  let upToDate = false;
  let begun = false;
  try {
    const stream = await client.call(what, { signal, timeoutMs: silenceMs }, (docker, abortSignal) =>
      // Credentials as an argument of their own become a header; among the options they would be part of the address.
      (docker.createImage as unknown as CreateImage).call(docker, request.auth, {
        ...splitTag(image),
        ...(request.platform === undefined ? {} : { platform: request.platform }),
        abortSignal,
      }),
    );
    begun = true;
    const take = (line: PullLine): void => {
      if (typeof line.error === 'string') refused = line.error;
      if (line.id === undefined && typeof line.status === 'string') {
        digest = /^Digest: (sha\d+:[0-9a-f]+)/.exec(line.status)?.[1] ?? digest;
        upToDate ||= line.status.startsWith('Status: Image is up to date');
      }
      if (!progress.take(line)) return;
      const { done, total } = progress.sums();
      request.onProgress(done, total);
    };
    await readJsonLines(client, stream, what, (line) => take(line as PullLine), signal, silenceMs);
    if (refused !== undefined) throw failed(request, refused);
    return { digest, upToDate };
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    if (error.code === 'docker.refused') {
      throw failed(request, String(error.details?.['message'] ?? error.message), error);
    }
    // The engine answered and then had nothing to tell: it is the registry that is silent. An engine that is silent
    // itself shows with the next call.
    if (error.code === 'docker.not-responding' && begun)
      throw pullError(about(request, error.message), 'silent', error);
    throw error;
  }
}

function failed(request: PullRequest, said: string, cause?: unknown): AppError {
  return pullError(about(request, said), pullProblem(said), cause);
}

function about({ image, platform, route, credentialProblem, auth }: PullRequest, said: string): PullFailure {
  const user = auth === undefined ? undefined : (auth.username ?? 'the login that Docker has');
  return { image, said, platform, route, credentialProblem, user };
}

type CreateImage = (auth: RegistryAuth | undefined, options: object) => Promise<NodeJS.ReadableStream>;

/** Repository and tag or digest. Without a tag the engine would fetch every tag of the repository. */
export function splitTag(image: string): { readonly fromImage: string; readonly tag: string } {
  const at = image.indexOf('@');
  const named = at === -1 ? image : image.slice(0, at);
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  const fromImage = tagged ? named.slice(0, colon) : named;
  // Of a tag and a digest the digest says more.
  if (at !== -1) return { fromImage, tag: image.slice(at + 1) };
  return { fromImage, tag: tagged ? named.slice(colon + 1) : 'latest' };
}
