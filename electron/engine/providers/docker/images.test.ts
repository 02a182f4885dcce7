import { expect, it } from 'vitest';
import { targetOf } from '../../../../test/support/engine-state.ts';
import type { Files } from '../../platform/files.ts';
import type { RunProcess } from '../../platform/processes.ts';
import { type ExistingImage, imageNeed, platformMatches } from './images.ts';
import { splitTag } from './pull.ts';
import { registryAuth, registryOf } from './pull-auth.ts';
import { createPullProgress } from './pull-progress.ts';
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
  [{ build: {} }, undefined, 'build'],
  [{ build: {} }, tagged(null), 'have'],
  [{ build: {}, pull_policy: 'build' }, tagged(null), 'build'],
])('%o with %o: %s', (service, image, need) => expect(imageNeed(service, image, now)).toBe(need));

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
  expect(registryOf('redis:7')).toBe('docker.io');
  expect(registryOf('library/redis')).toBe('docker.io');
  expect(registryOf('ghcr.io/a/b')).toBe('ghcr.io');
  expect(registryOf('localhost/a')).toBe('localhost');
});

it('counts a pull in bytes, never backwards', () => {
  const progress = createPullProgress();
  expect(progress.sums()).toEqual({ done: 0, total: null });
  progress.take({ status: 'Already exists', id: 'a' });
  progress.take({ status: 'Downloading', id: 'b', progressDetail: { current: 10, total: 100 } });
  progress.take({ status: 'Downloading', id: 'c', progressDetail: { current: 5, total: -1 } });
  expect(progress.sums()).toEqual({ done: 15, total: 105 });
  expect(progress.take({ status: 'Download complete', id: 'b' })).toBe(true);
  progress.take({ status: 'Extracting', id: 'b', progressDetail: { current: 1, total: 100 } });
  expect(progress.sums()).toEqual({ done: 105, total: 105 });
});

const authWith = (config: unknown, run?: RunProcess): ReturnType<typeof registryAuth> =>
  registryAuth(
    {
      files: { readText: async () => JSON.stringify(config) } as unknown as Files,
      run: run ?? (() => Promise.reject(new Error('not to be called'))),
      environment: { HOME: '/home/me' },
    },
    'ghcr.io/a/b:1',
    new AbortController().signal,
  );

it('finds credentials where Docker keeps them', async () => {
  const auth = Buffer.from('me:pa:ss').toString('base64');
  const expected = { username: 'me', password: 'pa:ss', serveraddress: 'ghcr.io' };
  expect(await authWith({ auths: { 'ghcr.io': { auth } } })).toEqual(expected);
  expect(await authWith({ auths: { 'https://ghcr.io/': { auth } } })).toEqual(expected);
  expect(await authWith({ auths: { 'docker.io': { auth } } })).toBeUndefined();
  expect(await authWith('nonsense')).toBeUndefined();
  const asked: string[] = [];
  const helper: RunProcess = async (command, args, { input }) => {
    asked.push(`${command} ${args.join(' ')} < ${input}`);
    const stdout = JSON.stringify({ Username: '<token>', Secret: 'abc' });
    return { exitCode: 0, signal: null, stdout, stderr: '', truncated: false };
  };
  expect(await authWith({ credsStore: 'pass', credHelpers: { 'ghcr.io': 'gh' } }, helper)).toEqual({
    identitytoken: 'abc',
    serveraddress: 'ghcr.io',
  });
  expect(asked).toEqual(['docker-credential-gh get < ghcr.io']);
  // A name that could be anything else than a helper's is not run.
  expect(await authWith({ credsStore: '../../evil; x' })).toBeUndefined();
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
