import { z } from 'zod';
import type { DockerClient } from './client.ts';
import { isMissing } from './client-errors.ts';

const imageSchema = z.object({
  Id: z.string(),
  Os: z.string().catch('linux'),
  Architecture: z.string().catch(''),
  Variant: z.string().nullish(),
  Config: z
    .object({
      Env: z.array(z.string()).nullish().catch(null),
      Cmd: z.array(z.string()).nullish().catch(null),
      Entrypoint: z.array(z.string()).nullish().catch(null),
      User: z.string().nullish().catch(null),
      WorkingDir: z.string().nullish().catch(null),
      Volumes: z.record(z.string(), z.unknown()).nullish().catch(null),
      Labels: z.record(z.string(), z.string()).nullish().catch(null),
      Healthcheck: z.record(z.string(), z.unknown()).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});

/** An image of the engine, as far as plans need it. */
export interface ExistingImage {
  readonly id: string;
  /** `linux/amd64` or `linux/arm64/v8`. */
  readonly platform: string;
  readonly volumes: readonly string[];
  readonly config: NonNullable<z.infer<typeof imageSchema>['Config']>;
}

/** Undefined when the engine has no such image. */
export async function inspectImage(
  client: DockerClient,
  name: string,
  signal: AbortSignal,
): Promise<ExistingImage | undefined> {
  try {
    const json: unknown = await client.call(`describe image ${name}`, { signal }, (docker) =>
      docker.getImage(name).inspect(),
    );
    const found = imageSchema.parse(json);
    const variant =
      found.Variant === undefined || found.Variant === null || found.Variant === '' ? [] : [found.Variant];
    return {
      id: found.Id,
      platform: [found.Os, found.Architecture, ...variant].join('/'),
      volumes: Object.keys(found.Config?.Volumes ?? {}),
      config: found.Config ?? {},
    };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether an image of `actual` serves a service that asks for `wanted` (`linux/arm64`). */
export function platformMatches(wanted: string | undefined, actual: string): boolean {
  if (wanted === undefined) return true;
  const [os, architecture, variant] = wanted.split('/');
  const [actualOs, actualArchitecture, actualVariant] = actual.split('/');
  if (architecture === undefined) return os === actualArchitecture || os === actualOs;
  return os === actualOs && architecture === actualArchitecture && (variant === undefined || variant === actualVariant);
}

export type ImageNeed = 'have' | 'pull' | 'build' | 'refresh' | 'missing';

/**
 * What `up` does for a service's image: Compose's `pull_policy`, where `always`, `daily`… refresh what is there and
 * a service with `build` is built when its image is absent (or always, with the policy `build`).
 */
export function imageNeed(
  service: { readonly pull_policy?: string; readonly build?: unknown; readonly image?: string },
  image: ExistingImage | undefined,
): ImageNeed {
  const policy = service.pull_policy ?? '';
  if (policy === 'build' && service.build !== undefined) return 'build';
  if (policy === 'always' && service.build === undefined) return image === undefined ? 'pull' : 'refresh';
  if (image !== undefined) return 'have';
  if (service.build !== undefined) return 'build';
  return policy === 'never' ? 'missing' : 'pull';
}
