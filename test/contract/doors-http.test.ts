import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { type HttpDoor, serveHttp } from '../../electron/doors/http.ts';
import { createRouter } from '../../electron/doors/router.ts';
import { createServeWire } from '../../electron/doors/wire.ts';
import { knownApi } from './doors-api.ts';
import { exchange } from './doors-kinds.ts';

let folder: string;
let door: HttpDoor;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doors-http-'));
  await mkdir(join(folder, 'page/assets'), { recursive: true });
  await writeFile(
    join(folder, 'page/index.html'),
    '<meta nonce="__CSP_NONCE__"><script nonce="__CSP_NONCE__"></script>',
  );
  await writeFile(join(folder, 'page/assets/a.js'), 'export {}');
  await writeFile(join(folder, 'secret.json'), '{}');
  door = await serveHttp({
    pageFolder: join(folder, 'page'),
    serve: createServeWire(createRouter({ api: knownApi().api })),
    actor: { door: 'browser', user: 'kim' },
  });
});
afterAll(async () => {
  await door.close();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** Plain HTTP: fetch neither sends a false Host nor leaves `..` in a path. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Answer> {
  const { hostname, port } = new URL(door.origin);
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path, method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** The status a websocket is answered with; 101 when it opens. */
function dial(protocols: string[], headers: Record<string, string> = {}, path = '/rpc'): Promise<number> {
  return new Promise((resolve, reject) => {
    const websocket = new WebSocket(`${door.origin.replace('http', 'ws')}${path}`, protocols, { headers });
    websocket.on('open', () => {
      expect(websocket.protocol).toBe('goldenhour');
      websocket.terminate();
      resolve(101);
    });
    websocket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    websocket.on('error', reject);
  });
}

describe('page', () => {
  it('has the policy and a fresh nonce each time', async () => {
    const [first, second] = [await ask('/'), await ask('/')];
    const policy = String(first.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("default-src 'none'");
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    expect(first.body).toBe(`<meta nonce="${nonce}"><script nonce="${nonce}"></script>`);
    expect(second.body).not.toBe(first.body);
    expect(first.headers['cache-control']).toBe('no-store');
    expect((await ask('/assets/a.js')).headers['content-type']).toContain('text/javascript');
  });

  it('has the policy on refusals too', async () => {
    const missing = await ask('/nothing.js');
    expect(missing.status).toBe(404);
    expect(missing.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it.each([
    '/../secret.json',
    '/..%2fsecret.json',
    '/%2e%2e/secret.json',
    '/assets/..%5c..%5csecret.json',
    '/%00',
    '/%',
  ])('does not leave its folder: %s', async (path) => expect((await ask(path)).status).toBe(404));

  it('is served under its own name only', async () => {
    for (const host of ['evil.example', 'localhost', `localhost:${new URL(door.origin).port}`]) {
      expect((await ask('/', { host })).status).toBe(421);
    }
  });

  it('allows no other origin', async () => {
    const answer = await ask('/', { origin: 'https://evil.example' });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('link and session', () => {
  const post = (token: unknown, origin = door.origin): Promise<Answer> =>
    ask('/session', { origin }, 'POST', JSON.stringify({ token }));

  it('trades a link once', async () => {
    const token = new URL(door.newLink()).hash.slice('#token='.length);
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    expect((await post(token, 'https://evil.example')).status).toBe(403);
    expect((await post(token)).status).toBe(200);
    expect((await post(token)).status).toBe(401);
  });

  it.each([['f'.repeat(64)], [''], [7], [null], [{}], ['x'.repeat(5000)]])('refuses %j as a token', async (token) => {
    expect((await post(token)).status).toBe(401);
  });

  it('does not take a link for a session', async () => {
    const token = new URL(door.newLink()).hash.slice('#token='.length);
    expect(await dial(['goldenhour', `token.${token}`])).toBe(401);
  });

  it('opens a websocket with the session token, from this origin or from a program', async () => {
    const token = await exchange(door.origin, door.newLink());
    const protocols = ['goldenhour', `token.${token}`];
    expect(await dial(protocols)).toBe(101);
    expect(await dial(protocols, { origin: door.origin })).toBe(101);
    expect(await dial(protocols, { origin: 'https://evil.example' })).toBe(403);
    expect(await dial(protocols, { origin: 'null' })).toBe(403);
    expect(await dial(protocols, { host: 'evil.example' })).toBe(421);
    expect(await dial(protocols, {}, '/other')).toBe(404);
    expect(await dial(['goldenhour'])).toBe(401);
    expect(await dial(['goldenhour', `token.${'0'.repeat(64)}`])).toBe(401);
  });
});

it('says so when the port is taken', async () => {
  const port = Number(new URL(door.origin).port);
  const again = serveHttp({
    pageFolder: folder,
    serve: () => undefined,
    actor: { door: 'browser', user: 'kim' },
    port,
  });
  await expect(again).rejects.toMatchObject({ code: 'input.invalid', details: { port } });
});
