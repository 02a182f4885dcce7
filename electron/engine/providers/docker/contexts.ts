import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { type DockerEndpoint, type DockerTls, parseEndpoint } from './endpoint.ts';
import type { Surroundings } from './surroundings.ts';

/** A Docker context other than the built-in `default`. */
export interface DockerContext {
  readonly name: string;
  /** Null when its files cannot be read. */
  readonly endpoint: DockerEndpoint | null;
}

export interface DockerContexts {
  /** The context in use by DOCKER_CONTEXT or config.json; `default` when neither says. */
  readonly current: string;
  /** Where that was said: to name it in a message. */
  readonly currentFrom: 'DOCKER_CONTEXT' | 'config.json' | 'nothing';
  readonly all: readonly DockerContext[];
}

const configSchema = z.object({ currentContext: z.string().optional().catch(undefined) });
const metaSchema = z.object({
  Name: z.string().min(1),
  Endpoints: z.object({
    docker: z.object({ Host: z.string(), SkipTLSVerify: z.boolean().optional().catch(undefined) }),
  }),
});

/** Reads `~/.docker` (or DOCKER_CONFIG) as the docker command does. Unreadable files count as absent. */
export async function readContexts(around: Surroundings): Promise<DockerContexts> {
  const folder = around.environment['DOCKER_CONFIG'] || join(around.homeFolder, '.docker');
  const config = configSchema.safeParse(await readJson(around, join(folder, 'config.json')));
  const configured = config.success ? config.data.currentContext : undefined;
  const asked = around.environment['DOCKER_CONTEXT'];
  return {
    current: asked || configured || 'default',
    currentFrom: asked ? 'DOCKER_CONTEXT' : configured ? 'config.json' : 'nothing',
    all: await listContexts(around, join(folder, 'contexts')),
  };
}

async function listContexts(around: Surroundings, folder: string): Promise<DockerContext[]> {
  const entries = await around.files.list(join(folder, 'meta')).catch(() => []);
  const found: DockerContext[] = [];
  for (const { name } of entries) {
    const meta = metaSchema.safeParse(await readJson(around, join(folder, 'meta', name, 'meta.json')));
    if (!meta.success) continue;
    const { Name, Endpoints } = meta.data;
    const tls = await readTls(around, join(folder, 'tls', contextKey(Name), 'docker'));
    const skipVerify = Endpoints.docker.SkipTLSVerify === true;
    const material = tls === null && !skipVerify ? null : { ca: null, cert: null, key: null, ...tls, skipVerify };
    found.push({ name: Name, endpoint: parseEndpoint(Endpoints.docker.Host, material) ?? null });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Docker's folder name for a context. */
export function contextKey(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** ca.pem, cert.pem and key.pem of a folder; null when it has none of them. */
export async function readTls(around: Surroundings, folder: string): Promise<Omit<DockerTls, 'skipVerify'> | null> {
  const read = (name: string): Promise<string | null> => around.files.readText(join(folder, name)).catch(() => null);
  const [ca, cert, key] = await Promise.all([read('ca.pem'), read('cert.pem'), read('key.pem')]);
  return ca === null && cert === null && key === null ? null : { ca, cert, key };
}

async function readJson(around: Surroundings, path: string): Promise<unknown> {
  try {
    return JSON.parse(await around.files.readText(path));
  } catch {
    return undefined;
  }
}
