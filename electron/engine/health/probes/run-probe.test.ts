import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Probe } from '../../../../shared/domain/checks.ts';
import { systemClock as clock } from '../../platform/clock.ts';
import { type Address, dial } from '../../platform/network.ts';
import { type ProbeTarget, runProbe } from './run-probe.ts';

const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const never = new AbortController().signal;

async function listening(server: Server): Promise<Address> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

/** A peer that says something at once, answers with `onData`, and hangs up when told to. */
function peer(options: { first?: Buffer | string; onData?: (data: Buffer, socket: Socket) => void; hangUp?: boolean }) {
  return listening(
    createServer((socket) => {
      socket.on('error', () => undefined);
      if (options.first !== undefined) socket.write(options.first);
      if (options.hangUp === true) socket.destroy();
      socket.on('data', (data) => options.onData?.(data, socket));
    }),
  );
}

function ask(probe: Probe, target: ProbeTarget, timeoutMs = 5000, signal = never) {
  return runProbe({ dial, clock }, probe, target, { signal, timeoutMs });
}

async function unusedAddress(): Promise<Address> {
  const address = await listening(createServer());
  for (const server of servers.splice(-1)) server.close();
  return address;
}

const pg = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const pgError = (code: string, text: string): Buffer => pg('E', Buffer.from(`SFATAL\0C${code}\0M${text}\0\0`));

describe('a tcp probe', () => {
  it('wants a connection that holds', async () => {
    expect(await ask({ tcp: { port: 1 } }, { address: await peer({}) })).toMatchObject({ ok: true });
    expect(await ask({ tcp: { port: 1 } }, { address: await peer({ first: 'hello' }) })).toMatchObject({ ok: true });
    expect(await ask({ tcp: { port: 1 } }, { address: await peer({ hangUp: true }) })).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/hangs up at once|broke the connection/),
    });
    expect(await ask({ tcp: { port: 1 } }, { address: await unusedAddress() })).toMatchObject({
      ok: false,
      latencyMs: null,
      detail: 'Nothing listens on its port.',
    });
  });

  it('says so when there is no way to the port', async () => {
    expect((await ask({ tcp: { port: 1 } }, {})).detail).toMatch(/Publish the port/);
  });
});

describe('a postgres probe', () => {
  it.each([
    ['asks for a password', pg('R', Buffer.from([0, 0, 0, 10])), true, /asks for a password/],
    ['knows no such user', pgError('28000', 'role "x" does not exist'), true, /role "x"/],
    ['is starting', pgError('57P03', 'the database system is starting up'), false, /starting up/],
    ['is full', pgError('53300', 'too many clients already'), false, /too many clients/],
    ['is something else', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'), false, /does not speak PostgreSQL/],
  ])('of a server that %s', async (_name, reply, ok, detail) => {
    const address = await peer({ onData: (_data, socket) => void socket.write(reply) });
    expect(await ask({ postgres: {} }, { address })).toMatchObject({ ok, detail: expect.stringMatching(detail) });
  });

  it('asks a query where nobody asks for a password', async () => {
    const address = await peer({
      onData(data, socket) {
        if (data[0] === 0) socket.write(Buffer.concat([pg('R', Buffer.alloc(4)), pg('Z', Buffer.from('I'))]));
        else if (data[0] === 0x51)
          socket.write(Buffer.concat([pg('C', Buffer.from('SELECT 1\0')), pg('Z', Buffer.from('I'))]));
      },
    });
    expect(await ask({ postgres: {} }, { address })).toMatchObject({ ok: true, detail: 'Answers queries.' });
  });
});

describe('a redis probe', () => {
  it.each([
    ['+PONG\r\n', true],
    ['-NOAUTH Authentication required.\r\n', true],
    ['-LOADING Redis is loading the dataset in memory\r\n', false],
    ['-MASTERDOWN Link with MASTER is down\r\n', false],
    ['HTTP/1.1 400 Bad Request\r\n', false],
  ])('%j', async (reply, ok) => {
    const address = await peer({ onData: (_data, socket) => void socket.write(reply) });
    expect(await ask({ redis: {} }, { address })).toMatchObject({ ok });
  });
});

describe('a mysql probe', () => {
  const packet = (sequence: number, body: Buffer): Buffer => {
    const head = Buffer.alloc(4);
    head.writeUIntLE(body.length, 0, 3);
    head[3] = sequence;
    return Buffer.concat([head, body]);
  };
  const greeting = packet(0, Buffer.concat([Buffer.from('\x0a8.0.36\0', 'latin1'), Buffer.alloc(40)]));
  const error = (sequence: number, code: number, text: string): Buffer => {
    const head = Buffer.from([0xff, 0, 0]);
    head.writeUInt16LE(code, 1);
    return packet(sequence, Buffer.concat([head, Buffer.from(`#28000${text}`)]));
  };

  it('goes through the handshake and takes a refused login for an answer', async () => {
    const address = await peer({
      first: greeting,
      onData: (_data, socket) => void socket.write(error(2, 1045, 'Access denied')),
    });
    expect(await ask({ mysql: {} }, { address })).toMatchObject({ ok: true, detail: 'Answers, version 8.0.36.' });
  });

  it('does not take a server for well that serves nobody', async () => {
    const address = await peer({ first: error(0, 1040, 'Too many connections') });
    expect(await ask({ mysql: {} }, { address })).toMatchObject({ ok: false, detail: 'Too many connections' });
  });
});

describe('an amqp probe', () => {
  it('tells brokers from others', async () => {
    const other = await peer({ onData: (_data, socket) => void socket.write('AMQP\0\x01\0\0') });
    expect(await ask({ amqp: {} }, { address: other })).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/another version/),
    });
    const start = Buffer.from([1, 0, 0, 0, 0, 0, 4, 0, 10, 0, 10, 0xce]);
    const broker = await peer({ onData: (_data, socket) => void socket.write(start) });
    expect(await ask({ amqp: {} }, { address: broker })).toMatchObject({ ok: true });
  });
});

