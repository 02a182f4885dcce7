import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanTitle } from './clean-title.ts';
import { createInputQueue } from './input-queue.ts';
import { findLinks } from './links.ts';
import { cleanPaste, pasteQuestion } from './paste-guard.ts';
import { newOutput } from './replay.ts';
import { tabNames } from './tab-names.ts';

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
    expect(pasteQuestion('cd /\r\nls\n')).toMatchObject({ lines: 2, preview: 'cd /\nls', hidden: false });
    expect(pasteQuestion('ls\u0003')).toMatchObject({ lines: 1, preview: 'ls␃', hidden: true });
    expect(pasteQuestion('echo \u202eabc')).toMatchObject({ preview: 'echo ⟨U+202E⟩abc', hidden: true });
  });
  it('asks again about what cannot be seen, however much was agreed to', () => {
    expect(pasteQuestion('a\nb', true)).toBeNull();
    expect(pasteQuestion('a\nb\u001b[201~', true)).toMatchObject({ hidden: true });
  });
  it('shows a part of what is long', () => {
    const { preview, lines } = pasteQuestion(`${'x'.repeat(1000)}\n`.repeat(100)) ?? { preview: '', lines: 0 };
    expect([lines, preview.split('\n').length]).toEqual([100, 12]);
    expect(preview.length).toBeLessThan(3000);
  });
  it('passes on nothing that could end the brackets around it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const clean = cleanPaste(text);
        expect(clean).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
        expect(pasteQuestion(clean, true)).toBeNull();
      }),
    );
    expect(cleanPaste('می\u200cخواهم 👨‍👩‍👧\tx\r\n')).toBe('می\u200cخواهم 👨‍👩‍👧\tx\n');
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

describe('tabs', () => {
  it('are called by their place, numbered where it is the same, and by what the user says', () => {
    const view = (title: string, service: string | null = null, name: string | null = null) => ({
      title,
      service,
      name,
    });
    expect(tabNames([view('shop'), view('db', 'db'), view('shop'), view('shop', null, 'mine'), view('shop')])).toEqual([
      'shop',
      'db',
      'shop 2',
      'mine',
      'shop 3',
    ]);
  });
  it.each([
    ['vim \u001b[31mmain.ts\u0007', 'vim [31mmain.ts'],
    ['\u202efdp.exe  \u200b x\n', 'fdp.exe x'],
    ['x'.repeat(5000), `${'x'.repeat(60)}…`],
  ])('have titles without what cannot be seen: %j', (title, expected) => expect(cleanTitle(title)).toBe(expected));
});
