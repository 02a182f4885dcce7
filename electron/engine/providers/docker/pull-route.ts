import { z } from 'zod';
import type { DockerClient } from './client.ts';
import { registryOf } from './pull-auth.ts';
import type { RegistryRoute } from './pull-errors.ts';

const infoSchema = z.object({
  HttpProxy: z.string().optional().catch(undefined),
  HttpsProxy: z.string().optional().catch(undefined),
  RegistryConfig: z
    .object({
      InsecureRegistryCIDRs: z.array(z.string()).nullish().catch(null),
      IndexConfigs: z
        .record(
          z.string(),
          z.object({ Mirrors: z.array(z.string()).nullish().catch(null), Secure: z.boolean().optional() }),
        )
        .nullish()
        .catch(null),
      Mirrors: z.array(z.string()).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});

/** How the engine is set up to reach registries. */
export interface EngineRegistries {
  readonly mirrors: readonly string[];
  readonly proxy: string | null;
  /** Hosts the engine was told to trust without a certificate. */
  readonly insecure: readonly string[];
}

const nothingSaid: EngineRegistries = { mirrors: [], proxy: null, insecure: [] };

/** What the engine says of its mirrors, proxy and insecure registries. Nothing when it does not say; never throws but on abort. */
export async function engineRegistries(client: DockerClient, signal: AbortSignal): Promise<EngineRegistries> {
  try {
    const said = await client.call('describe itself', { signal }, (docker, abortSignal) =>
      (docker.info as (options: { abortSignal: AbortSignal }) => Promise<unknown>).call(docker, { abortSignal }),
    );
    const { RegistryConfig: registries, HttpProxy, HttpsProxy } = infoSchema.parse(said);
    const insecure = Object.entries(registries?.IndexConfigs ?? {}).filter(([, each]) => each.Secure === false);
    return {
      mirrors: registries?.Mirrors ?? [],
      proxy: withoutSecrets(HttpsProxy || HttpProxy),
      insecure: [...insecure.map(([name]) => name), ...(registries?.InsecureRegistryCIDRs ?? [])],
    };
  } catch {
    signal.throwIfAborted();
    return nothingSaid;
  }
}

/** What of it concerns an image. */
export function routeOf(registries: EngineRegistries, image: string): RegistryRoute {
  return { mirrors: registryOf(image) === 'docker.io' ? registries.mirrors : [], proxy: registries.proxy };
}

/** A line for the log when an image does not come straight from where its name says. */
export function routeWords(registries: EngineRegistries, image: string): string | null {
  const registry = registryOf(image);
  const parts = [
    ...(registry === 'docker.io' && registries.mirrors.length > 0
      ? [`asks ${registries.mirrors.join(', then ')} before docker.io`]
      : []),
    ...(registries.insecure.includes(registry) ? [`takes ${registry} for insecure`] : []),
    ...(registries.proxy === null ? [] : [`goes through the proxy ${registries.proxy}`]),
  ];
  return parts.length === 0 ? null : `For ${image} the engine ${parts.join(' and ')}.`;
}

function withoutSecrets(proxy: string | undefined): string | null {
  if (proxy === undefined || proxy === '') return null;
  return proxy.replace(/\/\/[^@/]*@/, '//');
}
