import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointText, parseEndpoint } from './endpoint.ts';

const tls = { ca: 'CA', cert: 'CERT', key: 'KEY', skipVerify: false };

describe('an endpoint', () => {
  it.each([
    ['unix:///run/user/1000/docker.sock', { kind: 'unix', path: '/run/user/1000/docker.sock' }],
    ['unix://', { kind: 'unix', path: '/var/run/docker.sock' }],
    ['/tmp/with space.sock', { kind: 'unix', path: '/tmp/with space.sock' }],
    ['npipe:////./pipe/docker_engine', { kind: 'npipe', path: '//./pipe/docker_engine' }],
    ['tcp://10.0.0.1:2375', { kind: 'tcp', host: '10.0.0.1', port: 2375, tls: null }],
    ['tcp://build-host', { kind: 'tcp', host: 'build-host', port: 2375, tls: null }],
    ['localhost:1234', { kind: 'tcp', host: 'localhost', port: 1234, tls: null }],
    ['tcp://[::1]:2375', { kind: 'tcp', host: '::1', port: 2375, tls: null }],
    ['http://engine:80', { kind: 'tcp', host: 'engine', port: 80, tls: null }],
    ['ssh://ann@build-host:22022', { kind: 'ssh', host: 'build-host', port: 22022, user: 'ann' }],
    ['ssh://build-host', { kind: 'ssh', host: 'build-host', port: null, user: null }],
  ])('is read from %s', (text, expected) => {
    expect(parseEndpoint(text, null)).toEqual(expected);
  });

  it('takes certificates for tcp only, and their port', () => {
    expect(parseEndpoint('tcp://engine', tls)).toEqual({ kind: 'tcp', host: 'engine', port: 2376, tls });
    expect(parseEndpoint('ssh://engine', tls)).toEqual({ kind: 'ssh', host: 'engine', port: null, user: null });
    expect(parseEndpoint('https://engine', null)).toMatchObject({ port: 2376, tls: { skipVerify: false } });
  });

  it.each([
    '',
    '   ',
    'fd://',
    'unix://relative.sock',
    'tcp://',
    'ftp://host',
    'ssh://-oProxyCommand=touch%20x/',
    'ssh://-v@host',
    'ssh://%2Dv@host',
    'ssh://%@host',
    '::::',
  ])('is not read from %j', (text) => {
    expect(parseEndpoint(text, null)).toBeUndefined();
  });

  it('never throws, and reads back what it writes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),

          fc.string().map((rest) => `ssh://${rest}`),
        ),
        (text) => {
          const endpoint = parseEndpoint(text, null);
          if (endpoint === undefined || endpoint.kind === 'npipe') return;
          const again = parseEndpoint(endpointText(endpoint), endpoint.kind === 'tcp' ? endpoint.tls : null);
          if (endpoint.kind === 'ssh' && endpoint.user !== null && /[^\w.-]/.test(endpoint.user)) return;
          expect(again).toMatchObject({ kind: endpoint.kind });
        },
      ),
    );
  });

  it('is written without certificates', () => {
    const endpoint = parseEndpoint('tcp://engine:2376', tls);
    expect(endpoint === undefined ? '' : endpointText(endpoint)).toBe('tcp://engine:2376');
  });
});
