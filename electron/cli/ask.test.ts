import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { agreed } from './ask.ts';
import type { Terminal } from './output.ts';

/** A terminal where somebody types this; null: they end the input. */
function typing(answer: string | null, tty = true, json = false): Terminal {
  const stdin = new PassThrough();
  const stream = new PassThrough() as unknown as NodeJS.WriteStream;
  if (answer === null) stdin.end();
  else stdin.write(`${answer}\n`);
  return {
    stdout: stream,
    stderr: stream,
    json,
    stdin: Object.assign(stdin, { isTTY: tty }) as unknown as NodeJS.ReadStream,
  };
}

const ask = (terminal: Terminal): Promise<boolean> => agreed(terminal, 'Run it?', 'Add --yes.');

describe('a question on the command line', () => {
  it.each([
    ['y', true],
    ['Yes', true],
    ['', false],
    ['n', false],
    ['yes please', false],
    [null, false],
  ])('answered with %j is %j', async (answer, expected) => {
    expect(await ask(typing(answer))).toBe(expected);
  });

  it('is refused with its remedy where nobody can answer', async () => {
    for (const terminal of [typing('y', false), typing('y', true, true)]) {
      const error = await ask(terminal).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AppError);
      expect(error).toMatchObject({ code: 'guard.refused', remedy: 'Add --yes.' });
    }
  });
});
