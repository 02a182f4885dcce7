import { type AddressInfo, createServer, connect as dial } from 'node:net';
import { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { grpcCodes, grpcFailure } from './grpc.ts';
import { type GrpcClient, grpcClient, unary } from './grpc-client.ts';
import { type GrpcServer, type ServerHandler, serveGrpc } from './grpc-server.ts';

/** Two ends of one connection. */
function pair(): readonly [Duplex, Duplex] {
  const end = (): Duplex & { other?: Duplex } => {
    const made: Duplex & { other?: Duplex } = new Duplex({
      read: () => undefined,
      write: (chunk, _encoding, done) => {
        made.other?.push(chunk);
        setImmediate(done);
      },
      final: (done) => {
        made.other?.push(null);
        done();
      },
    });
    return made;
  };
  const [a, b] = [end(), end()];
  a.other = b;
  b.other = a;
  return [a, b];
}

const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

function connect(handlers: Record<string, ServerHandler>): {
  client: GrpcClient;
  server: GrpcServer;
  ends: readonly Duplex[];
} {
  const ends = pair();
  const server = serveGrpc(ends[0], new Map(Object.entries(handlers)));
  const client = grpcClient(ends[1]);
  open.push(client, server);
  return { client, server, ends };
}

const never = new AbortController().signal;
const text = (message: Uint8Array): string => Buffer.from(message).toString('utf8');

const echo: ServerHandler = async (call) => {
  for await (const message of call.messages) for (let index = 0; index < 3; index++) await call.send(message);
};

describe('a call', () => {
  it('sends one message and hands on all of the answer, large ones too', async () => {
    const { client } = connect({ '/a/Echo': echo });
    const large = Buffer.alloc(1_000_000, 'x');
    const found: number[] = [];
    await client.call('/a/Echo', large, (message) => found.push(message.length), never);
    expect(found).toEqual([large.length, large.length, large.length]);
    expect(text(await unary(client, '/a/Echo', Buffer.from('one'), never))).toBe('one');
    expect(await unary(client, '/a/Echo', new Uint8Array(), never)).toHaveLength(0);
    await client.ping();
  });

  it('fails with the status that the other side gives', async () => {
    const { client } = connect({
      '/a/Fails': async () => {
        throw grpcFailure(grpcCodes.notFound, 'ünï: 100 % gone\nfor good');
      },
      '/a/Throws': async () => {
        throw new Error('oh');
      },
    });
    const call = (path: string): Promise<unknown> => unary(client, path, new Uint8Array(), never);
    await expect(call('/a/Fails')).rejects.toMatchObject({ grpcCode: 5, message: 'ünï: 100 % gone\nfor good' });
    await expect(call('/a/Throws')).rejects.toMatchObject({ grpcCode: 2, message: 'oh' });
    await expect(call('/a/Absent')).rejects.toMatchObject({ grpcCode: 12 });
  });

  it('is cancelled on the other side when it is aborted here', async () => {
    let ended: (() => void) | undefined;
    const over = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const controller = new AbortController();
    const { client } = connect({
      '/a/Waits': (call) =>
        new Promise(() => {
          call.signal.addEventListener('abort', () => ended?.());
          controller.abort(new Error('no longer wanted'));
        }),
    });
    await expect(unary(client, '/a/Waits', new Uint8Array(), controller.signal)).rejects.toThrow('no longer wanted');
    await over;
  });

  it('fails when the connection is lost', async () => {
    const { client, server, ends } = connect({
      '/a/Waits': async () => {
        ends[1]?.destroy();
        await new Promise(() => undefined);
      },
    });
    await expect(unary(client, '/a/Waits', new Uint8Array(), never)).rejects.toMatchObject({ code: 'ECONNRESET' });
    ends[0]?.destroy();
    await server.closed;
  });

  it('may never be made: a connection that is closed at once, with something said on it', async () => {
    const talker = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(Buffer.alloc(100));
    });
    await new Promise<void>((resolve) => talker.listen(0, '127.0.0.1', resolve));
    const { port } = talker.address() as AddressInfo;
    try {
      for (const make of [grpcClient, (end: Duplex) => serveGrpc(end, new Map())]) {
        const socket = dial(port, '127.0.0.1');
        await new Promise((resolve) => socket.once('readable', resolve));
        expect(socket.readableLength).toBe(100);
        const closed = new Promise((resolve) => socket.once('close', resolve));
        make(socket).close();
        await closed;
      }
    } finally {
      talker.close();
    }
  });
});
