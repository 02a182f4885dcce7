import { join } from 'node:path';
import type { EngineView } from '../../../../shared/contract/engines.ts';
import { type DockerContexts, readContexts, readTls } from './contexts.ts';
import { type DockerEndpoint, endpointText, parseEndpoint } from './endpoint.ts';
import type { Surroundings } from './surroundings.ts';

/** A place where an engine may be, before anybody asked it. */
export interface Candidate {
  /** Stable across starts: `environment`, `context:colima`, `socket:default`. */
  readonly id: string;
  readonly name: string;
  readonly source: EngineView['source'];
  /** Null when what names it is wrong; `problem` says how. */
  readonly endpoint: DockerEndpoint | null;
  /** The endpoint in words, or the text that could not be read as one. */
  readonly endpointText: string;
  readonly problem: { readonly message: string; readonly remedy: string } | null;
}

/**
 * Every place an engine may be, in the order in which to prefer them: what the environment says, the context in use,
 * the system's socket, the other contexts, then sockets that Docker Desktop, Colima and others are known to create.
 * The same endpoint under several names comes once. Never throws.
 */
export async function findCandidates(around: Surroundings): Promise<readonly Candidate[]> {
  const contexts = await readContexts(around);
  const inOrder = [
    ...(await fromEnvironment(around)),
    ...currentContext(contexts),
    ...systemSocket(around),
    ...otherContexts(contexts),
    ...(await wellKnownSockets(around)),
  ];
  const seen = new Set<string>();
  const unique: Candidate[] = [];
  for (const candidate of inOrder) {
    const key = await identity(around, candidate);
    if (seen.has(key)) continue;
    seen.add(key);
    unique.push(candidate);
  }
  return unique;
}

async function fromEnvironment(around: Surroundings): Promise<Candidate[]> {
  const text = around.environment['DOCKER_HOST'];
  if (text === undefined || text.trim() === '') return [];
  const verify = around.environment['DOCKER_TLS_VERIFY'];
  const folder = around.environment['DOCKER_CERT_PATH'] || join(around.homeFolder, '.docker');
  const withTls = (verify !== undefined && verify !== '') || around.environment['DOCKER_CERT_PATH'] !== undefined;
  const material = withTls ? await readTls(around, folder) : null;
  const tls = withTls ? { ca: null, cert: null, key: null, ...material, skipVerify: verify === undefined } : null;
  const endpoint = parseEndpoint(text, tls) ?? null;
  const base = { id: 'environment', name: 'DOCKER_HOST', source: 'environment' } as const;
  return [
    endpoint === null
      ? {
          ...base,
          endpoint,
          endpointText: withoutSecrets(text),
          problem: {
            message: `DOCKER_HOST is not an address of an engine: ${withoutSecrets(text)}`,
            remedy: 'Set it to something like unix:///var/run/docker.sock or ssh://user@host, or unset it.',
          },
        }
      : { ...base, endpoint, endpointText: endpointText(endpoint), problem: null },
  ];
}

function currentContext(contexts: DockerContexts): Candidate[] {
  if (contexts.current === 'default') return [];
  const found = contexts.all.find((context) => context.name === contexts.current);
  if (found?.endpoint !== undefined && found.endpoint !== null) return [contextCandidate(found.name, found.endpoint)];
  return [
    {
      ...contextBase(contexts.current),
      endpoint: null,
      endpointText: '',
      problem: {
        message: `The Docker context in use, ${contexts.current}, ${found === undefined ? 'does not exist' : 'cannot be read'}.`,
        remedy:
          contexts.currentFrom === 'DOCKER_CONTEXT'
            ? 'Correct or unset DOCKER_CONTEXT.'
            : 'Choose another one with `docker context use`.',
      },
    },
  ];
}

function otherContexts(contexts: DockerContexts): Candidate[] {
  return contexts.all
    .filter(({ name }) => name !== contexts.current)
    .flatMap(({ name, endpoint }) => (endpoint === null ? [] : [contextCandidate(name, endpoint)]));
}

function contextBase(name: string) {
  return { id: `context:${name}`, name: `Context ${name}`, source: 'context' } as const;
}

function contextCandidate(name: string, endpoint: DockerEndpoint): Candidate {
  return { ...contextBase(name), endpoint, endpointText: endpointText(endpoint), problem: null };
}

/** Listed even when it is not there, so that its absence can be explained. */
function systemSocket(around: Surroundings): Candidate[] {
  return around.platform === 'win32'
    ? [socketCandidate('default', 'Docker', { kind: 'npipe', path: '//./pipe/docker_engine' })]
    : [socketCandidate('default', 'Docker', { kind: 'unix', path: '/var/run/docker.sock' })];
}

