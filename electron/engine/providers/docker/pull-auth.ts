import { posix, win32 } from 'node:path';
import { z } from 'zod';
import type { Files } from '../../platform/files.ts';
import type { RunProcess } from '../../platform/processes.ts';

const dockerHub = 'https://index.docker.io/v1/';

const configSchema = z.object({
  auths: z
    .record(
      z.string(),
      z.object({
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
        identitytoken: z.string().optional(),
      }),
    )
    .optional()
    .catch(undefined),
  credsStore: z.string().optional().catch(undefined),
  credHelpers: z.record(z.string(), z.string()).optional().catch(undefined),
});

const helperSchema = z.object({ Username: z.string(), Secret: z.string(), ServerURL: z.string().optional() });

/** What `X-Registry-Auth` carries. Never logged, never kept. */
export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly serveraddress: string;
}

export interface RegistryAuthDeps {
  readonly files: Files;
  readonly run: RunProcess;
  /** `HOME`, `DOCKER_CONFIG`, `PATH` are read from it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The registry host of an image name: `ghcr.io` of `ghcr.io/a/b:1`, `docker.io` of `redis:7`. */
export function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost') ? first : 'docker.io';
}

/**
 * The credentials Docker's own configuration has for an image's registry: its helper, the store, or the file. None when
 * there are none; a helper that fails counts as none, as with the docker command, and the registry then answers.
 */
export async function registryAuth(
  deps: RegistryAuthDeps,
  image: string,
  signal: AbortSignal,
): Promise<RegistryAuth | undefined> {
  const config = await readConfig(deps);
  if (config === undefined) return undefined;
  const host = registryOf(image);
  const keys = host === 'docker.io' ? [dockerHub, 'docker.io', 'index.docker.io'] : [host, `https://${host}`];
  const server = keys[0] ?? host;
  const helper = keys.map((key) => config.credHelpers?.[key]).find((name) => name !== undefined) ?? config.credsStore;
  if (helper !== undefined && /^[\w.-]+$/.test(helper)) {
    const found = await fromHelper(deps, helper, server, signal);
    if (found !== undefined) return found;
  }
  const entry = Object.entries(config.auths ?? {}).find(
    ([key]) => keys.includes(key.replace(/\/$/, '')) || keys.includes(key),
  );
  if (entry === undefined) return undefined;
  const { auth, identitytoken, username, password } = entry[1];
  if (identitytoken !== undefined && identitytoken !== '') return { identitytoken, serveraddress: server };
  if (auth !== undefined && auth !== '') {
    const text = Buffer.from(auth, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon > 0) {
      return { username: text.slice(0, colon), password: text.slice(colon + 1), serveraddress: server };
    }
  }
  return username === undefined || password === undefined ? undefined : { username, password, serveraddress: server };
}

async function readConfig(deps: RegistryAuthDeps): Promise<z.infer<typeof configSchema> | undefined> {
  const { DOCKER_CONFIG: folder, HOME: home, USERPROFILE: profile } = deps.environment;
  const base = home ?? profile;
  const join = base?.includes('\\') === true ? win32.join : posix.join;
  const path =
    folder !== undefined && folder !== '' ? join(folder, 'config.json') : base && join(base, '.docker', 'config.json');
  if (path === undefined || path === '') return undefined;
  try {
    return configSchema.parse(JSON.parse(await deps.files.readText(path)));
  } catch {
    // No configuration, or one that the docker command could not read either.
    return undefined;
  }
}

async function fromHelper(
  deps: RegistryAuthDeps,
  helper: string,
  server: string,
  signal: AbortSignal,
): Promise<RegistryAuth | undefined> {
  try {
    const environment = Object.fromEntries(
      Object.entries(deps.environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const result = await deps.run(`docker-credential-${helper}`, ['get'], {
      signal,
      timeoutMs: 20_000,
      environment,
      input: server,
    });
    if (result.exitCode !== 0) return undefined;
    const found = helperSchema.parse(JSON.parse(result.stdout));
    return found.Username === '<token>'
      ? { identitytoken: found.Secret, serveraddress: server }
      : { username: found.Username, password: found.Secret, serveraddress: server };
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}
