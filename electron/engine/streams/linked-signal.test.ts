import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { linkedSignal } from './linked-signal.ts';

describe('a linked signal', () => {
  it('ends with the other, with its reason, also when that ended before', () => {
    const outer = new AbortController();
    const before = linkedSignal(outer.signal);
    outer.abort(new Error('closing'));
    expect(before.signal.reason).toMatchObject({ message: 'closing' });
    expect(linkedSignal(outer.signal).signal.reason).toMatchObject({ message: 'closing' });
  });

  it('ends alone, or after its time', async () => {
    const outer = new AbortController();
    const link = linkedSignal(outer.signal);
    link.abort('enough');
    expect(link.signal.reason).toBe('enough');
    expect(outer.signal.aborted).toBe(false);
    const late = linkedSignal(outer.signal, 1, () => 'late');
    await new Promise((resolve) => late.signal.addEventListener('abort', resolve));
    expect(late.signal.reason).toBe('late');
  });

  it('is no leak to Node, however many there are at a time', async () => {
    const warnings: Error[] = [];
    const take = (warning: Error): number => warnings.push(warning);
    process.on('warning', take);
    const outer = new AbortController();
    for (let count = 0; count < 20; count += 1) linkedSignal(outer.signal);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', take);
    expect(warnings).toEqual([]);
  });

  it('leaves nothing with the other once it is released', () => {
    const outer = new AbortController();
    const links = Array.from({ length: 100 }, () => linkedSignal(outer.signal, 60_000));
    expect(getEventListeners(outer.signal, 'abort')).toHaveLength(100);
    for (const link of links) link.release();
    expect(getEventListeners(outer.signal, 'abort')).toEqual([]);
  });
});
