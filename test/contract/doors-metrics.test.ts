import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { type HttpDoor, type HttpDoorOptions, serveHttp } from '../../electron/doors/http.ts';
import { createRouter } from '../../electron/doors/router.ts';
import { createServeWire } from '../../electron/doors/wire.ts';
import { knownApi } from './doors-api.ts';

const token = 'ab'.repeat(32);
const type = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
let door: HttpDoor | undefined;

afterEach(() => door?.close());

async function open(metrics?: HttpDoorOptions['metrics']): Promise<HttpDoor> {
  door = await serveHttp({
    pageFolder: tmpdir(),
    serve: createServeWire(createRouter({ api: knownApi().api })),
    actor: { door: 'browser', user: 'kim' },
    ...(metrics === undefined ? {} : { metrics }),
  });
  return door;
}

function ask(headers: Record<string, string>, method = 'GET') {
  const { hostname, port } = new URL(door?.origin ?? '');
  return new Promise<{ status: number | undefined; type: string | undefined; body: string }>((resolve, reject) => {
    const call = request({ hostname, port, path: '/metrics', method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'], body }));
    });
    call.on('error', reject);
    call.end();
  });
}

const bearer = (value: string) => ({ authorization: `Bearer ${value}` });

describe('the page of figures', () => {
  const on = { page: () => ({ text: '# EOF\n', type }), token };

  it('is for those with the token', async () => {
    await open(on);
    expect(await ask(bearer(token))).toEqual({ status: 200, type, body: '# EOF\n' });
    expect(await ask(bearer(token), 'HEAD')).toMatchObject({ status: 200, body: '' });
    for (const headers of [{}, bearer('cd'.repeat(32)), bearer(''), { authorization: `Basic ${token}` }]) {
      expect((await ask(headers)).status).toBe(401);
    }
    expect((await ask(bearer(token), 'POST')).status).toBe(405);
    expect((await ask({ ...bearer(token), host: 'localhost' })).status).toBe(421);
  });

  it('is for those who have a session, but its token is no session', async () => {
    const { origin, newLink } = await open(on);
    const link = new URL(newLink()).hash.slice('#token='.length);
    const answer = await fetch(`${origin}/session`, {
      method: 'POST',
      headers: { origin },
      body: JSON.stringify({ token: link }),
    });
    const session = ((await answer.json()) as { token: string }).token;
    expect((await ask(bearer(session))).status).toBe(200);
    expect(
      (await fetch(`${origin}/session`, { method: 'POST', headers: { origin }, body: JSON.stringify({ token }) }))
        .status,
    ).toBe(401);
  });

  it('is not there while it is off', async () => {
    await open({ page: () => null, token });
    expect((await ask(bearer(token))).status).toBe(404);
    await door?.close();
    await open();
    expect((await ask(bearer(token))).status).toBe(404);
  });
});
