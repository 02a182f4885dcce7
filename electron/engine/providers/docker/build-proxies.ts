import { join } from 'node:path';
import { z } from 'zod';
import type { Files } from '../../platform/files.ts';

const proxySchema = z.object({
  httpProxy: z.string().optional().catch(undefined),
  httpsProxy: z.string().optional().catch(undefined),
  noProxy: z.string().optional().catch(undefined),
  ftpProxy: z.string().optional().catch(undefined),
  allProxy: z.string().optional().catch(undefined),
});
const configSchema = z.object({ proxies: z.record(z.string(), proxySchema) });

const variables = {
  httpProxy: 'HTTP_PROXY',
  httpsProxy: 'HTTPS_PROXY',
  noProxy: 'NO_PROXY',
  ftpProxy: 'FTP_PROXY',
  allProxy: 'ALL_PROXY',
} as const;

/**
 * The build arguments that `proxies` in Docker's `config.json` stands for, in both spellings; those of this engine's
 * address go before the default ones. Builders leave these arguments out of image and history.
 */
export async function proxyArguments(
  deps: { readonly files: Files; readonly environment: Readonly<Record<string, string | undefined>> },
  endpoint: string,
): Promise<Readonly<Record<string, string>>> {
  const home = deps.environment['HOME'] ?? deps.environment['USERPROFILE'];
  const folder = deps.environment['DOCKER_CONFIG'] || (home === undefined ? undefined : join(home, '.docker'));
  if (folder === undefined) return {};
  const proxies = await deps.files.readText(join(folder, 'config.json')).then(parse, () => undefined);
  const chosen = proxies?.[endpoint] ?? proxies?.['default'];
  const args: Record<string, string> = {};
  for (const [key, name] of Object.entries(variables)) {
    const value = chosen?.[key as keyof typeof variables];
    if (value === undefined || value === '') continue;
    args[name] = value;
    args[name.toLowerCase()] = value;
  }
  return args;
}

function parse(text: string): z.infer<typeof configSchema>['proxies'] | undefined {
  try {
    return configSchema.safeParse(JSON.parse(text)).data?.proxies;
  } catch {
    return undefined;
  }
}
