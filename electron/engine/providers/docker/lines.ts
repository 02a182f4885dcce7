const newline = 0x0a;
const carriageReturn = 0x0d;

export interface LineSplitter {
  push(piece: Buffer): void;
  /** Gives out what has come without a newline. */
  flush(): void;
  /** Bytes held back now; never more than the cap. */
  readonly pendingBytes: number;
}

/**
 * Cuts bytes into lines (without `\n` or `\r\n`), decoding UTF-8 only on whole lines, so that no character is torn by a
 * chunk border. A line longer than `maxBytes` comes in several, cut between characters.
 */
export function createLineSplitter(onLine: (line: string) => void, maxBytes = 16 * 1024): LineSplitter {
  let parts: Buffer[] = [];
  let size = 0;

  const emit = (bytes: Buffer): void => {
    const end = bytes.length > 0 && bytes[bytes.length - 1] === carriageReturn ? bytes.length - 1 : bytes.length;
    onLine(bytes.toString('utf8', 0, end));
  };
  const take = (): Buffer => {
    const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    parts = [];
    size = 0;
    return bytes;
  };
  const keep = (piece: Buffer): void => {
    let rest = piece;
    while (size + rest.length > maxBytes) {
      const room = maxBytes - size;
      parts.push(rest.subarray(0, room));
      size += room;
      rest = rest.subarray(room);
      const bytes = take();
      const cut = characterBorder(bytes);
      onLine(bytes.toString('utf8', 0, cut));
      if (cut < bytes.length) {
        parts.push(Buffer.from(bytes.subarray(cut)));
        size = bytes.length - cut;
      }
    }
    if (rest.length > 0) {
      // A copy: the chunk it is a view of is usually larger and would be kept alive.
      parts.push(Buffer.from(rest));
      size += rest.length;
    }
  };

  return {
    push(piece) {
      let at = 0;
      while (at < piece.length) {
        const end = piece.indexOf(newline, at);
        if (end < 0) {
          keep(piece.subarray(at));
          return;
        }
        if (size === 0 && end - at <= maxBytes) emit(piece.subarray(at, end));
        else {
          keep(piece.subarray(at, end));
          emit(take());
        }
        at = end + 1;
      }
    },
    flush() {
      if (size > 0) emit(take());
    },
    get pendingBytes() {
      return size;
    },
  };
}

/** The largest cut that does not tear a UTF-8 character; all of it when the bytes are not UTF-8 anyway. */
function characterBorder(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
