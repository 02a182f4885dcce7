import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../platform/clock.ts';
import { openDatabase } from '../storage/database.ts';
import { createJournal } from './journal.ts';
import { createStepBook, type StepBook } from './step-book.ts';

const signal = new AbortController().signal;
const options = { title: 'Start', result: z.string() };

/** Books of one operation, one for each life. */
function lives(): (closing?: AbortSignal) => StepBook {
  const journal = createJournal(openDatabase(':memory:'));
  journal.insert({
    id: 'one',
    kind: 'test',
    environment_id: null,
    title: 'Test',
    input: '{}',
    created_at: '2025-01-01T00:00:00.000Z',
  });
  return (closing = signal) =>
    createStepBook({ journal, clock: systemClock, operationId: 'one', closing, onChange: () => undefined });
}

const noted = (book: StepBook, texts: readonly string[], name = 'start'): Promise<string> =>
  book.run(name, options, signal, async (step) => texts.filter((text) => step.noted(text)).join());

describe('what a step notes', () => {
  it('is there in the next life of the same step, and of no other', async () => {
    const life = lives();
    const closing = new AbortController();
    const died = life(closing.signal).run('start', options, signal, async (step) => {
      step.note('a');
      step.note('b');
      expect([step.noted('a'), step.noted('c')]).toEqual([true, false]);
      closing.abort();
      throw new Error('the end');
    });
    await expect(died).rejects.toThrow('the end');
    expect(await noted(life(), ['a', 'b', 'c'], 'other')).toBe('');
    expect(await noted(life(), ['a', 'b', 'c'])).toBe('a,b');
    // Ended: its result took their place, and is what every later life gets.
    expect(await noted(life(), ['a'])).toBe('a,b');
  });

  it('is there when the step failed and is taken up in the same life', async () => {
    const book = lives()();
    const failed = book.run('start', options, signal, async (step) => {
      step.note('a');
      throw new Error('no engine');
    });
    await expect(failed).rejects.toThrow('no engine');
    expect(book.recorded('start', z.unknown())).toBeUndefined();
    expect(await noted(book, ['a', 'b'])).toBe('a');
  });
});
