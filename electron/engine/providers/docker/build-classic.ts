import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import type { ComposeBuild } from '../../../../shared/domain/compose-model.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { EnvironmentTarget, Progress } from '../provider.ts';
import type { ImageDeps } from './apply-images.ts';
import { ignoreRules, packContext } from './build-context.ts';
import { buildFailed, buildRefused } from './build-errors.ts';
import { type BuildOptions, cacheEntry } from './build-options.ts';
import { type BuildSource, baseImages } from './build-source.ts';
import { assertBuildable, assertDockerfile } from './build-support.ts';
import type { DockerClient } from './client.ts';
import { registryAuth } from './pull-auth.ts';
import { readJsonLines } from './pull-lines.ts';
import { compact } from './translate-values.ts';

/** Lines of the build's output that a failure shows. */
const keptLines = 40;

export interface ClassicInput {
  readonly target: EnvironmentTarget;
  readonly serviceName: string;
  readonly build: ComposeBuild;
  readonly source: BuildSource;
  readonly options: BuildOptions;
  /** Why BuildKit is not used; completes "… needs BuildKit, …". */
  readonly without: string;
}

/** Builds an image with the engine's own, older builder. Throws `docker.build-failed` with the last lines of output. */
export async function buildClassic(
  deps: ImageDeps,
  client: DockerClient,
  input: ClassicInput,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { target, serviceName, build, source, options } = input;
  const { image } = options;
  assertBuildable(target, serviceName, build, input.without);
  const what = `build image ${image}`;
  const context = await contextOf(input, signal);
  const registryconfig: Record<string, object> = {};
  for (const base of baseImages(source.dockerfile.text ?? '')) {
    const auth = await registryAuth(deps, base, signal);
    if (auth !== undefined) registryconfig[auth.serveraddress] = auth;
  }
  const query = { ...queryOf(build, options), ...context.query, registryconfig };
  const tail: string[] = [];
  let failure: string | undefined;
  try {
    const stream = await client.call(what, { signal, timeoutMs: 600_000 }, (docker, abortSignal) => {
      const tar = context.pack(abortSignal);
      // Its typings want a file's name or a stream, and no signal; an absent tar is a context the engine fetches.
      return docker.buildImage(
        tar as unknown as NodeJS.ReadableStream,
        { ...query, abortSignal } as Docker.ImageBuildOptions,
      );
    });
    await readJsonLines(
      client,
      stream,
      what,
      (line) => {
        if (typeof line['error'] === 'string') failure = line['error'];
        if (typeof line['stream'] === 'string') takeOutput(line['stream'], image, tail, progress);
      },
      signal,
    );
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError) || error.code !== 'docker.refused') throw error;
    failure = String(error.details?.['message'] ?? error.message);
  }
  if (failure === undefined) return;
  const reason = failure.trim().split('\n').at(-1) ?? failure;
  throw buildFailed({ image, service: serviceName, reason, log: tail });
}

function takeOutput(text: string, image: string, tail: string[], progress: Progress): void {
  for (const line of text.split('\n').map((each) => each.trimEnd())) {
    if (line === '') continue;
    tail.push(line.slice(0, 2000));
    if (tail.length > keptLines) tail.shift();
    const step = /^Step (\d+)\/(\d+) : (.*)$/.exec(line);
    if (step === null) continue;
    progress.progress(Number(step[1]) - 1, Number(step[2]), 'items');
    progress.detail(`Building ${image}: ${step[3]?.slice(0, 120)}`);
    progress.log(line);
  }
}

interface Context {
  readonly query: Readonly<Record<string, unknown>>;
  pack(signal: AbortSignal): ReturnType<typeof packContext> | undefined;
}

async function contextOf(input: ClassicInput, signal: AbortSignal): Promise<Context> {
  const { target, serviceName, source, without } = input;
  const { dockerfile, folder } = source;
  if (folder === null) {
    if (dockerfile.text !== undefined) {
      throw buildRefused(target, ['services', serviceName, 'build', 'dockerfile_inline'], {
        message: `services.${serviceName}.build: a Dockerfile in the file with a context elsewhere needs BuildKit, ${without}.`,
        remedy: 'Use a local context, or a Dockerfile in the remote one.',
      });
    }
    return { query: { dockerfile: dockerfile.name, remote: source.remote }, pack: () => undefined };
  }
  const text = dockerfile.text ?? '';
  assertDockerfile(dockerfile.path, text, without);
  // A Dockerfile from elsewhere travels under a name that nothing in the context has.
  const name = dockerfile.inside ?? `.dockerfile.${randomBytes(8).toString('hex')}`;
  const extra = new Map(dockerfile.inside === null ? [[name, text]] : []);
  const rules = await ignoreRules(folder, dockerfile.ignore);
  signal.throwIfAborted();
  return {
    query: { dockerfile: name },
    pack: (stop) => packContext({ folder, dockerfile: dockerfile.inside, extra }, rules, stop),
  };
}

function queryOf(build: ComposeBuild, options: BuildOptions): Record<string, unknown> {
  const ulimits = options.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard }));
  return compact({
    t: options.tags,
    buildargs: Object.keys(options.args).length === 0 ? undefined : options.args,
    labels: options.labels,
    cachefrom: build.cache_from?.flatMap((text) => cacheEntry(text).attrs['ref'] ?? []),
    target: build.target,
    networkmode: build.network,
    extrahosts:
      options.extraHosts.length === 0 ? undefined : options.extraHosts.map(({ name, address }) => `${name}:${address}`),
    nocache: build.no_cache,
    pull: build.pull === true ? '1' : undefined,
    shmsize: options.shmBytes,
    ulimits: ulimits.length === 0 ? undefined : JSON.stringify(ulimits),
    platform: options.platform,
    rm: true,
    forcerm: true,
  });
}
