import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReplayBuffer } from './replay-buffer.ts';

const pieces = fc.array(fc.tuple(fc.constantFrom('data' as const, 'errors' as const), fc.string({ maxLength: 30 })), {
  maxLength: 60,
});

describe('the replay buffer', () => {
  it('gives a reader everything in order, however much it reads at once', () => {
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 50 }), (list, limit) => {
        const buffer = createReplayBuffer();
        let position = 0;
        const got = { data: '', errors: '' };
        const read = (): void => {
          const slice = buffer.read(position, limit);
          got.data += slice.data;
          got.errors += slice.errors;
          expect(slice.position - position).toBe(slice.data.length + slice.errors.length);
          position = slice.position;
          expect(slice.offset).toBe(got.data.length);
        };
        for (const [index, [kind, text]] of list.entries()) {
          buffer.append(kind, text);
          if (index % 3 === 0) read();
        }
        while (position < buffer.end) read();
        for (const kind of ['data', 'errors'] as const)
          expect(got[kind]).toBe(list.flatMap(([each, text]) => (each === kind ? [text] : [])).join(''));
      }),
    );
  });

  it('keeps the tail within its bound, and says how much there was', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 200 }), (texts) => {
        const buffer = createReplayBuffer(100);
        for (const text of texts) buffer.append('data', text);
        const whole = texts.join('');
        const { data, offset } = buffer.read(0, 1_000_000);
        expect(whole.endsWith(data)).toBe(true);
        expect(offset).toBe(whole.length);
        expect(buffer.end - buffer.start).toBe(data.length);
        // One piece alone may be larger than the bound.
        expect(data.length).toBeLessThanOrEqual(Math.max(100, 4096));
      }),
    );
  });
});
