import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../../../../test/support/memory-files.ts';
import { isConflict, isEngineAway, isMissing, notResponding, translateDockerError } from './client-errors.ts';
import type { Candidate } from './endpoints.ts';
import { explain } from './engine-problems.ts';
import type { Surroundings } from './surroundings.ts';

const context = { what: 'list containers', engineId: 'e', endpoint: 'unix:///var/run/docker.sock' };

function coded(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code });
}

function candidate(id: string): Candidate {
  return {
    id,
    name: id,
    source: 'socket',
    endpoint: { kind: 'unix', path: '/var/run/docker.sock' },
    endpointText: 'unix:///var/run/docker.sock',
    problem: null,
  };
}

function around(files: Record<string, string | null>, more: Partial<Surroundings> = {}): Surroundings {
  return {
    environment: { PATH: '/usr/bin' },
    homeFolder: '/home/ann',
    platform: 'linux',
    userName: 'ann',
    uid: 1000,
    groupIds: [1000],
    files: memoryFiles(files),
    groupOf: async () => 998,
    ...more,
  };
}

async function explained(surroundings: Surroundings, error: unknown, id = 'socket:default') {
  return explain(surroundings, candidate(id), translateDockerError(error, context));
}

describe('errors of an engine', () => {
  it.each([
    ['ECONNREFUSED', 'docker.gone'],
    ['ENOENT', 'docker.gone'],
    ['ECONNRESET', 'docker.gone'],
    ['EPIPE', 'docker.gone'],
    ['EACCES', 'docker.denied'],
    ['EPERM', 'docker.denied'],
    ['CERT_HAS_EXPIRED', 'docker.gone'],
  ])('%s is %s', (code, expected) => {
    expect(translateDockerError(coded(code), context)).toMatchObject({ code: expected });
  });

  it('a refusal carries the status and the engine’s own words', () => {
    const thrown = Object.assign(new Error('(HTTP code 409) unexpected - name in use '), {
      statusCode: 409,
      json: { message: 'The container name "/db" is already in use.' },
    });
    const error = translateDockerError(thrown, context);
    expect(error).toMatchObject({
      code: 'docker.refused',
      message: 'The Docker engine did not list containers: The container name "/db" is already in use.',
      details: { status: 409, message: 'The container name "/db" is already in use.' },
    });
    expect(isConflict(error)).toBe(true);
    expect(isMissing(error)).toBe(false);
    const bare = Object.assign(new Error('(HTTP code 404) no such container - nothing here '), { statusCode: 404 });
    expect(translateDockerError(bare, context)).toMatchObject({ details: { message: 'nothing here' } });
    expect(isMissing(translateDockerError(bare, context))).toBe(true);
  });

  it('after an abort are its reason, whatever the socket said', () => {
    const reason = new Error('no longer wanted');
    expect(translateDockerError(coded('ECONNRESET'), context, AbortSignal.abort(reason))).toBe(reason);
  });

  it('leave a fault of our own as it is', () => {
    const fault = new TypeError('x is not a function');
    expect(translateDockerError(fault, context)).toBe(fault);
  });

  it('an engine that is away is worth asking again, a refusal is not', () => {
    expect(isEngineAway(translateDockerError(coded('ECONNREFUSED'), context))).toBe(true);
    expect(isEngineAway(notResponding(context, 10_000))).toBe(true);
    expect(isEngineAway(translateDockerError(coded('EACCES'), context))).toBe(false);
  });
});

describe('what is said of an engine that cannot be used', () => {
  it('not installed', async () => {
    const { state, problem } = await explained(around({}), coded('ENOENT'));
    expect(state).toBe('not-found');
    expect(problem.remedy).toContain('Install');
  });

  it('installed, not running', async () => {
    const { state, problem } = await explained(around({ '/usr/bin/dockerd': 'x' }), coded('ENOENT'));
    expect(state).toBe('not-found');
    expect(problem.remedy).toContain('systemctl start docker');
    expect((await explained(around({}), coded('ECONNREFUSED'))).state).toBe('gone');
    expect((await explained(around({}), coded('ECONNREFUSED'), 'socket:colima:default')).problem.remedy).toContain(
      'colima start',
    );
  });

  it('denied: names the group to join', async () => {
    const { state, problem } = await explained(
      around({ '/etc/group': 'root:x:0:\ndocker:x:998:bob\n' }),
      coded('EACCES'),
    );
    expect(state).toBe('denied');
    expect(problem.remedy).toContain('usermod -aG docker ann');
  });

  it('denied although a member: log in again', async () => {
    const { problem } = await explained(around({ '/etc/group': 'docker:x:998:bob,ann\n' }), coded('EACCES'));
    expect(problem.remedy).toBe('Log out and in again.');
  });

  it('denied by a socket of root alone', async () => {
    const { problem } = await explained(around({}, { groupOf: async () => 0 }), coded('EACCES'));
    expect(problem.remedy).toContain('root');
  });

  it('not responding: restart it', async () => {
    const { state, problem } = await explain(around({}), candidate('socket:default'), notResponding(context, 2500));
    expect(state).toBe('not-responding');
    expect(problem.remedy).toContain('restart');
  });
});
