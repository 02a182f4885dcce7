import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../../../../test/support/memory-files.ts';
import { contextKey } from './contexts.ts';
import { findCandidates } from './endpoints.ts';
import type { Surroundings } from './surroundings.ts';

const home = '/home/ann';

function around(
  contents: Record<string, string | null>,
  environment: Record<string, string> = {},
  more: Partial<Surroundings> = {},
  links: Record<string, string> = { '/var/run': '/run' },
): Surroundings {
  return {
    environment,
    homeFolder: home,
    platform: 'linux',
    userName: 'ann',
    uid: 1000,
    groupIds: [1000],
    files: memoryFiles(contents, links),
    groupOf: async () => undefined,
    ...more,
  };
}

function context(name: string, host: string, tls?: string): Record<string, string> {
  const folder = `${home}/.docker/contexts`;
  return {
    [`${folder}/meta/${contextKey(name)}/meta.json`]: JSON.stringify({
      Name: name,
      Metadata: { Description: 'x' },
      Endpoints: { docker: { Host: host, SkipTLSVerify: false } },
    }),
    ...(tls === undefined ? {} : { [`${folder}/tls/${contextKey(name)}/docker/ca.pem`]: tls }),
  };
}

async function found(surroundings: Surroundings): Promise<[string, string][]> {
  return (await findCandidates(surroundings)).map(({ id, endpointText }) => [id, endpointText]);
}

describe('the places where an engine may be', () => {
  it('always name the system’s socket, so that its absence can be explained', async () => {
    expect(await found(around({}))).toEqual([['socket:default', 'unix:///var/run/docker.sock']]);
    expect(await found(around({}, {}, { platform: 'win32' }))).toEqual([
      ['socket:default', 'npipe:////./pipe/docker_engine'],
    ]);
  });

  it('come in order of preference, each engine once', async () => {
    const surroundings = around(
      {
        '/run/docker.sock': null,
        '/run/user/1000/docker.sock': null,
        '/run/user/1000/podman/podman.sock': null,
        '/home/ann/.colima/default/docker.sock': null,
        '/home/ann/.colima/work/docker.sock': null,
        '/home/ann/.colima/_lima/docker.sock': null,
        '/home/ann/.orbstack/run/docker.sock': null,
        [`${home}/.docker/config.json`]: JSON.stringify({ currentContext: 'team', auths: {} }),
        ...context('team', 'ssh://ann@build-host'),
        ...context('rootless', 'unix:///run/user/1000/docker.sock'),
        ...context('colima', `unix://${home}/.colima/default/docker.sock`),
        ...context('tls', 'tcp://engine:2376', 'CA'),
      },
      { XDG_RUNTIME_DIR: '/run/user/1000', DOCKER_HOST: 'unix:///run/docker.sock' },
    );
    expect(await found(surroundings)).toEqual([
      // DOCKER_HOST and the system's socket are one.
      ['environment', 'unix:///run/docker.sock'],
      ['context:team', 'ssh://ann@build-host'],
      ['context:colima', `unix://${home}/.colima/default/docker.sock`],
      ['context:rootless', 'unix:///run/user/1000/docker.sock'],
      ['context:tls', 'tcp://engine:2376'],
      ['socket:orbstack', 'unix:///home/ann/.orbstack/run/docker.sock'],
      ['socket:podman', 'unix:///run/user/1000/podman/podman.sock'],
      ['socket:colima:work', 'unix:///home/ann/.colima/work/docker.sock'],
    ]);
  });

  it('carry the certificates of their context', async () => {
    const candidates = await findCandidates(around(context('tls', 'tcp://engine:2376', 'THE CA')));
    expect(candidates.find(({ id }) => id === 'context:tls')?.endpoint).toEqual({
      kind: 'tcp',
      host: 'engine',
      port: 2376,
      tls: { ca: 'THE CA', cert: null, key: null, skipVerify: false },
    });
  });

  it('let DOCKER_CONTEXT win over the configuration, and DOCKER_CONFIG move it', async () => {
    const files = {
      [`${home}/.docker/config.json`]: JSON.stringify({ currentContext: 'team' }),
      ...context('team', 'ssh://build-host'),
      ...context('mine', 'tcp://mine:2375'),
    };
    expect((await found(around(files, { DOCKER_CONTEXT: 'mine' })))[0]).toEqual(['context:mine', 'tcp://mine:2375']);
    expect(await found(around(files, { DOCKER_CONFIG: '/elsewhere' }))).toHaveLength(1);
  });

  it('follow links to tell that two sockets are one', async () => {
    const surroundings = around(
      { '/run/docker.sock': null, [`${home}/.docker/run/docker.sock`]: null },
      {},
      {},
      { '/var/run/docker.sock': `${home}/.docker/run/docker.sock` },
    );
    expect(await found(surroundings)).toEqual([['socket:default', 'unix:///var/run/docker.sock']]);
  });

  it('say what is wrong with what names them, without its secrets', async () => {
    const [host] = await findCandidates(around({}, { DOCKER_HOST: 'ftp://ann:secret@engine' }));
    expect(host).toMatchObject({ id: 'environment', endpoint: null });
    expect(host?.problem?.message).toContain('DOCKER_HOST');
    expect(JSON.stringify(host)).not.toContain('secret');
    const [missing] = await findCandidates(around({}, { DOCKER_CONTEXT: 'nowhere' }));
    expect(missing).toMatchObject({ id: 'context:nowhere', endpoint: null });
    expect(missing?.problem?.remedy).toContain('DOCKER_CONTEXT');
  });

  it('pass over files that cannot be read', async () => {
    const files = {
      [`${home}/.docker/config.json`]: '{ broken',
      [`${home}/.docker/contexts/meta/abc/meta.json`]: '[]',
      [`${home}/.docker/contexts/meta/def/meta.json`]: '{"Name":"x","Endpoints":{"kubernetes":{}}}',
    };
    expect(await found(around(files))).toHaveLength(1);
  });
});