/** Only those that are there. */
async function wellKnownSockets(around: Surroundings): Promise<Candidate[]> {
  const { environment, homeFolder: home, files } = around;
  const runtime = environment['XDG_RUNTIME_DIR'] || (around.uid === null ? '' : `/run/user/${around.uid}`);
  const places: (readonly [id: string, name: string, path: string])[] = [
    ['rootless', 'Docker (rootless)', join(runtime, 'docker.sock')],
    ['docker-desktop', 'Docker Desktop', join(home, '.docker/run/docker.sock')],
    ['docker-desktop-linux', 'Docker Desktop', join(home, '.docker/desktop/docker.sock')],
    ['orbstack', 'OrbStack', join(home, '.orbstack/run/docker.sock')],
    ['rancher-desktop', 'Rancher Desktop', join(home, '.rd/docker.sock')],
    ['podman', 'Podman', join(runtime, 'podman/podman.sock')],
    ['podman-machine', 'Podman machine', join(home, '.local/share/containers/podman/machine/podman.sock')],
    ['podman-machine-qemu', 'Podman machine', join(home, '.local/share/containers/podman/machine/qemu/podman.sock')],
    ['podman-system', 'Podman (system)', '/run/podman/podman.sock'],
    ...(await inEach(around, join(home, '.colima'), 'docker.sock', 'colima', 'Colima')),
    ...(await inEach(
      around,
      join(environment['XDG_CONFIG_HOME'] || join(home, '.config'), 'colima'),
      'docker.sock',
      'colima',
      'Colima',
    )),
    ...(await podmanOnMac(around)),
  ];
  const found: Candidate[] = [];
  for (const [id, name, path] of places) {
    // The folder may be closed to us; then there is nothing to be had there either.
    const info = path.startsWith('/') ? await files.info(path).catch(() => undefined) : undefined;
    if (info !== undefined) found.push(socketCandidate(id, name, { kind: 'unix', path }));
  }
  if (around.platform === 'win32') {
    found.push(
      ...(await pipes(around, [
        ['docker-desktop', 'Docker Desktop', 'dockerDesktopLinuxEngine'],
        ['podman-machine', 'Podman machine', 'podman-machine-default'],
      ])),
    );
  }
  return found;
}

async function inEach(
  around: Surroundings,
  folder: string,
  file: string,
  id: string,
  name: string,
): Promise<(readonly [string, string, string])[]> {
  const entries = await around.files.list(folder).catch(() => []);
  return entries
    .filter((entry) => entry.kind === 'folder' && !entry.name.startsWith('_'))
    .map((entry) => [
      `${id}:${entry.name}`,
      entry.name === 'default' ? name : `${name} (${entry.name})`,
      join(folder, entry.name, file),
    ]);
}

async function podmanOnMac(around: Surroundings): Promise<(readonly [string, string, string])[]> {
  const temporary = around.environment['TMPDIR'];
  if (around.platform !== 'darwin' || temporary === undefined) return [];
  const folder = join(temporary, 'podman');
  const entries = await around.files.list(folder).catch(() => []);
  return entries
    .filter((entry) => entry.name.endsWith('-api.sock'))
    .map((entry) => [`podman:${entry.name}`, 'Podman machine', join(folder, entry.name)]);
}

async function pipes(
  around: Surroundings,
  wanted: readonly (readonly [id: string, name: string, pipe: string])[],
): Promise<Candidate[]> {
  const present = await around.files.list('//./pipe/').catch(() => []);
  return wanted
    .filter(([, , pipe]) => present.some((entry) => entry.name === pipe))
    .map(([id, name, pipe]) => socketCandidate(id, name, { kind: 'npipe', path: `//./pipe/${pipe}` }));
}

function socketCandidate(id: string, name: string, endpoint: DockerEndpoint): Candidate {
  return {
    id: `socket:${id}`,
    name,
    source: 'socket',
    endpoint,
    endpointText: endpointText(endpoint),
    problem: null,
  };
}

/** What two names of the same engine have in common. */
async function identity(around: Surroundings, candidate: Candidate): Promise<string> {
  if (candidate.endpoint === null) return candidate.id;
  if (candidate.endpoint.kind !== 'unix') return candidate.endpointText.toLowerCase();
  const real = await around.files.real(candidate.endpoint.path).catch(() => undefined);
  // `/var/run` is a link to `/run` nearly everywhere, also where the socket is missing.
  return `unix://${(real ?? candidate.endpoint.path).replace(/^\/var\/run\//, '/run/')}`;
}

function withoutSecrets(text: string): string {
  return text.replace(/\/\/[^/@]*@/, '//…@').slice(0, 200);
}
