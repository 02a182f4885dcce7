import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../../../test/support/temp.ts';
import { systemFiles } from '../platform/files.ts';
import { createReadUrl, type ReadUrl } from './https-file.ts';
import { maxFileBytes, openSource } from './read-source.ts';
import { consentFor, parseSource, type Source } from './source.ts';

let server: Server;
let folder: TemporaryFolder;
let base = '';
let read: ReadUrl;
let asked: { url: string; etag: string | undefined }[] = [];
let body = 'one';
const signal = AbortSignal.timeout(60_000);

beforeAll(async () => {
  folder = await temporaryFolder();
  server = createServer((request, response) => {
    const etag = request.headers['if-none-match'];
    asked.push({ url: request.url ?? '', etag });
    const path = request.url ?? '';
    if (path === '/a/tagged?v=1' || path === '/a/tagged') {
      if (etag === `"${body}"`) response.writeHead(304).end();
      else response.writeHead(200, { etag: `"${body}"` }).end(body);
    } else if (path === '/to-tagged') response.writeHead(302, { location: '/a/tagged' }).end();
    else if (path === '/to-file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    else if (path === '/circle') response.writeHead(302, { location: '/circle' }).end();
    else if (path === '/large') {
      response.writeHead(200);
      response.end(Buffer.alloc(maxFileBytes + 1));
    } else if (path === '/broken') response.writeHead(500).end('secret of the server');
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  read = createReadUrl({ files: systemFiles, cacheFolder: `${folder.path}/cache`, fetch });
});
beforeEach(() => {
  asked = [];
  body = 'one';
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await folder.remove();
});

const text = async (url: string): Promise<string | null> => {
  const bytes = await read(new URL(url), signal);
  return bytes === null ? null : Buffer.from(bytes).toString();
};

describe('a file of a server', () => {
  it('is fetched again only when it changed', async () => {
    expect(await text(`${base}/a/tagged`)).toBe('one');
    expect(await text(`${base}/a/tagged`)).toBe('one');
    body = 'two';
    expect(await text(`${base}/a/tagged`)).toBe('two');
    expect(asked.map(({ etag }) => etag)).toEqual([undefined, '"one"', '"one"']);
    expect((await systemFiles.info(`${folder.path}/cache`))?.mode).toBe(0o700);
  });

  it('may be elsewhere, but not by another way', async () => {
    expect(await text(`${base}/to-tagged`)).toBe('one');
    await expect(text(`${base}/to-file`)).rejects.toMatchObject({ code: 'config.source-failed' });
    await expect(text(`${base}/circle`)).rejects.toThrow(/circles/);
  });

  it('is missing, too large, or not to be had, and each is said as it is', async () => {
    expect(await text(`${base}/missing`)).toBeNull();
    await expect(text(`${base}/large`)).rejects.toThrow(/more than 4 MB/);
    await expect(text(`${base}/broken`)).rejects.toThrow(/answered 500/);
    await expect(text(`${base}/broken`)).rejects.not.toThrow(/secret/);
    await expect(text('http://127.0.0.1:1/x')).rejects.toMatchObject({ code: 'config.source-failed' });
  });
});

describe('a source', () => {
  const open = (source: Source) =>
    openSource(
      {
        files: systemFiles,
        readUrl: read,
        checkOut: async () => ({ root: folder.path, commit: 'x' }),
        repositoryOf: async () => null,
      },
      source,
      folder.path,
      signal,
    );

  it('of a server is a tree when its address ends in a slash, and asked with the same query', async () => {
    const tree = await open(parseSource(`${base}/a/?v=1`));
    expect(Buffer.from((await tree('tagged', signal)) ?? []).toString()).toBe('one');
    expect(asked.map(({ url }) => url)).toEqual(['/a/tagged?v=1']);
    await expect(tree('../to-tagged', signal)).rejects.toThrow(/outside the source/);
    const one = await open(parseSource(`${base}/a/tagged`));
    expect(Buffer.from((await one('any name', signal)) ?? []).toString()).toBe('one');
  });

  it('is a folder, a server, or a repository', () => {
    expect(parseSource('../team')).toEqual({ kind: 'folder', path: '../team' });
    expect(parseSource('https://host/x.yml')).toMatchObject({ kind: 'https', tree: false });
    expect(consentFor(parseSource('https://host/dir/?token=abc'))).toBe('https://host/dir/');
    expect(consentFor(parseSource('https://host/team.git#main:config'))).toBe('https://host/team.git#main');
    expect(parseSource('git@host:team.git#main:config')).toMatchObject({ kind: 'git' });
    for (const bad of ['http://host/x.yml', 'https://user:password@host/x', 'ftp://host/x', 'file:///etc/passwd']) {
      expect(() => parseSource(bad), bad).toThrowError(expect.objectContaining({ code: 'config.source-failed' }));
    }
    expect(() => parseSource('https://user:hunter2@host/x')).not.toThrow(/hunter2/);
  });
});
