import type { Aggregate } from '../../../shared/domain/aggregate.ts';

/** Aggregates by the number of their metric. */
export type Bucket = ReadonlyMap<number, Aggregate>;

/** A quiet service is zero or the same most of the time, and that takes two or ten bytes. */
const kinds = { zero: 0, same: 1, full: 2, sketch: 3 } as const;

/** What a stored bucket holds, per metric: number and kind in a byte, then counts as varints and figures as doubles. */
export function encodeBucket(bucket: Bucket): Uint8Array {
  const out: number[] = [];
  for (const [metric, each] of bucket) {
    const kind = kindOf(each);
    out.push((metric << 2) | kind);
    varint(out, each.count);
    if (kind === kinds.zero) continue;
    if (kind === kinds.same) {
      double(out, each.min);
      continue;
    }
    double(out, each.sum);
    double(out, each.min);
    double(out, each.max);
    if (each.sketch === null) continue;
    varint(out, each.sketch.count);
    double(out, each.sketch.sum);
    varint(out, each.sketch.zeros);
    varint(out, each.sketch.buckets.length);
    let last = 0;
    for (const [number, times] of each.sketch.buckets) {
      zigzag(out, number - last);
      varint(out, times);
      last = number;
    }
  }
  return Uint8Array.from(out);
}

function kindOf({ count, sum, min, max, sketch }: Aggregate): number {
  if (sketch !== null) return kinds.sketch;
  if (min !== max || sum !== min * count) return kinds.full;
  return min === 0 ? kinds.zero : kinds.same;
}

/** Empty for bytes that nobody of ours wrote. */
export function decodeBucket(bytes: Uint8Array): Map<number, Aggregate> {
  const bucket = new Map<number, Aggregate>();
  const reader = readerOf(bytes);
  try {
    while (reader.more()) {
      const [metric, aggregate] = readOne(reader);
      bucket.set(metric, aggregate);
    }
  } catch (error) {
    if (error instanceof RangeError) return new Map();
    throw error;
  }
  return bucket;
}

function readOne(reader: Reader): [number, Aggregate] {
  const head = reader.byte();
  const metric = head >> 2;
  const kind = head & 3;
  const count = reader.varint();
  if (kind === kinds.zero) return [metric, { count, sum: 0, min: 0, max: 0, sketch: null }];
  if (kind === kinds.same) {
    const value = reader.double();
    return [metric, { count, sum: value * count, min: value, max: value, sketch: null }];
  }
  const plain = { count, sum: reader.double(), min: reader.double(), max: reader.double() };
  if (kind === kinds.full) return [metric, { ...plain, sketch: null }];
  const times = reader.varint();
  const sum = reader.double();
  const zeros = reader.varint();
  const length = reader.varint();
  const buckets: [number, number][] = [];
  let number = 0;
  for (let index = 0; index < length; index += 1) {
    number += reader.zigzag();
    buckets.push([number, reader.varint()]);
  }
  const { min, max } = plain;
  return [metric, { ...plain, sketch: { count: times, sum, min, max, zeros, buckets } }];
}

const scratch = new DataView(new ArrayBuffer(8));

function double(out: number[], value: number): void {
  scratch.setFloat64(0, value);
  for (let index = 0; index < 8; index += 1) out.push(scratch.getUint8(index));
}

/** Seven bits a byte, the lowest first. Counts of ms go beyond 32 bits, so no bit operations. */
function varint(out: number[], value: number): void {
  let rest = Math.max(0, Math.round(value));
  while (rest >= 128) {
    out.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
}

const zigzag = (out: number[], value: number): void => varint(out, value < 0 ? -2 * value - 1 : 2 * value);

interface Reader {
  more(): boolean;
  byte(): number;
  varint(): number;
  zigzag(): number;
  double(): number;
}

function readerOf(bytes: Uint8Array): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const reader: Reader = {
    more: () => at < bytes.length,
    byte() {
      const value = view.getUint8(at);
      at += 1;
      return value;
    },
    varint() {
      let value = 0;
      for (let scale = 1; ; scale *= 128) {
        const byte = reader.byte();
        value += (byte % 128) * scale;
        if (byte < 128) return value;
      }
    },
    zigzag() {
      const value = reader.varint();
      return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
    },
    double() {
      const value = view.getFloat64(at);
      at += 8;
      return value;
    },
  };
  return reader;
}