describe('an http probe', () => {
  async function site(status: number, body: string, contentType = 'text/plain'): Promise<Address> {
    const server = createHttpServer((request, response) => {
      response.writeHead(request.url === '/missing' ? 404 : status, { 'content-type': contentType });
      response.end(body);
    });
    return listening(server);
  }

  it('accepts what it was told to accept', async () => {
    const address = await site(503, '<html><style>x{}</style>Down for\n maintenance</html>', 'text/html');
    expect(await ask({ http: { port: 1 } }, { address })).toMatchObject({
      ok: false,
      detail: 'It answered 503 Service Unavailable: Down for maintenance',
    });
    for (const status of [503, '503', '5xx', '500-599']) {
      expect(await ask({ http: { port: 1, status: [status] } }, { address })).toMatchObject({ ok: true });
    }
    expect(await ask({ http: { port: 1, path: '/missing' } }, { address })).toMatchObject({ ok: false });
  });

  it('looks for words in the body', async () => {
    const address = await site(200, '{"status":"ok"}');
    expect(await ask({ http: { port: 1, body: '"ok"' } }, { address })).toMatchObject({ ok: true });
    expect(await ask({ http: { port: 1, body: 'degraded' } }, { address })).toMatchObject({
      ok: false,
      detail: 'It answered 200 OK without “degraded”.',
    });
  });
});

describe('a command probe', () => {
  it('goes by the exit code', async () => {
    const run = (exitCode: number) => ({
      run: async () => ({ exitCode, stdout: 'a\nlag 3\n', stderr: exitCode === 0 ? '' : 'no leader\n' }),
    });
    expect(await ask({ command: { run: ['check'] } }, run(0))).toMatchObject({ ok: true, detail: 'lag 3' });
    expect(await ask({ command: { run: ['check'] } }, run(2))).toMatchObject({
      ok: false,
      detail: 'The command ended with 2: no leader',
    });
  });
});

describe('every probe', () => {
  const all: readonly Probe[] = [
    { tcp: { port: 1 } },
    { http: { port: 1 } },
    { http: { port: 1, scheme: 'https' } },
    { postgres: {} },
    { redis: {} },
    { mysql: {} },
    { amqp: {} },
  ];

  it('ends at its deadline when nobody answers', async () => {
    const address = await peer({});
    for (const probe of all.slice(1)) {
      const answer = await ask(probe, { address, amqp: { user: 'a', password: 'b', virtualHost: '/' } }, 60);
      expect(answer).toEqual({ ok: false, latencyMs: null, detail: 'It did not answer within 0.06 s.' });
    }
  });

  it('passes the reason on when it is called off', async () => {
    const address = await peer({});
    for (const probe of all) {
      const controller = new AbortController();
      const asked = ask(probe, { address }, 5000, controller.signal);
      setTimeout(() => controller.abort(new Error('enough')), 20);
      await expect(asked).rejects.toThrow('enough');
    }
  });

  it('survives any answer', { timeout: 30_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...all), fc.uint8Array({ maxLength: 200 }), async (probe, bytes) => {
        const address = await peer({
          first: Buffer.from(bytes),
          onData: (_data, socket) => void socket.end(Buffer.from(bytes)),
        });
        const answer = await ask(probe, { address, amqp: { user: 'a', password: 'b', virtualHost: '/' } }, 300);
        expect(answer.detail).not.toContain('\n');
        for (const server of servers.splice(0)) server.close();
      }),
      { numRuns: 60 },
    );
  });
});
