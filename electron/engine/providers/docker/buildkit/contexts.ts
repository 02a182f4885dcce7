import { stat } from 'node:fs/promises';
import type { ComposeBuild } from '../../../../../shared/domain/compose-model.ts';
import type { EnvironmentTarget } from '../../provider.ts';
import { buildRefused } from '../build-errors.ts';
import { type BuildSource, isRemote, syntaxOf } from '../build-source.ts';
import { imageName } from '../translate.ts';
import { apiAtLeast } from '../translate-values.ts';
import { diskTree, type FileTree, memoryTree } from './tree.ts';

export interface BuildContexts {
  /** By the name that BuildKit asks for. */
  readonly trees: ReadonlyMap<string, FileTree>;
  /** Attributes of the frontend that name them. */
  readonly attributes: Readonly<Record<string, string>>;
  /** What the engine compares our files with: those of the last build of the same folder. */
  readonly sharedKey: string;
}

/** The first engine whose own Dockerfile frontend knows named contexts; before, the Dockerfile must ask for a newer one. */
const namedContexts = { api: '1.42', engine: '23.0' } as const;

/** What a build reads: the Dockerfile, its context and additional ones. Only what BuildKit asks for of it is sent. */
export async function buildContexts(
  target: EnvironmentTarget,
  serviceName: string,
  build: ComposeBuild,
  source: BuildSource,
  api: string,
): Promise<BuildContexts> {
  const { dockerfile } = source;
  const trees = new Map<string, FileTree>();
  const attributes: Record<string, string> = { filename: dockerfile.name };
  if (source.folder !== null) trees.set('context', diskTree(source.folder));
  else if (source.remote !== null) attributes['context'] = source.remote;
  if (dockerfile.text !== undefined) {
    const files = new Map([[dockerfile.name, dockerfile.text]]);
    if (dockerfile.ignore !== undefined) files.set(`${dockerfile.name}.dockerignore`, dockerfile.ignore);
    trees.set('dockerfile', memoryTree(files));
    // Also beside a remote context, where it would be looked for otherwise.
    if (source.remote !== null) attributes['dockerfilekey'] = 'dockerfile';
  }
  const additional = Object.entries(build.additional_contexts ?? {});
  if (additional.length > 0) {
    assertNamedContexts(target, serviceName, build, source, api);
    attributes['frontend.caps'] = 'moby.buildkit.frontend.contexts+forward';
  }
  for (const [name, place] of additional) {
    const path = ['services', serviceName, 'build', 'additional_contexts', name];
    const service = /^service:(.+)$/.exec(place)?.[1];
    if (service !== undefined) {
      if (target.project.services[service] === undefined) {
        throw buildRefused(target, path, {
          message: `${path.join('.')}: no active profile enables the service ${service}.`,
          remedy: 'Activate a profile of it.',
        });
      }
      attributes[`context:${name}`] = `docker-image://${imageName(target, service)}`;
    } else if (place.startsWith('oci-layout://')) {
      throw buildRefused(target, path, {
        message: `${path.join('.')}: image layouts on disk are not read.`,
        remedy: 'Load the image into the engine and use docker-image://.',
      });
    } else if (place.includes('://') || isRemote(place)) {
      attributes[`context:${name}`] = place;
    } else {
      const found = await stat(place).catch(() => undefined);
      if (found?.isDirectory() !== true) {
        throw buildRefused(target, path, {
          code: 'compose.file-missing',
          message: `${path.join('.')}: ${place} is not a folder.`,
          remedy: 'Create it, or correct the path.',
        });
      }
      // Not under the names that the main ones have.
      const key = `context-${name}`;
      trees.set(key, diskTree(place));
      attributes[`context:${name}`] = `local:${key}`;
    }
  }
  return { trees, attributes, sharedKey: source.folder ?? `${target.projectName}\0${serviceName}` };
}

function assertNamedContexts(
  target: EnvironmentTarget,
  serviceName: string,
  build: ComposeBuild,
  { dockerfile }: BuildSource,
  api: string,
): void {
  const asked =
    build.args?.['BUILDKIT_SYNTAX'] ?? (dockerfile.text === undefined ? undefined : syntaxOf(dockerfile.text));
  if (asked !== undefined || apiAtLeast(api, namedContexts.api)) return;
  throw buildRefused(target, ['services', serviceName, 'build', 'additional_contexts'], {
    message: `services.${serviceName}.build.additional_contexts needs Docker ${namedContexts.engine} (API ${namedContexts.api}) or a newer Dockerfile syntax; this engine has API ${api}.`,
    remedy: 'Update Docker, or write “# syntax=docker/dockerfile:1” in the first line of the Dockerfile.',
  });
}
