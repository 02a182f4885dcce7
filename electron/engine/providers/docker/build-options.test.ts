import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../../../../test/support/memory-files.ts';
import { cacheEntry } from './build-options.ts';
import { proxyArguments } from './build-proxies.ts';
import { baseImages, isRemote, syntaxOf } from './build-source.ts';

describe('what a build is told', () => {
  it.each([
    ['redis:7', { type: 'registry', attrs: { ref: 'redis:7' } }],
    ['type=registry,ref=a/b:c', { type: 'registry', attrs: { ref: 'a/b:c' } }],
    ['type=local,src=./x', { type: 'local', attrs: { src: './x' } }],
    ['ref=a', { type: 'registry', attrs: { ref: 'a' } }],
  ])('reads the cache %s', (text, entry) => expect(cacheEntry(text)).toEqual(entry));

  it.each([
    ['# syntax=docker/dockerfile:1\nFROM x', 'docker/dockerfile:1'],
    ['#Syntax = a/b:c # d\r\nFROM x', 'a/b:c # d'],
    ['# escape=`\n# syntax=x', 'x'],
    ['\uFEFF# syntax=x', 'x'],
    ['# a comment\n# syntax=x', undefined],
    ['FROM x\n# syntax=x', undefined],
    ['', undefined],
  ])('finds the syntax of %j', (text, syntax) => expect(syntaxOf(text)).toBe(syntax));

  it.each([
    ['https://example.com/a.git#main', true],
    ['git@example.com:a/b.git', true],
    ['ssh://git@example.com/a', true],
    ['./app', false],
    ['/srv/git@home', false],
  ])('tells that %s is remote: %s', (text, remote) => expect(isRemote(text)).toBe(remote));

  it('finds the images that a Dockerfile starts from', () => {
    expect(baseImages('FROM a AS b\nfrom --platform=x c:1\nFROM b\nFROM scratch\nFROM $X\nFROM a')).toEqual([
      'a',
      'c:1',
    ]);
  });

  it('reads proxies as docker does', async () => {
    const config = (proxies: unknown): { files: ReturnType<typeof memoryFiles>; environment: { HOME: string } } => ({
      files: memoryFiles({ '/home/me/.docker/config.json': JSON.stringify({ proxies }) }),
      environment: { HOME: '/home/me' },
    });
    const proxies = { default: { httpProxy: 'a', noProxy: 'b' }, 'tcp://1.2.3.4:5': { httpsProxy: 'c', httpProxy: 7 } };
    expect(await proxyArguments(config(proxies), 'unix:///x')).toEqual({
      HTTP_PROXY: 'a',
      http_proxy: 'a',
      NO_PROXY: 'b',
      no_proxy: 'b',
    });
    expect(await proxyArguments(config(proxies), 'tcp://1.2.3.4:5')).toEqual({ HTTPS_PROXY: 'c', https_proxy: 'c' });
    expect(await proxyArguments(config('nonsense'), 'x')).toEqual({});
    expect(await proxyArguments({ files: memoryFiles({}), environment: {} }, 'x')).toEqual({});
  });
});
