import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunked, frame } from '../../../../test/support/frames.ts';
import { createFrameDecoder, type OutputStream } from './demux.ts';

function decode(chunks: readonly Buffer[]): { frames: [OutputStream, string][]; idle: boolean } {
  const frames: [OutputStream, string][] = [];
  let parts: Buffer[] = [];
  const decoder = createFrameDecoder((stream, piece, first, last) => {
    if (first) parts = [];
    parts.push(Buffer.from(piece));
    if (last) frames.push([stream, Buffer.concat(parts).toString('latin1')]);
  });
  for (const chunk of chunks) decoder.push(chunk);
  return { frames, idle: decoder.idle };
}

describe('the frame decoder', () => {
  const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 40 })), { maxLength: 12 });

  it('gives the same frames however the bytes are cut', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat(), { maxLength: 30 }), (list, cuts) => {
        const bytes = Buffer.concat(list.map(([stream, payload]) => frame(stream, Buffer.from(payload))));
        const expected = list.map(([stream, payload]) => [
          stream === 1 ? 'stdout' : 'stderr',
          Buffer.from(payload).toString('latin1'),
        ]);
        const { frames: found, idle } = decode(chunked(bytes, cuts));
        expect(found).toEqual(expected);
        expect(idle).toBe(true);
      }),
    );
  });

  it('is not idle inside a frame or a header', () => {
    const bytes = frame(1, Buffer.from('hello'));
    expect(decode([bytes.subarray(0, 3)]).idle).toBe(false);
    expect(decode([bytes.subarray(0, 10)]).idle).toBe(false);
  });

  it('takes the error text of the engine for standard error', () => {
    expect(decode([frame(3, Buffer.from('gone'))]).frames).toEqual([['stderr', 'gone']]);
  });

  it('refuses what cannot be a header instead of guessing', () => {
    expect(() => decode([Buffer.from('plain text of a terminal')])).toThrow('Not a frame');
    expect(() => decode([Buffer.from([1, 9, 0, 0, 0, 0, 0, 1, 65])])).toThrow('Not a frame');
  });
});
