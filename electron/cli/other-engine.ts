import type { EngineView } from '../../shared/contract/engines.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The shell says which engine it means. */
export function namesEngine({ DOCKER_HOST, DOCKER_CONTEXT }: Environment): boolean {
  return (DOCKER_HOST ?? '') !== '' || (DOCKER_CONTEXT ?? '') !== '';
}

/**
 * One line when a command joins a running Golden Hour whose engine is not the one this shell names: the command works
 * on the former. Null when they are the same, as far as their addresses tell.
 */
export function otherEngine(environment: Environment, engines: readonly EngineView[]): string | null {
  const used = engines.find((each) => each.selected);
  if (used === undefined) return null;
  const said = (variable: string): string =>
    `This is about ${used.endpoint}, the engine of the Golden Hour that is running; ${variable} of this shell names another.`;
  const host = environment['DOCKER_HOST'] ?? '';
  // As for docker itself: the address stands above the context.
  if (host !== '') return plain(host) === plain(used.endpoint) ? null : said('DOCKER_HOST');
  const context = environment['DOCKER_CONTEXT'] ?? '';
  if (context === '') return null;
  if (context === 'default') return plain(used.endpoint) === plain(defaultSocket) ? null : said('DOCKER_CONTEXT');
  // An engine that is found under two names is listed under one.
  const named = engines.find((each) => each.source === 'context' && each.name === context);
  return named === undefined || named.selected ? null : said('DOCKER_CONTEXT');
}

const defaultSocket = process.platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock';

/** `/var/run` leads to `/run`; a bare path is a socket. */
function plain(address: string): string {
  const trimmed = address.trim().replace(/\/+$/, '');
  const full = trimmed.startsWith('/') ? `unix://${trimmed}` : trimmed;
  return full.replace(/^unix:\/\/\/var\/run\//, 'unix:///run/');
}
