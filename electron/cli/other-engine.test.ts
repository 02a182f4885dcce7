import { describe, expect, it } from 'vitest';
import type { EngineView } from '../../shared/contract/engines.ts';
import { namesEngine, otherEngine } from './other-engine.ts';

function engine(endpoint: string, over: Partial<EngineView> = {}): EngineView {
  return {
    id: endpoint,
    name: endpoint,
    endpoint,
    source: 'socket',
    selected: false,
    state: 'available',
    since: '2025-01-01T00:00:00.000Z',
    version: null,
    apiVersion: null,
    operatingSystem: null,
    architecture: null,
    cpus: null,
    memoryBytes: null,
    rootless: null,
    problem: null,
    ...over,
  };
}

const engines = [
  engine('unix:///var/run/docker.sock', { selected: true }),
  engine('tcp://build:2375', { source: 'context', name: 'build' }),
];

describe('the engine a shell names', () => {
  it.each([
    [{}, false],
    [{ DOCKER_HOST: '', DOCKER_CONTEXT: '' }, false],
    [{ DOCKER_HOST: 'tcp://x' }, true],
    [{ DOCKER_CONTEXT: 'x' }, true],
  ])('%o', (environment, named) => expect(namesEngine(environment)).toBe(named));

  it.each([
    [{ DOCKER_HOST: 'unix:///var/run/docker.sock' }],
    [{ DOCKER_HOST: '/run/docker.sock' }],
    [{ DOCKER_CONTEXT: 'default' }],
    // Found under another name, or not at all: nothing is claimed.
    [{ DOCKER_CONTEXT: 'unheard-of' }],
    [{ DOCKER_HOST: 'unix:///run/docker.sock/', DOCKER_CONTEXT: 'build' }],
  ])('is the one in use: %o', (environment) => expect(otherEngine(environment, engines)).toBeNull());

  it.each([
    [{ DOCKER_HOST: 'tcp://elsewhere:2375' }, 'DOCKER_HOST'],
    [{ DOCKER_CONTEXT: 'build' }, 'DOCKER_CONTEXT'],
  ])('is another: %o', (environment, variable) => {
    const line = otherEngine(environment, engines);
    expect(line).toContain(variable);
    expect(line).toContain('unix:///var/run/docker.sock');
    expect(line).not.toContain('\n');
  });

  it('is not told while none is in use', () => {
    expect(otherEngine({ DOCKER_HOST: 'tcp://x' }, [engine('unix:///x')])).toBeNull();
  });
});
