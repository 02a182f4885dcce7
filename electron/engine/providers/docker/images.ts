import { z } from 'zod';
import type { DockerClient } from './client.ts';
import { isMissing } from './client-errors.ts';
import { milliseconds } from './translate-values.ts';

const imageSchema = z.object({
  Id: z.string(),
  /** `ghcr.io/a/b@sha256:…` for each repository it was pulled from or pushed to. */
  RepoDigests: z.array(z.string()).nullish().catch(null),
  Os: z.string().catch('linux'),
  Architecture: z.string().catch(''),
  Variant: z.string().nullish(),
  /** When its name was last given to it here. Not every engine says it for a pulled image. */
  Metadata: z.object({ LastTagTime: z.string().nullish() }).nullish().catch(null),
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
  readonly taggedAt: Date | null;
  /** By which it is known to registries: `ghcr.io/a/b@sha256:…`. */
  readonly digests?: readonly string[];
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
      taggedAt: dateOf(found.Metadata?.LastTagTime),
      digests: found.RepoDigests ?? [],
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

export type ImageNeed = 'have' | 'pull' | 'pull-or-build' | 'build' | 'refresh' | 'missing';

/** Null for the engine's "never" (year 1) and for nonsense. */
function dateOf(text: string | null | undefined): Date | null {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() <= 1 ? null : date;
}

const dayMs = 24 * 3600 * 1000;

/** After how long a policy fetches an image again, ms; undefined for policies that do not go by time. */
function refreshAfter(policy: string): number | undefined {
  if (policy === 'daily') return dayMs;
  if (policy === 'weekly') return 7 * dayMs;
  const every = /^every_(.+)$/.exec(policy)?.[1];
  if (every === undefined) return undefined;
  const days = /^(?:(\d+)w)?(?:(\d+)d)?(.*)$/.exec(every);
  const rest = days?.[3] === '' ? 0 : milliseconds(days?.[3], Number.NaN);
  const total = (Number(days?.[1] ?? 0) * 7 + Number(days?.[2] ?? 0)) * dayMs + rest;
  return Number.isNaN(total) ? undefined : total;
}

/**
 * What `up` does for a service's image, as Compose does: `always`, `daily`, `every_…` refresh what is here; a service with
 * `build` is built (always, with the policy `build`), but one that also names its image is pulled first when that is
 * absent, and built when its registry does not have it.
 */
export function imageNeed(
  service: { readonly pull_policy?: string; readonly build?: unknown; readonly image?: string },
  image: ExistingImage | undefined,
  now: Date,
): ImageNeed {
  const policy = service.pull_policy ?? '';
  const built = service.build !== undefined;
  if (policy === 'build' && built) return 'build';
  const fetched = policy !== 'never' && policy !== 'build' && (!built || service.image !== undefined);
  if (image === undefined) {
    if (built) return fetched ? 'pull-or-build' : 'build';
    return fetched ? 'pull' : 'missing';
  }
  if (!fetched) return 'have';
  if (policy === 'always') return 'refresh';
  const after = refreshAfter(policy);
  if (after === undefined) return 'have';
  return image.taggedAt === null || now.getTime() - image.taggedAt.getTime() > after ? 'refresh' : 'have';
}

/** What `pull` does for a service's image, as `docker compose pull`: with a policy that goes by absence, what is here stays. */
export function pullNeed(
  service: { readonly pull_policy?: string; readonly build?: unknown; readonly image?: string },
  image: ExistingImage | undefined,
): 'fetch' | 'never' | 'built' | 'here' {
  const policy = service.pull_policy ?? '';
  if (policy === 'never') return 'never';
  if (policy === 'build' || service.image === undefined) return 'built';
  return (policy === 'missing' || policy === 'if_not_present') && image !== undefined ? 'here' : 'fetch';
}
