import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogRing } from './log-ring.ts';
import { createLogView } from './log-view.ts';

const line = (text: string, stream: 'stdout' | 'stderr' = 'stdout') => ({
  seq: 0,
  service: 'api',
  container: 'c1',
  at: null,
  stream,
  text,
});

describe('log ring', () => {
  it('keeps the newest lines within both bounds, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ maxLength: 30 }), { maxLength: 12 }), { maxLength: 20 }), (batches) => {
        const limits = { lines: 10, units: 100, unitsPerLine: 100 };
        const ring = createLogRing(limits);
        let pushed = 0;
        for (const batch of batches) {
          ring.push(batch.map((text) => line(text)));
          pushed += batch.length;
          expect(ring.nextId).toBe(pushed);
          expect(ring.nextId - ring.firstId).toBeLessThanOrEqual(limits.lines);
          let units = 0;
          for (let id = ring.firstId; id < ring.nextId; id += 1) {
            const entry = ring.get(id);
            expect(entry?.id).toBe(id);
            units += entry?.text.length ?? 0;
          }
          expect(ring.units).toBe(units);
          expect(units).toBeLessThanOrEqual(limits.units);
        }
        expect(ring.get(ring.firstId - 1)).toBeUndefined();
        expect(ring.get(ring.nextId)).toBeUndefined();
      }),
    );
  });

  it('cuts an endless line and says so', () => {
    const ring = createLogRing({ lines: 10, units: 1000, unitsPerLine: 20 });
    ring.push([line('x'.repeat(50))]);
    expect(ring.get(0)?.text).toBe(`${'x'.repeat(20)} … 30 characters cut`);
  });

  it('a filtered view shows exactly the kept lines that pass, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.boolean(), { maxLength: 15 }), { maxLength: 20 }), (batches) => {
        const ring = createLogRing({ lines: 25, units: 10_000, unitsPerLine: 100 });
        const view = createLogView(ring, (entry) => entry.stream === 'stderr');
        const all = createLogView(ring, null);
        let n = 0;
        for (const batch of batches) {
          ring.push(batch.map((bad) => line(`l${n++}`, bad ? 'stderr' : 'stdout')));
          view.update();
          all.update();
          const expected: string[] = [];
          for (let id = ring.firstId; id < ring.nextId; id += 1) {
            const entry = ring.get(id);
            if (entry?.stream === 'stderr') expected.push(entry.text);
          }
          expect(Array.from({ length: view.length }, (_, i) => view.at(i)?.text)).toEqual(expected);
          expect(all.length).toBe(ring.nextId - ring.firstId);
          for (let i = 0; i < view.length; i += 1) expect(view.indexOf(view.at(i)?.id ?? -1)).toBe(i);
        }
      }),
    );
  });
});
