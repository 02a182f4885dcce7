import { posix, win32 } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../../shared/errors.ts';
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

type DockerConfig = z.infer<typeof configSchema>;

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
  /** `HOME`, `DOCKER_CONFIG`, `DOCKER_AUTH_CONFIG` and `PATH` are read from it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The registry host of an image name: `ghcr.io` of `ghcr.io/a/b:1`, `docker.io` of `redis:7`. */
export function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost') ? first : 'docker.io';
}

/** What Docker's own configuration has for a registry. */
export interface FoundCredentials {
  readonly auth?: RegistryAuth;
  /** Why a helper that was to give them did not, in words. The registry may still answer without. */
  readonly problem?: string;
}

/** As `findCredentials`, without the reason when there are none. */
export async function registryAuth(
  deps: RegistryAuthDeps,
  image: string,
  signal: AbortSignal,
): Promise<RegistryAuth | undefined> {
  return (await findCredentials(deps, image, signal)).auth;
}

/**
 * The credentials Docker's own configuration has for an image's registry: `DOCKER_AUTH_CONFIG`, its helper, the store,
 * or the file, as the docker command looks for them. A helper that fails counts as none, and the registry then answers.
 */
export async function findCredentials(
  deps: RegistryAuthDeps,
  image: string,
  signal: AbortSignal,
): Promise<FoundCredentials> {
  const host = registryOf(image);
  const keys = host === 'docker.io' ? [dockerHub, 'docker.io', 'index.docker.io'] : [host, `https://${host}`];
  const server = keys[0] ?? host;
  const given = parseConfig(deps.environment['DOCKER_AUTH_CONFIG'] ?? '');
  const fromVariable = given === undefined ? undefined : fromEntries(given, keys, server);
  if (fromVariable !== undefined) return { auth: fromVariable };
  const config = await readConfig(deps);
  if (config === undefined) return {};
  const helper = keys.map((key) => config.credHelpers?.[key]).find((name) => name !== undefined) ?? config.credsStore;
  let problem: string | undefined;
  if (helper !== undefined && /^[\w.-]+$/.test(helper)) {
    const found = await fromHelper(deps, helper, server, signal);
    if (found.auth !== undefined) return found;
    problem = found.problem;
  }
  const auth = fromEntries(config, keys, server);
  return { ...(auth === undefined ? {} : { auth }), ...(problem === undefined ? {} : { problem }) };
}

/** The names of one registry differ by scheme, path and slash: `https://ghcr.io/v2/` is `ghcr.io`. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

function fromEntries(config: DockerConfig, keys: readonly string[], server: string): RegistryAuth | undefined {
  const entries = Object.entries(config.auths ?? {});
  const hosts = new Set(keys.map(hostOf));
  const entry = entries.find(([key]) => keys.includes(key)) ?? entries.find(([key]) => hosts.has(hostOf(key)));
  if (entry === undefined) return undefined;
  const { auth, identitytoken, username, password } = entry[1];
  if (identitytoken !== undefined && identitytoken !== '') return { identitytoken, serveraddress: server };
  if (auth !== undefined && auth !== '') {
    const text = Buffer.from(auth, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon > 0) {
      // Old versions of docker padded what they wrote.
      const secret = text.slice(colon + 1).replace(/\0+$/, '');
      return { username: text.slice(0, colon), password: secret, serveraddress: server };
    }
  }
  return username === undefined || password === undefined ? undefined : { username, password, serveraddress: server };
}

async function readConfig(deps: RegistryAuthDeps): Promise<DockerConfig | undefined> {
  const { DOCKER_CONFIG: folder, HOME: home, USERPROFILE: profile } = deps.environment;
  const base = home ?? profile;
  const join = base?.includes('\\') === true ? win32.join : posix.join;
  const path =
    folder !== undefined && folder !== '' ? join(folder, 'config.json') : base && join(base, '.docker', 'config.json');
  if (path === undefined || path === '') return undefined;
  // None, or one that the docker command could not read either.
  return parseConfig(await deps.files.readText(path).catch(() => ''));
}

function parseConfig(text: string): DockerConfig | undefined {
  try {
    return configSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function fromHelper(
  deps: RegistryAuthDeps,
  helper: string,
  server: string,
  signal: AbortSignal,
): Promise<FoundCredentials> {
  const program = `docker-credential-${helper}`;
  try {
    const environment = Object.fromEntries(
      Object.entries(deps.environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const result = await deps.run(program, ['get'], { signal, timeoutMs: 20_000, environment, input: server });
    if (result.exitCode !== 0) {
      // Helpers answer on standard output. Not to have an entry is no failure; nor is it worth a word.
      const said = (result.stdout.trim() || result.stderr.trim()).split('\n')[0]?.slice(0, 200) ?? '';
      return /not found/i.test(said)
        ? {}
        : { problem: `${program} failed: ${said || `exit code ${result.exitCode}`}.` };
    }
    const found = helperSchema.parse(JSON.parse(result.stdout));
    if (found.Secret === '') return {};
    return found.Username === '<token>'
      ? { auth: { identitytoken: found.Secret, serveraddress: server } }
      : { auth: { username: found.Username, password: found.Secret, serveraddress: server } };
  } catch (error) {
    if (signal.aborted) throw error;
    const code = error instanceof AppError ? error.code : undefined;
    if (code === 'input.not-found') {
      return { problem: `${program}, which Docker's configuration names, is not on the PATH.` };
    }
    if (code === 'operation.timeout') return { problem: `${program} did not end in time.` };
    // Never what it printed: that may be the secret itself.
    return { problem: `${program} did not answer as credential helpers do.` };
  }
}
