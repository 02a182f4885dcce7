/** Which stream of a process a piece of output came from. */
export type OutputStream = 'stdout' | 'stderr';

/**
 * Called with each piece of a frame's payload. `first` marks the piece that begins a frame, `last` the one that ends
 * it; an empty frame comes as one empty piece that is both. Pieces are views into the chunk: copy what you keep.
 */
export type FrameSink = (stream: OutputStream, piece: Buffer, first: boolean, last: boolean) => void;

export interface FrameDecoder {
  push(chunk: Buffer): void;
  /** True between frames: the end of the input here is clean. */
  readonly idle: boolean;
}

/**
 * Docker's multiplexed output of containers without a TTY: frames of an 8-byte header (stream 0–3, three zero bytes,
 * payload length as big-endian uint32) and the payload. Holds back nothing but an incomplete header. Throws on bytes that
 * cannot be a header, because nothing after them can be trusted.
 */
export function createFrameDecoder(sink: FrameSink): FrameDecoder {
  const header = Buffer.alloc(8);
  let headerBytes = 0;
  let stream: OutputStream = 'stdout';
  let left = 0;
  let first = false;
  let inFrame = false;

  const begin = (): void => {
    const kind = header[0] ?? 0;
    if (kind > 3 || header[1] !== 0 || header[2] !== 0 || header[3] !== 0) {
      throw new Error(`Not a frame of multiplexed output: ${header.toString('hex')}`);
    }
    // 3 is the engine's own error text, which belongs where errors are read.
    stream = kind >= 2 ? 'stderr' : 'stdout';
    left = header.readUInt32BE(4);
    headerBytes = 0;
    first = true;
    inFrame = true;
  };

  return {
    push(chunk) {
      let at = 0;
      while (at < chunk.length || (inFrame && left === 0)) {
        if (!inFrame) {
          const taken = Math.min(8 - headerBytes, chunk.length - at);
          chunk.copy(header, headerBytes, at, at + taken);
          headerBytes += taken;
          at += taken;
          if (headerBytes < 8) return;
          begin();
          continue;
        }
        const taken = Math.min(left, chunk.length - at);
        left -= taken;
        const last = left === 0;
        sink(stream, chunk.subarray(at, at + taken), first, last);
        first = false;
        inFrame = !last;
        at += taken;
      }
    },
    get idle() {
      return !inFrame && headerBytes === 0;
    },
  };
}
