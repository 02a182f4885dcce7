import { array, assert, asyncProperty, integer, property, string, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText, encodeText, frame, readFrames } from './grpc.ts';

async function* chunks(whole: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (const size of [...sizes, whole.length]) {
    if (at < whole.length) yield whole.subarray(at, at + size);
    at += size;
  }
}

async function readAll(source: AsyncIterable<unknown>): Promise<number[][]> {
  const found: number[][] = [];
  for await (const message of readFrames(source)) found.push([...message]);
  return found;
}

describe('frames', () => {
  it('come out as they went in, however they are cut', async () => {
    const messages = array(uint8Array({ maxLength: 40 }), { maxLength: 8 });
    const cuts = array(integer({ min: 1, max: 20 }), { maxLength: 40 });
    await assert(
      asyncProperty(messages, cuts, async (sent, sizes) => {
        const whole = Buffer.concat(sent.map(frame));
        expect(await readAll(chunks(whole, sizes))).toEqual(sent.map((each) => [...each]));
      }),
    );
  });

  it('are refused when they are cut off, compressed or too long', async () => {
    await expect(readAll(chunks(frame(Buffer.from('abc')).subarray(0, 6), []))).rejects.toMatchObject({ grpcCode: 14 });
    await expect(readAll(chunks(Buffer.from([1, 0, 0, 0, 0]), []))).rejects.toMatchObject({ grpcCode: 12 });
    await expect(readAll(chunks(Buffer.from([0, 255, 0, 0, 0]), []))).rejects.toMatchObject({ grpcCode: 13 });
  });
});

describe('the message of a status', () => {
  it('survives the way through a header', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 20 }), (text) => {
        const encoded = encodeText(text);
        expect(encoded).toMatch(/^[\x20-\x7e]*$/);
        expect(decodeText(encoded)).toBe(Buffer.from(text).toString('utf8'));
      }),
    );
  });
});
