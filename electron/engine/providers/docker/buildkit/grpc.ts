/** What both ends of gRPC share: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */

export const grpcCodes = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  notFound: 5,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

/** A call that ended with another status than `ok`. */
export interface GrpcFailure extends Error {
  readonly grpcCode: number;
  /** `grpc-status-details-bin`: a `google.rpc.Status`. */
  readonly grpcDetails: Uint8Array | undefined;
}

export function grpcFailure(grpcCode: number, message: string, grpcDetails?: Uint8Array): GrpcFailure {
  return Object.assign(new Error(message), { grpcCode, grpcDetails });
}

export function isGrpcFailure(error: unknown): error is GrpcFailure {
  return error instanceof Error && 'grpcCode' in error;
}

/** Far above anything BuildKit sends; its own limit is the same. */
const longestMessage = 16 * 1024 * 1024;

/** A message as it goes over the wire: not compressed, its length, itself. */
export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(5 + message.length);
  framed.writeUInt8(0, 0);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, 5);
  return framed;
}

/** Cuts a stream into messages. Throws a failure on one that is compressed, too long or cut off. */
export async function* readFrames(source: AsyncIterable<unknown>): AsyncGenerator<Uint8Array, void, undefined> {
  let pieces: Buffer[] = [];
  let held = 0;
  let wanted = 5;
  let inBody = false;
  for await (const piece of source) {
    pieces.push(piece as Buffer);
    held += (piece as Buffer).length;
    while (held >= wanted) {
      const whole = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
      const part = whole.subarray(0, wanted);
      pieces = wanted === whole.length ? [] : [whole.subarray(wanted)];
      held = whole.length - wanted;
      if (inBody) {
        yield part;
        wanted = 5;
      } else {
        if (part[0] !== 0) throw grpcFailure(grpcCodes.unimplemented, 'compressed messages are not read');
        wanted = part.readUInt32BE(1);
        if (wanted > longestMessage) throw grpcFailure(grpcCodes.internal, `a message of ${wanted} bytes is too long`);
      }
      inBody = !inBody;
    }
  }
  if (held > 0 || inBody) throw grpcFailure(grpcCodes.unavailable, 'the connection ended inside a message');
}

/** `grpc-message` is percent-encoded. */
export function decodeText(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

export function encodeText(value: string): string {
  const wellFormed = Buffer.from(value).toString('utf8');
  return wellFormed.replace(/[^\x20-\x24\x26-\x7e]/gu, encodeURIComponent);
}
