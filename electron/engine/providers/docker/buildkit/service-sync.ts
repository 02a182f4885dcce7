import { grpcCodes, grpcFailure } from './grpc.ts';
import type { ServerCall, ServerHandler } from './grpc-server.ts';
import { packet, packetTypes } from './messages.ts';
import { type FileTree, isFolder, isSymlink } from './tree.ts';
import { walkTree } from './tree-walk.ts';

export interface SyncReport {
  /** Bytes of file contents: sent so far, and asked for so far. */
  onBytes(tree: string, sent: number, asked: number): void;
  /** Why a transfer failed here; the engine only hears that it did. */
  onFailure(error: unknown): void;
}

/** Files under way at a time: enough to hide the disk's latency, few enough to bound memory. */
const senders = 4;

/**
 * `moby.filesync.v1.FileSync/DiffCopy`: describes every file that BuildKit wants to know of; it compares them with what
 * it has from last time and asks for those that differ.
 */
export function syncService(trees: ReadonlyMap<string, FileTree>, report: SyncReport): ServerHandler {
  return async (call) => {
    const [name = ''] = values(call, 'dir-name');
    const tree = trees.get(name);
    if (tree === undefined) throw grpcFailure(grpcCodes.notFound, `no access to the folder ${name}`);
    try {
      await transfer(call, tree, (sent, asked) => report.onBytes(name, sent, asked));
    } catch (error) {
      if (!call.signal.aborted) report.onFailure(error);
      throw error;
    }
  };
}

/** Headers that hold more than ASCII come escaped, as newer versions of BuildKit do it. */
function values(call: ServerCall, name: string): readonly string[] {
  const given = call.header(name);
  const [encoded] = call.header(`${name}-encoded`);
  if (encoded !== '1' && encoded !== 'true') return given;
  return given.map((value) => decodeURIComponent(value.replaceAll('+', ' ')));
}

async function transfer(
  call: ServerCall,
  tree: FileTree,
  onBytes: (sent: number, asked: number) => void,
): Promise<void> {
  const wanted = {
    include: values(call, 'include-patterns'),
    exclude: values(call, 'exclude-patterns'),
    follow: values(call, 'followpaths'),
  };
  const stop = new AbortController();
  const signal = AbortSignal.any([call.signal, stop.signal]);
  const files = new Map<number, { readonly path: string; readonly size: bigint }>();
  const queue = requestQueue();
  let [sent, asked] = [0, 0];

  const describe = async (): Promise<void> => {
    let id = 0;
    for await (const stat of walkTree(tree, wanted, signal)) {
      if (!isFolder(stat) && !isSymlink(stat)) files.set(id, stat);
      id += 1;
      await call.send(packet.encode({ type: packetTypes.stat, stat }));
    }
    await call.send(packet.encode({ type: packetTypes.stat }));
  };
  // Settles at the end of the transfer. The stream is read on: leaving it would cut off what we still have to say.
  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const read = async (): Promise<void> => {
        for await (const message of call.messages) {
          const { type, id, data } = packet.decode(message);
          if (type === packetTypes.error) throw new Error(`the engine: ${Buffer.from(data).toString('utf8')}`);
          if (type === packetTypes.request) {
            asked += Number(files.get(id)?.size ?? 0n);
            onBytes(sent, asked);
            queue.push(id);
          }
          if (type !== packetTypes.end) continue;
          queue.end();
          await call.send(packet.encode({ type: packetTypes.end }));
          resolve();
        }
        throw new Error('the engine ended the transfer early');
      };
      read().catch(reject);
    });
  const send = async (): Promise<void> => {
    for (let id = await queue.next(); id !== undefined; id = await queue.next()) {
      const file = files.get(id);
      if (file === undefined) throw new Error(`the engine asked for an unknown file (${id})`);
      files.delete(id);
      for await (const data of tree.read(file.path, signal)) {
        await call.send(packet.encode({ type: packetTypes.data, id, data }));
        sent += data.length;
        onBytes(sent, asked);
      }
      await call.send(packet.encode({ type: packetTypes.data, id }));
    }
  };
  const work = [describe(), listen(), ...Array.from({ length: senders }, send)];
  try {
    await Promise.all(work);
  } catch (error) {
    if (!call.signal.aborted) await tell(call, error);
    throw error;
  } finally {
    stop.abort();
    queue.end();
    await Promise.allSettled(call.signal.aborted ? [] : work.slice(2));
  }
}

async function tell(call: ServerCall, error: unknown): Promise<void> {
  const data = Buffer.from(error instanceof Error ? error.message : String(error));
  await call.send(packet.encode({ type: packetTypes.error, data })).catch(() => undefined);
}

interface RequestQueue {
  push(id: number): void;
  /** Undefined after the end. */
  next(): Promise<number | undefined>;
  end(): void;
}

function requestQueue(): RequestQueue {
  const ids: number[] = [];
  const waiting: ((id: number | undefined) => void)[] = [];
  let ended = false;
  return {
    push(id) {
      const taker = waiting.shift();
      if (taker === undefined) ids.push(id);
      else taker(id);
    },
    next: () => {
      const id = ids.shift();
      if (id !== undefined || ended) return Promise.resolve(id);
      return new Promise((resolve) => waiting.push(resolve));
    },
    end() {
      ended = true;
      for (const taker of waiting.splice(0)) taker(undefined);
    },
  };
}
