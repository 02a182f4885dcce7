import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunked, frame } from '../../../../test/support/frames.ts';
import { createLogParser, type LogPositions, maxLineBytes, type ParsedLine } from './log-parser.ts';
import { compareStamps, stampToIso, toSince } from './log-stamp.ts';

interface Message {
  readonly stream: 'stdout' | 'stderr';
  readonly stamp: string;
  readonly text: string;
}

/** As the engine writes it: fixed width, nanoseconds. */
function stampOf(nanoseconds: number): string {
  return `2026-01-02T03:04:05.${String(nanoseconds).padStart(9, '0')}Z`;
}

function bytesOf(messages: readonly Message[], tty: boolean): Buffer {
  return Buffer.concat(
    messages.map(({ stream, stamp, text }) => {
      const line = Buffer.from(`${stamp} ${text}${tty ? '\r' : ''}\n`);
      return tty ? line : frame(stream === 'stdout' ? 1 : 2, line);
    }),
  );
}

function parse(
  chunks: readonly Buffer[],
  tty: boolean,
  resume: LogPositions = {},
  afford?: (bytes: number) => boolean,
): { lines: ParsedLine[]; skipped: number; positions: LogPositions } {
  const lines: ParsedLine[] = [];
  let skipped = 0;
  const parser = createLogParser({
    tty,
    resume,
    onLine: (line) => lines.push(line),
    ...(afford === undefined ? {} : { afford }),
    onSkipped: (count) => {
      skipped += count;
    },
  });
  for (const chunk of chunks) parser.push(chunk);
  parser.end();
  return { lines, skipped, positions: parser.positions };
}

/** Times that do not go back, and often repeat: what deduplication must bear. */
const messages = fc
  .array(
    fc.record({
      step: fc.nat({ max: 2 }),
      stream: fc.constantFrom('stdout' as const, 'stderr' as const),
      text: fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replace(/[\r\n]/g, '.')),
    }),
    { maxLength: 25 },
  )
  .map((list) => {
    let now = 0;
    return list
      .filter(({ text }) => !/\p{Surrogate}/u.test(text))
      .map(({ step, stream, text }): Message => {
        now += step;
        return { stream, stamp: stampOf(now), text };
      });
  });
const cuts = fc.array(fc.nat(), { maxLength: 30 });

describe('the log parser', () => {
  it('gives the same lines however the bytes are cut, with and without a terminal', () => {
    fc.assert(
      fc.property(messages, cuts, fc.boolean(), (list, places, tty) => {
        const expected = list.map((each) => (tty ? { ...each, stream: 'stdout' } : each));
        expect(parse(chunked(bytesOf(list, tty), places), tty).lines).toEqual(expected);
      }),
    );
  });

  it('resumed anywhere, repeats nothing and loses nothing, though times repeat', () => {
    fc.assert(
      fc.property(messages, fc.nat(), fc.boolean(), (list, place, tty) => {
        const at = place % (list.length + 1);
        const first = parse([bytesOf(list.slice(0, at), tty)], tty);
        // The engine sends again from the earliest time that was seen on.
        const stamps = Object.values(first.positions).map((position) => position.stamp);
        const earliest = stamps.sort(compareStamps)[0];
        const again = list.filter((each) => earliest === undefined || compareStamps(each.stamp, earliest) >= 0);
        const second = parse([bytesOf(again, tty)], tty, first.positions);
        const texts = [...first.lines, ...second.lines].map(({ stamp, text }) => ({ stamp, text }));
        const expected = list.map(({ stamp, text }) => ({ stamp, text }));
        if (tty) expect(texts).toEqual(expected);
        else {
          for (const stream of ['stdout', 'stderr'] as const) {
            const of = (lines: readonly { stream: string; text: string }[]): string[] =>
              lines.filter((line) => line.stream === stream).map((line) => line.text);
            // A stream of which nothing was seen has no position; what is sent again of it may only be what is new.
            if (first.positions[stream] === undefined && at > 0) continue;
            expect(of([...first.lines, ...second.lines])).toEqual(of(list));
          }
        }
      }),
    );
  });

  it('puts a line of several messages together, stamped with its first', () => {
    const long = 'x'.repeat(maxLineBytes);
    const bytes = Buffer.concat([
      frame(1, Buffer.from(`${stampOf(1)} ${long.slice(0, 100)}`)),
      frame(2, Buffer.from(`${stampOf(2)} between\n`)),
      frame(1, Buffer.from(`${stampOf(3)} end\n`)),
    ]);
    expect(parse([bytes], false).lines).toEqual([
      { stream: 'stderr', stamp: stampOf(2), text: 'between' },
      { stream: 'stdout', stamp: stampOf(1), text: `${long.slice(0, 100)}end` },
    ]);
  });

  it('finds the times inside a long line of a terminal', () => {
    const bytes = Buffer.from(`${stampOf(1)} ${'x'.repeat(maxLineBytes)}${stampOf(1)} rest\r\n`);
    const { lines } = parse([bytes], true);
    expect(lines.map((line) => line.text.length)).toEqual([maxLineBytes, 4]);
    expect(lines[1]).toEqual({ stream: 'stdout', stamp: stampOf(1), text: 'rest' });
  });

  it('keeps text that only looks like a time', () => {
    const bytes = frame(1, Buffer.from('no time here\n'));
    expect(parse([bytes], false).lines).toEqual([{ stream: 'stdout', stamp: null, text: 'no time here' }]);
  });

  it('counts what it cannot afford, and still knows where it is', () => {
    const list = Array.from({ length: 10 }, (_, index): Message => {
      return { stream: 'stdout', stamp: stampOf(index), text: `line ${index}` };
    });
    let left = 3;
    const { lines, skipped, positions } = parse([bytesOf(list, false)], false, {}, () => {
      left -= 1;
      return left >= 0;
    });
    expect(lines).toHaveLength(3);
    expect(skipped).toBe(7);
    expect(positions.stdout).toEqual({ stamp: stampOf(9), count: 1 });
  });
});

describe('times of a log', () => {
  it('become the engine’s `since` without losing nanoseconds', () => {
    expect(toSince('2026-01-02T03:04:05.000000001Z')).toBe('1767323045.000000001');
    expect(toSince('2026-01-02T04:04:05.1+01:00')).toBe('1767323045.100000000');
    expect(toSince('2026-01-02T03:04:05Z')).toBe('1767323045.000000000');
  });

  it('are shown in milliseconds, UTC', () => {
    expect(stampToIso('2026-01-02T03:04:05.123456789Z')).toBe('2026-01-02T03:04:05.123Z');
    expect(stampToIso('2026-01-02T04:04:05.5+01:00')).toBe('2026-01-02T03:04:05.500Z');
  });
});
