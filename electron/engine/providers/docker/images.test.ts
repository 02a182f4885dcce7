import { expect, it } from 'vitest';
import { targetOf } from '../../../../test/support/engine-state.ts';
import { type ExistingImage, imageNeed, platformMatches, pullNeed } from './images.ts';
import { splitTag } from './pull.ts';
import { registryOf } from './pull-auth.ts';
import { unsupported } from './translate-support.ts';

const now = new Date('2026-03-10T12:00:00Z');
const tagged = (at: string | null): ExistingImage => ({
  id: 'sha256:1',
  platform: 'linux/amd64',
  volumes: [],
  taggedAt: at === null ? null : new Date(at),
  config: {},
});

it.each([
  [{}, undefined, 'pull'],
  [{}, tagged(null), 'have'],
  [{ pull_policy: 'never' }, undefined, 'missing'],
  [{ pull_policy: 'always' }, tagged(null), 'refresh'],
  [{ pull_policy: 'missing' }, tagged(null), 'have'],
  [{ pull_policy: 'daily' }, tagged('2026-03-10T01:00:00Z'), 'have'],
  [{ pull_policy: 'daily' }, tagged('2026-03-09T01:00:00Z'), 'refresh'],
  [{ pull_policy: 'weekly' }, tagged('2026-03-04T01:00:00Z'), 'have'],
  [{ pull_policy: 'every_1w2d3h' }, tagged('2026-02-28T00:00:00Z'), 'refresh'],
  [{ pull_policy: 'every_30m' }, tagged('2026-03-10T11:45:00Z'), 'have'],
  [{ pull_policy: 'if_not_present' }, tagged(null), 'have'],
  [{ pull_policy: 'if_not_present' }, undefined, 'pull'],
  [{ pull_policy: 'daily' }, undefined, 'pull'],
  // The engine does not say when it was pulled.
  [{ pull_policy: 'weekly' }, tagged(null), 'refresh'],
  [{ pull_policy: 'build' }, tagged(null), 'have'],
  [{ pull_policy: 'build' }, undefined, 'missing'],
  [{ build: {} }, undefined, 'build'],
  [{ build: {}, pull_policy: 'always' }, undefined, 'build'],
  [{ build: {}, pull_policy: 'always' }, tagged(null), 'have'],
  [{ build: {}, image: 'a' }, undefined, 'pull-or-build'],
  [{ build: {}, image: 'a', pull_policy: 'missing' }, undefined, 'pull-or-build'],
  [{ build: {}, image: 'a', pull_policy: 'never' }, undefined, 'build'],
  [{ build: {}, image: 'a', pull_policy: 'never' }, tagged(null), 'have'],
  [{ build: {}, image: 'a', pull_policy: 'build' }, undefined, 'build'],
  [{ build: {}, image: 'a', pull_policy: 'always' }, tagged(null), 'refresh'],
  [{ build: {}, image: 'a' }, tagged(null), 'have'],
  [{ build: {} }, tagged(null), 'have'],
  [{ build: {}, pull_policy: 'build' }, tagged(null), 'build'],
])('%o with %o: %s', (service, image, need) => expect(imageNeed(service, image, now)).toBe(need));

it.each([
  [{ image: 'a' }, tagged(null), 'fetch'],
  [{ image: 'a' }, undefined, 'fetch'],
  [{ image: 'a', pull_policy: 'daily' }, tagged('2026-03-10T11:45:00Z'), 'fetch'],
  [{ image: 'a', pull_policy: 'missing' }, tagged(null), 'here'],
  [{ image: 'a', pull_policy: 'if_not_present' }, undefined, 'fetch'],
  [{ image: 'a', pull_policy: 'never' }, undefined, 'never'],
  [{ image: 'a', build: {} }, tagged(null), 'fetch'],
  [{ image: 'a', build: {}, pull_policy: 'build' }, undefined, 'built'],
  [{ build: {} }, undefined, 'built'],
])('pulling %o with %o: %s', (service, image, need) => expect(pullNeed(service, image)).toBe(need));

it('matches platforms', () => {
  expect(platformMatches(undefined, 'linux/amd64')).toBe(true);
  expect(platformMatches('linux/amd64', 'linux/amd64')).toBe(true);
  expect(platformMatches('linux/arm64', 'linux/arm64/v8')).toBe(true);
  expect(platformMatches('linux/arm/v7', 'linux/arm/v6')).toBe(false);
});

it('takes image names apart', () => {
  expect(splitTag('redis')).toEqual({ fromImage: 'redis', tag: 'latest' });
  expect(splitTag('localhost:5000/a/b:1')).toEqual({ fromImage: 'localhost:5000/a/b', tag: '1' });
  expect(splitTag('localhost:5000/a/b')).toEqual({ fromImage: 'localhost:5000/a/b', tag: 'latest' });
  expect(splitTag('a@sha256:00')).toEqual({ fromImage: 'a', tag: 'sha256:00' });
  expect(splitTag('localhost:5000/a@sha256:00')).toEqual({ fromImage: 'localhost:5000/a', tag: 'sha256:00' });
  expect(splitTag('a:1@sha256:00')).toEqual({ fromImage: 'a', tag: 'sha256:00' });
  expect(registryOf('redis:7')).toBe('docker.io');
  expect(registryOf('library/redis')).toBe('docker.io');
  expect(registryOf('ghcr.io/a/b')).toBe('ghcr.io');
  expect(registryOf('localhost/a')).toBe('localhost');
});

it('refuses what the engine is too old for, by name', () => {
  const target = targetOf({
    a: {
      healthcheck: { test: ['CMD', 'true'], start_interval: '1s' },
      volumes: [{ type: 'volume', source: 'v', target: '/v', volume: { subpath: 'x' } }],
      annotations: { a: 'b' },
      networks: { default: null, back: { mac_address: '02:42:ac:11:00:02' } },
    },
    b: { container_name: 'one', scale: 2, deploy: { restart_policy: { delay: '5s' } } },
  });
  const paths = (api: string): string[] =>
    unsupported(target, ['a', 'b'], api).map((each) => `${each.severity} ${each.path}`);
  expect(paths('1.41')).toEqual([
    'error services.a.healthcheck.start_interval',
    'error services.a.annotations',
    'error services.a.volumes[0].volume.subpath',
    'error services.a.networks.back.mac_address',
    'error services.b.container_name',
    'warning services.b.deploy.restart_policy.delay',
  ]);
  expect(paths('1.45')).toEqual(['error services.b.container_name', 'warning services.b.deploy.restart_policy.delay']);
});
