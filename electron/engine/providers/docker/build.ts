import type { AppError } from '../../../../shared/errors.ts';
import type { EnvironmentTarget, Progress } from '../provider.ts';
import type { ImageDeps } from './apply-images.ts';
import { buildClassic } from './build-classic.ts';
import { buildRefused } from './build-errors.ts';
import { buildOptions } from './build-options.ts';
import { proxyArguments } from './build-proxies.ts';
import { buildSecrets } from './build-secrets.ts';
import { readBuildSource } from './build-source.ts';
import { sshAgents } from './buildkit/service-ssh.ts';
import { solveBuild } from './buildkit/solve.ts';
import { pingHeaders } from './buildkit/upgrade.ts';
import type { DockerClient } from './client.ts';
import { registryAuth } from './pull-auth.ts';

/**
 * Builds a service's image: with BuildKit, or with the engine's older builder where BuildKit is not offered or switched
 * off (`DOCKER_BUILDKIT=0`). Throws `docker.build-failed` with the place in the Dockerfile and the last lines of output.
 */
export async function buildImage(
  deps: ImageDeps,
  target: EnvironmentTarget,
  serviceName: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const build = target.project.services[serviceName]?.build;
  if (build === undefined) return;
  const client = deps.docker();
  const builder = await builderOf(client, deps.environment, signal);
  const source = await readBuildSource(serviceName, build);
  const options = buildOptions(target, serviceName, build, {
    proxies: await proxyArguments(deps, client.endpoint),
    platform: builder.platform,
  });
  const input = { target, serviceName, build, source, options };
  if (builder.without !== undefined) {
    await buildClassic(deps, client, { ...input, without: builder.without }, progress, signal);
    return;
  }
  const refuse = (message: string, remedy: string): AppError =>
    buildRefused(target, ['services', serviceName, 'build', 'ssh'], { message, remedy });
  await solveBuild(
    client,
    {
      ...input,
      secrets: await buildSecrets(deps, target, serviceName, signal),
      agents: await sshAgents(build.ssh ?? [], deps.environment, refuse),
      login: (registry) => registryAuth(deps, imageAt(registry), signal),
      api: builder.api,
    },
    progress,
    signal,
  );
}

/** A name of an image in a registry that BuildKit names: it calls Docker Hub by its address. */
function imageAt(registry: string): string {
  return registry === 'registry-1.docker.io' || registry === 'docker.io' ? 'image' : `${registry}/image`;
}

interface Builder {
  readonly api: string;
  /** `linux/amd64` */
  readonly platform: string;
  /** Why BuildKit is not used; completes "… needs BuildKit, …". Undefined when it is. */
  readonly without: string | undefined;
}

const notOffered = 'which this engine does not offer';

async function builderOf(
  client: DockerClient,
  environment: ImageDeps['environment'],
  signal: AbortSignal,
): Promise<Builder> {
  const headers = await pingHeaders(client, signal);
  const version = await client.call('say its version', { signal }, (docker, abortSignal) =>
    // The typings lack the signal that dockerode takes.
    (docker.version as (options: object) => Promise<{ readonly Os?: string; readonly Arch?: string }>)({ abortSignal }),
  );
  const api = String(headers['api-version'] ?? '1.41');
  const platform = `${version.Os ?? 'linux'}/${version.Arch ?? 'amd64'}`;
  const asked = environment['DOCKER_BUILDKIT'];
  // An engine whose header says 1 prefers its older builder; 20.10 says nothing and has both.
  const offered =
    headers['libpod-api-version'] === undefined && version.Os !== 'windows' && headers['builder-version'] !== '1';
  if (asked !== undefined && /^(0|f|false)$/i.test(asked)) {
    return { api, platform, without: 'which DOCKER_BUILDKIT=0 switches off' };
  }
  const wanted = asked !== undefined && /^(1|t|true)$/i.test(asked) && version.Os !== 'windows';
  return { api, platform, without: offered || wanted ? undefined : notOffered };
}
