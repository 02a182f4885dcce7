import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import type Docker from 'dockerode';
import type { ComposeBuild } from '../../../../shared/domain/compose-model.ts';
import { AppError } from '../../../../shared/errors.ts';
import { composeLabels, type EnvironmentTarget, type Progress } from '../provider.ts';
import type { ImageDeps } from './apply-images.ts';
import { ignoreRules, packContext } from './build-context.ts';
import { assertBuildable, assertDockerfile, baseImages } from './build-support.ts';
import { registryAuth } from './pull-auth.ts';
import { readJsonLines } from './pull-lines.ts';
import { composeVersion, imageName } from './translate.ts';
import { bytes, compact } from './translate-values.ts';

/** Lines of the build's output that a failure shows. */
const keptLines = 40;

/** Builds a service's image with the engine's builder. Throws `docker.build-failed` with the last lines of output. */
export async function buildImage(
  deps: ImageDeps,
  target: EnvironmentTarget,
  serviceName: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const build = target.project.services[serviceName]?.build;
  if (build === undefined) return;
  assertBuildable(serviceName, build);
  const image = imageName(target, serviceName);
  const what = `build image ${image}`;
  const client = deps.docker();
  const source = await prepare(serviceName, build, signal);
  const registryconfig: Record<string, object> = {};
  for (const base of baseImages(source.dockerfileText)) {
    const auth = await registryAuth(deps, base, signal);
    if (auth !== undefined) registryconfig[auth.serveraddress] = auth;
  }
  const options = {
    ...query(target, serviceName, build),
    dockerfile: source.dockerfile,
    ...(source.remote === null ? {} : { remote: source.remote }),
    registryconfig,
  };
  const tail: string[] = [];
  let failure: string | undefined;
  try {
    const stream = await client.call(what, { signal, timeoutMs: 600_000 }, (docker, abortSignal) => {
      const tar = source.pack(abortSignal);
      // Its typings want a file's name or a stream, and no signal; an absent tar is a context the engine fetches.
      return docker.buildImage(
        tar as unknown as NodeJS.ReadableStream,
        { ...options, abortSignal } as Docker.ImageBuildOptions,
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
    throw buildFailed(image, serviceName, String(error.details?.['message'] ?? error.message), tail, error);
  }
  if (failure !== undefined) throw buildFailed(image, serviceName, failure, tail);
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

interface Source {
  readonly dockerfile: string;
  readonly dockerfileText: string;
  /** A context that the engine fetches itself. */
  readonly remote: string | null;
  pack(signal: AbortSignal): ReturnType<typeof packContext> | undefined;
}

async function prepare(serviceName: string, build: ComposeBuild, signal: AbortSignal): Promise<Source> {
  const declared = build.dockerfile ?? 'Dockerfile';
  if (/^(https?|git|ssh):\/\/|^git@|^github\.com\//.test(build.context)) {
    if (build.dockerfile_inline !== undefined) {
      throw new AppError({
        code: 'docker.unsupported',
        message: `services.${serviceName}.build has a Dockerfile in the file and a context elsewhere.`,
        remedy: 'Use a local context, or a Dockerfile in the remote one.',
      });
    }
    return { dockerfile: declared, dockerfileText: '', remote: build.context, pack: () => undefined };
  }
  const folder = build.context;
  const extra = new Map<string, string>();
  let inside: string | null = null;
  let text = build.dockerfile_inline;
  if (text === undefined) {
    const path = isAbsolute(declared) ? declared : join(folder, declared);
    text = await readDockerfile(serviceName, path);
    const below = relative(folder, path);
    inside = below.startsWith('..') || isAbsolute(below) ? null : below.split(sep).join('/');
  }
  assertDockerfile(inside ?? 'dockerfile_inline', text);
  // A Dockerfile from elsewhere travels under a name that nothing in the context has.
  const name = inside ?? `.dockerfile.${randomBytes(8).toString('hex')}`;
  if (inside === null) extra.set(name, text);
  const rules = await ignoreRules(folder, inside);
  signal.throwIfAborted();
  return {
    dockerfile: name,
    dockerfileText: text,
    remote: null,
    pack: (stop) => packContext({ folder, dockerfile: inside, extra }, rules, stop),
  };
}

async function readDockerfile(serviceName: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError(
      {
        code: 'compose.file-missing',
        message: `The Dockerfile ${path} of ${serviceName} cannot be read.`,
        remedy: 'Create it, or correct build.context and build.dockerfile.',
        details: { path },
      },
      { cause },
    );
  }
}

function query(target: EnvironmentTarget, serviceName: string, build: ComposeBuild): Record<string, unknown> {
  const args = Object.entries(build.args ?? {}).filter(([, value]) => value !== null);
  const ulimits = Object.entries(build.ulimits ?? {}).map(([Name, value]) =>
    typeof value === 'number' ? { Name, Soft: value, Hard: value } : { Name, Soft: value.soft, Hard: value.hard },
  );
  const platform = build.platforms?.[0] ?? target.project.services[serviceName]?.platform;
  return compact({
    t: [imageName(target, serviceName), ...(build.tags ?? [])],
    buildargs: args.length === 0 ? undefined : Object.fromEntries(args),
    labels: {
      ...build.labels,
      [composeLabels.project]: target.projectName,
      [composeLabels.service]: serviceName,
      [composeLabels.version]: composeVersion,
    },
    cachefrom: build.cache_from?.map((text) => text.replace(/^type=registry,ref=/, '')),
    target: build.target,
    networkmode: build.network,
    extrahosts: build.extra_hosts?.map((text) => text.replace('=', ':')),
    nocache: build.no_cache,
    pull: build.pull === true ? '1' : undefined,
    shmsize: bytes(build.shm_size),
    ulimits: ulimits.length === 0 ? undefined : JSON.stringify(ulimits),
    platform,
    rm: true,
    forcerm: true,
  });
}

function buildFailed(
  image: string,
  serviceName: string,
  said: string,
  tail: readonly string[],
  cause?: unknown,
): AppError {
  const reason = said.trim().split('\n').at(-1) ?? said;
  return new AppError(
    {
      code: 'docker.build-failed',
      message: `The image ${image} of ${serviceName} could not be built: ${reason}`,
      remedy: 'Read the last lines of the build, correct the Dockerfile, and start again.',
      details: { image, service: serviceName, log: tail },
    },
    cause === undefined ? undefined : { cause },
  );
}
