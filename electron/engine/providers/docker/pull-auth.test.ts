import { expect, it } from 'vitest';
import { AppError } from '../../../../shared/errors.ts';
import type { Files } from '../../platform/files.ts';
import type { RunProcess } from '../../platform/processes.ts';
import { findCredentials, registryAuth } from './pull-auth.ts';

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

const answering =
  (exitCode: number, stdout: string, stderr = ''): RunProcess =>
  async () => ({ exitCode, signal: null, stdout, stderr, truncated: false });

const find = (
  config: unknown,
  run: RunProcess,
  image = 'ghcr.io/a/b:1',
  environment: Record<string, string> = { HOME: '/home/me' },
): ReturnType<typeof findCredentials> =>
  findCredentials(
    { files: { readText: async () => JSON.stringify(config) } as unknown as Files, run, environment },
    image,
    new AbortController().signal,
  );

it('says why a helper gave nothing, without what it printed on success', async () => {
  const config = { credsStore: 'pass' };
  expect(await find(config, answering(1, 'credentials not found in native keychain'))).toEqual({});
  expect(await find(config, answering(1, 'the key store is locked'))).toEqual({
    problem: 'docker-credential-pass failed: the key store is locked.',
  });
  const garbage = await find(config, answering(0, 'secret=hunter2'));
  expect(garbage.problem).toMatch(/did not answer/);
  expect(JSON.stringify(garbage)).not.toContain('hunter2');
  const absent = () =>
    Promise.reject(new AppError({ code: 'input.not-found', message: 'not installed', remedy: 'Install it.' }));
  expect((await find(config, absent)).problem).toMatch(/not on the PATH/);
});

it('takes the file when the helper has nothing', async () => {
  const auth = Buffer.from('me:secret').toString('base64');
  const config = { credsStore: 'pass', auths: { 'https://ghcr.io/v2/': { auth } } };
  expect(await find(config, answering(1, 'credentials not found'))).toEqual({
    auth: { username: 'me', password: 'secret', serveraddress: 'ghcr.io' },
  });
});

it('knows Docker Hub by its old address', async () => {
  const auth = Buffer.from('me:secret').toString('base64');
  const config = { auths: { 'https://index.docker.io/v1/': { auth } } };
  const expected = { username: 'me', password: 'secret', serveraddress: 'https://index.docker.io/v1/' };
  expect(await find(config, answering(1, ''), 'redis:7')).toEqual({ auth: expected });
  expect(await find(config, answering(1, ''), 'docker.io/me/app')).toEqual({ auth: expected });
});

it('prefers an identity token, and what the environment gives', async () => {
  const config = { auths: { 'ghcr.io': { auth: 'eDp5', identitytoken: 'abc' } } };
  expect(await find(config, answering(1, ''))).toEqual({ auth: { identitytoken: 'abc', serveraddress: 'ghcr.io' } });
  const auth = Buffer.from('ci:token').toString('base64');
  const environment = { HOME: '/home/me', DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'ghcr.io': { auth } } }) };
  expect(await find(config, answering(1, ''), undefined, environment)).toEqual({
    auth: { username: 'ci', password: 'token', serveraddress: 'ghcr.io' },
  });
});
