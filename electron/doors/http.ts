import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { Actor } from '../engine/api.ts';
import { readPageFile } from './page-files.ts';
import { createWebSocketDoor, offeredToken, refuseUpgrade, rpcPath, sameToken } from './websocket.ts';
import type { ServeWire } from './wire.ts';

export interface HttpDoorOptions {
  /** The built page. */
  readonly pageFolder: string;
  readonly serve: ServeWire;
  readonly actor: Actor;
  /** Figures for Prometheus at `/metrics`; `page` gives null while they are off. Left out: there are none. */
  readonly metrics?: {
    page(): { readonly text: string; readonly type: string } | null;
    /** Opens that page and nothing else. */
    readonly token: string;
  };
  /** 0 or left out: any free port. */
  readonly port?: number;
}

export interface HttpDoor {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** A link that opens the app once. Each call makes a new one; links that were not used stay valid. */
  newLink(): string;
  close(): Promise<void>;
}

const sessionRequestSchema = z.object({ token: z.string().length(64) });
const maxBody = 1024;
const maxUnusedLinks = 20;

/**
 * The same app for a browser on this machine. Only 127.0.0.1 listens; Host and Origin must be exactly ours, so that no
 * other site and no rebound name gets through. The link carries a token in its fragment, which browsers send to nobody.
 * The page trades it, once, for a session token and keeps that for its own origin: a cookie would go to every other
 * port of 127.0.0.1 as well.
 */
export async function serveHttp(options: HttpDoorOptions): Promise<HttpDoor> {
  const links = new Set<string>();
  const sessions = new Set<string>();
  const door = createWebSocketDoor();
  let authority = '';

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.on('upgrade', (request, socket, head) => {
    const token = offeredToken(request);
    const origin = request.headers.origin;
    if (request.headers.host !== authority) refuseUpgrade(socket, '421 Misdirected Request');
    else if (request.url !== rpcPath) refuseUpgrade(socket, '404 Not Found');
    // Browsers always say where a websocket comes from; programs that show the token need not.
    else if (origin !== undefined && origin !== `http://${authority}`) refuseUpgrade(socket, '403 Forbidden');
    else if (!hasToken(sessions, token)) refuseUpgrade(socket, '401 Unauthorized');
    else door.accept(request, socket, head, (wire) => options.serve(wire, options.actor));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.host !== authority) {
      plain(response, 421, 'This address is not served here.');
      return;
    }
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (path === '/session') {
      await exchange(request, response);
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      plain(response, 405, 'Only GET.');
      return;
    }
    if (path === '/metrics') {
      figures(request, response);
      return;
    }
    const file = await readPageFile(options.pageFolder, path);
    response.writeHead(file.status, file.headers);
    response.end(request.method === 'HEAD' ? undefined : file.body);
  }

  function figures(request: IncomingMessage, response: ServerResponse): void {
    const page = options.metrics?.page() ?? null;
    if (page === null) {
      plain(response, 404, 'Figures are not shown here. The setting metricsPage turns them on.');
      return;
    }
    const token = /^Bearer ([0-9a-f]{64})$/i.exec(request.headers.authorization ?? '')?.[1];
    // Both are compared in any case.
    const allowed = [hasToken(sessions, token), sameToken(token, options.metrics?.token ?? newToken())];
    if (!allowed.includes(true)) {
      response.setHeader('www-authenticate', 'Bearer');
      plain(response, 401, 'Not without the token.');
      return;
    }
    plain(response, 200, request.method === 'HEAD' ? '' : page.text, page.type);
  }

  async function exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') {
      plain(response, 405, 'Only POST.');
      return;
    }
    if (request.headers.origin !== `http://${authority}`) {
      plain(response, 403, 'Not from here.');
      return;
    }
    const parsed = sessionRequestSchema.safeParse(await readJson(request));
    const link = parsed.success ? [...links].find((known) => sameToken(parsed.data.token, known)) : undefined;
    if (link === undefined) {
      plain(response, 401, 'This link was used already or is not ours.');
      return;
    }
    links.delete(link);
    const session = newToken();
    sessions.add(session);
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify({ token: session }));
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(notListening(options.port ?? 0, error)));
    server.listen({ host: '127.0.0.1', port: options.port ?? 0, exclusive: true }, () => resolve());
  });
  server.on('error', () => undefined);
  authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `http://${authority}`,
    newLink() {
      const token = newToken();
      links.add(token);
      const oldest = links.values().next().value;
      if (links.size > maxUnusedLinks && oldest !== undefined) links.delete(oldest);
      return `http://${authority}/#token=${token}`;
    },
    async close() {
      door.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function newToken(): string {
  return randomBytes(32).toString('hex');
}

function hasToken(tokens: ReadonlySet<string>, given: string | undefined): boolean {
  return [...tokens].some((known) => sameToken(given, known));
}

function plain(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, {
    'content-type': type,
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(text);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > maxBody) return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notListening(port: number, error: NodeJS.ErrnoException): AppError {
  return new AppError(
    {
      code: 'input.invalid',
      message: `Cannot listen on 127.0.0.1:${port}: ${error.code === 'EADDRINUSE' ? 'the port is taken' : error.message}.`,
      remedy: 'Choose another port, or leave it out to get a free one.',
      details: { port },
    },
    { cause: error },
  );
}
