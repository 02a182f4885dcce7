import type { EngineView } from '../../shared/contract/engines.ts';
import { formatMemory } from './format.ts';
import type { Shape, Tone } from './health.ts';

const words: Record<EngineView['state'], { tone: Tone; shape: Shape; word: string }> = {
  available: { tone: 'healthy', shape: 'disc', word: 'Ready' },
  'not-found': { tone: 'idle', shape: 'ring', word: 'Not there' },
  denied: { tone: 'down', shape: 'square', word: 'No access' },
  'not-responding': { tone: 'down', shape: 'square', word: 'Not answering' },
  gone: { tone: 'down', shape: 'square', word: 'Gone' },
};

export const engineLook = (engine: EngineView): { tone: Tone; shape: Shape; word: string } => words[engine.state];

/** What people call it: where it was found (`DOCKER_HOST`, the context `default`) is no name. */
export const engineName = (engine: EngineView): string =>
  engine.source === 'environment' || engine.name === 'default' ? 'Docker' : engine.name;

/** `Docker 27.3.1`; what a distribution adds behind a `+` says nothing here. */
export const engineTitle = (engine: EngineView): string =>
  engine.version === null ? engineName(engine) : `${engineName(engine)} ${engine.version.split('+')[0]}`;

const sources: Record<EngineView['source'], string> = {
  environment: 'from DOCKER_HOST',
  context: 'a Docker context',
  socket: 'a socket on this machine',
};

/** What is known of an engine beyond its name: where it is, what it runs on, how large it is. */
export function engineFacts(engine: EngineView): string {
  return [
    sources[engine.source],
    engine.operatingSystem,
    engine.cpus === null ? null : `${engine.cpus} CPUs`,
    engine.memoryBytes === null ? null : `${formatMemory(engine.memoryBytes)} memory`,
    engine.rootless === true ? 'rootless' : null,
    engine.apiVersion === null ? null : `API ${engine.apiVersion}`,
  ]
    .filter((part) => part !== null)
    .join(', ');
}
