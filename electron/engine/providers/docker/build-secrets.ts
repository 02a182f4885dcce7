import type { EnvironmentTarget } from '../provider.ts';
import { buildRefused } from './build-errors.ts';
import type { PlanDeps } from './plan.ts';
import { type CopiedFile, readCopiedFiles } from './secrets.ts';

/** BuildKit refuses larger ones. */
const largest = 500 * 1024;

/** The contents of `build.secrets` by the id that a Dockerfile names them by: their target, else their name. */
export async function buildSecrets(
  deps: Pick<PlanDeps, 'files' | 'variables'>,
  target: EnvironmentTarget,
  serviceName: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Buffer>> {
  const mounts = target.project.services[serviceName]?.build?.secrets ?? [];
  if (mounts.length === 0) return new Map();
  const files = mounts.map((mount, index): CopiedFile => {
    const object = target.project.secrets?.[mount.source];
    if (object === undefined || object.external === true) {
      throw buildRefused(target, ['services', serviceName, 'build', 'secrets', index], {
        message: `The build of ${serviceName} asks for the secret ${mount.source}, which only a swarm could provide.`,
        remedy: 'Give the secret a file or an environment variable.',
      });
    }
    const from =
      object.content !== undefined
        ? { content: object.content }
        : object.environment !== undefined
          ? { environment: object.environment }
          : { file: object.file ?? '' };
    const id = mount.target ?? mount.source;
    return { kind: 'secret', name: mount.source, target: id, mode: 0o400, uid: 0, gid: 0, from };
  });
  const variables = await deps.variables(target, signal);
  const contents = await readCopiedFiles(serviceName, files, {
    readBytes: (path) => deps.files.readBytes(path, signal),
    variable: (name) => variables[name],
  });
  const result = new Map<string, Buffer>();
  for (const [file, content] of contents) {
    if (content.length > largest) {
      throw buildRefused(target, ['services', serviceName, 'build', 'secrets'], {
        message: `The secret ${file.name} of the build of ${serviceName} is larger than ${largest / 1024} KiB, BuildKit's limit.`,
        remedy: 'Put what is large into the build context or an additional one.',
      });
    }
    result.set(file.target, content);
  }
  return result;
}

/** What must not show in a log: each line of each secret that is long enough to be one. */
export function secretTexts(secrets: ReadonlyMap<string, Uint8Array>): readonly string[] {
  const texts = [...secrets.values()].flatMap((content) =>
    Buffer.from(content)
      .toString('utf8')
      .split(/\r?\n/)
      .map((line) => line.trim()),
  );
  return [...new Set(texts)].filter((line) => line.length >= 4).sort((a, b) => b.length - a.length);
}
