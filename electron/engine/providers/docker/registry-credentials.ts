import { posix, win32 } from 'node:path';
import { z } from 'zod';
import { type RegistryAuthDeps, registryAuth } from './pull-auth.ts';

const configSchema = z.object({
  auths: z.record(z.string(), z.unknown()).optional().catch(undefined),
  credsStore: z.string().optional().catch(undefined),
  credHelpers: z.record(z.string(), z.string()).optional().catch(undefined),
});
const listSchema = z.record(z.string(), z.string());

const dockerHub = 'https://index.docker.io/v1/';

/**
 * Everything that Docker's configuration and its credential helpers know, as a configuration file with nothing else in
 * it: what a container with `use_api_socket` gets. Never log it, never keep it.
 */
export async function allCredentials(deps: RegistryAuthDeps, signal: AbortSignal): Promise<string> {
  const config = await readServers(deps);
  const store = config.credsStore ?? '';
  const servers = new Set([
    ...(store === '' ? Object.keys(config.auths ?? {}) : await listed(deps, store, signal)),
    ...Object.keys(config.credHelpers ?? {}),
  ]);
  const auths: Record<string, object> = {};
  for (const server of servers) {
    const host = server.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
    const hub = server === dockerHub || host === 'docker.io' || host === 'index.docker.io';
    const found = await registryAuth(deps, hub ? 'any' : `${host}/any`, signal);
    if (found?.identitytoken !== undefined) auths[server] = { identitytoken: found.identitytoken };
    else if (found?.username !== undefined) {
      auths[server] = { auth: Buffer.from(`${found.username}:${found.password ?? ''}`).toString('base64') };
    }
  }
  return JSON.stringify({ auths }, null, '\t');
}

async function readServers(deps: RegistryAuthDeps): Promise<z.infer<typeof configSchema>> {
  const { DOCKER_CONFIG: folder, HOME: home, USERPROFILE: profile } = deps.environment;
  const base = folder || ((home ?? profile) && `${home ?? profile}/.docker`);
  if (!base) return {};
  const join = base.includes('\\') ? win32.join : posix.join;
  try {
    return configSchema.parse(JSON.parse(await deps.files.readText(join(base, 'config.json'))));
  } catch {
    // No configuration, or one that the docker command could not read either.
    return {};
  }
}

/** The servers that a store has credentials for; none when it fails, as with the docker command. */
async function listed(deps: RegistryAuthDeps, store: string, signal: AbortSignal): Promise<readonly string[]> {
  if (!/^[\w.-]+$/.test(store)) return [];
  try {
    const environment = Object.fromEntries(
      Object.entries(deps.environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const result = await deps.run(`docker-credential-${store}`, ['list'], { signal, timeoutMs: 20_000, environment });
    return result.exitCode === 0 ? Object.keys(listSchema.parse(JSON.parse(result.stdout))) : [];
  } catch (error) {
    if (signal.aborted) throw error;
    return [];
  }
}
