import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInputQueue } from './input-queue.ts';
import { findLinks } from './links.ts';
import { pasteQuestion } from './paste-guard.ts';
import { newOutput } from './replay.ts';

describe('replay', () => {
  it('writes every unit of output once, however a stream is cut and taken up again', () => {
    const cuts = fc.array(fc.record({ take: fc.nat(8), reattach: fc.boolean(), tail: fc.nat(30) }), { maxLength: 30 });
    fc.assert(
      fc.property(cuts, (steps) => {
        let output = '';
        let seen = 0;
        let screen = '';
        for (const { take, reattach, tail } of steps) {
          const more = Array.from({ length: take }, (_, i) =>
            String.fromCharCode(97 + ((output.length + i) % 26)),
          ).join('');
          output += more;
          // A reattach repeats a tail that reaches at least to what was seen before; a plain batch is just the new part.
          const from = reattach ? Math.max(0, Math.min(seen, output.length - tail)) : seen;
          const batch = newOutput({ data: output.slice(from), offset: output.length }, seen);
          expect(batch.reset).toBe(false);
          screen += batch.data;
          seen = batch.offset;
        }
        expect(screen).toBe(output);
      }),
    );
  });

  it('starts with a clean screen when a part is missing or the terminal is another one', () => {
    expect(newOutput({ data: 'xyz', offset: 100 }, 50)).toEqual({ data: 'xyz', reset: true, offset: 100 });
    expect(newOutput({ data: 'xyz', offset: 3 }, 50)).toEqual({ data: 'xyz', reset: true, offset: 3 });
  });
});

describe('input queue', () => {
  it('sends in order, one call at a time', async () => {
    const sent: string[] = [];
    let busy = 0;
    const queue = createInputQueue(
      async (data) => {
        busy += 1;
        expect(busy).toBe(1);
        await Promise.resolve();
        sent.push(data);
        busy -= 1;
      },
      () => undefined,
    );
    for (const key of 'echo hi\r') queue.push(key);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(sent.join('')).toBe('echo hi\r');
    expect(sent.length).toBeLessThan(8);
  });

  it('throws away what waits behind a failure, and says so once', async () => {
    const failures: unknown[] = [];
    const queue = createInputQueue(
      async () => {
        throw new Error('gone');
      },
      (error) => failures.push(error),
    );
    queue.push('rm -rf build');
    queue.push('\r');
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(failures).toHaveLength(1);
  });
});

describe('paste', () => {
  it.each(['ls -l', 'ls -l\n', 'with\ttab', ''])('passes %j', (text) => expect(pasteQuestion(text)).toBeNull());
  it('asks for several lines and for control characters', () => {
    expect(pasteQuestion('cd /\r\nls\n')).toMatchObject({ lines: 2, firstLine: 'cd /' });
    expect(pasteQuestion('ls\u0003')).toMatchObject({ lines: 1 });
  });
});

describe('links', () => {
  it.each([
    ['see http://127.0.0.1:8080/x, please', ['http://127.0.0.1:8080/x']],
    ['(https://example.org/a_(b))', ['https://example.org/a_(b)']],
    ['https://example.org/?q=1&r=2.', ['https://example.org/?q=1&r=2']],
    ['javascript:alert(1) file:///etc/passwd', []],
    ['https://', []],
  ])('%j has %j', (text, urls) => {
    const links = findLinks(text);
    expect(links.map((link) => link.url)).toEqual(urls);
    for (const link of links) expect(text.slice(link.start, link.end)).toBe(link.url);
  });
});
