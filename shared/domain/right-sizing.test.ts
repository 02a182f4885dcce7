import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundUp, type SizingFacts, sizingAdvice, sizingRules } from './right-sizing.ts';

const mb = 2 ** 20;
const day = 86_400_000;
const facts: SizingFacts = {
  service: 'timescaledb',
  peakMemoryBytes: 640 * mb,
  peakCpus: 0.4,
  busyCpus: 0.1,
  overMs: 7 * day,
  measuredHours: 100,
  limits: { memoryBytes: 2048 * mb, cpus: null },
  outOfMemoryAt: null,
  hasHealthcheck: true,
  isProbed: false,
  runsOnce: false,
};
const texts = (change: Partial<SizingFacts>): string[] =>
  sizingAdvice({ ...facts, ...change }).map(({ message, proposal }) => `${message} ${proposal}`);

describe('advice on limits', () => {
  it('says what there is, what it took, and what to do', () => {
    expect(texts({})).toEqual(['timescaledb has 2 GB and peaked at 640 MB in 7 days. Set its memory limit to 960 MB.']);
    expect(texts({ overMs: 3 * day, measuredHours: 30 })).toEqual([
      'timescaledb has 2 GB and peaked at 640 MB in 3 days (less than a week, 30 hours measured). Set its memory limit to 960 MB.',
    ]);
  });

  it('is none before a day was measured, and none for what runs once', () => {
    expect(texts({ measuredHours: 23 })).toEqual([]);
    expect(texts({ runsOnce: true, hasHealthcheck: false })).toEqual([]);
  });

  it('asks for more at once where it ran out, without a day of figures', () => {
    const early = { measuredHours: 1, peakMemoryBytes: null, limits: { memoryBytes: 512 * mb, cpus: null } };
    expect(texts({ ...early, outOfMemoryAt: 512 * mb })).toEqual([
      'timescaledb has 512 MB and ran out of it. Set its memory limit to 768 MB.',
    ]);
    expect(texts({ ...early, outOfMemoryAt: 256 * mb })).toEqual([]);
    expect(texts({ ...early, outOfMemoryAt: 512 * mb, runsOnce: true })).toEqual([]);
  });

  it('leaves alone what fits', () => {
    expect(texts({ limits: { memoryBytes: 1024 * mb, cpus: 0.75 } })).toEqual([]);
  });

  it('asks for more where it is tight or ran out', () => {
    expect(texts({ limits: { memoryBytes: 700 * mb, cpus: null } })).toEqual([
      'timescaledb has 700 MB and peaked at 640 MB in 7 days. Set its memory limit to 960 MB.',
    ]);
    expect(
      texts({ peakMemoryBytes: 300 * mb, limits: { memoryBytes: 512 * mb, cpus: null }, outOfMemoryAt: 512 * mb }),
    ).toEqual(['timescaledb has 512 MB and ran out of it in 7 days. Set its memory limit to 768 MB.']);
    // Somebody gave it more since.
    expect(
      texts({ peakMemoryBytes: 300 * mb, limits: { memoryBytes: 1024 * mb, cpus: null }, outOfMemoryAt: 512 * mb }),
    ).toEqual([]);
  });

  it('names what is missing', () => {
    expect(texts({ limits: { memoryBytes: null, cpus: null }, hasHealthcheck: false })).toEqual([
      'timescaledb has no memory limit: it could take all there is. It peaked at 640 MB in 7 days. Set its memory limit to 960 MB.',
      'timescaledb has no health check and no port to look at: while it runs, it is taken to be healthy. Give it a check: a command that tells whether it works, or a port that answers.',
    ]);
    expect(texts({ limits: { memoryBytes: 1024 * mb, cpus: null }, hasHealthcheck: false, isProbed: true })).toEqual(
      [],
    );
  });

  it('fits the CPU', () => {
    const fitting = { memoryBytes: 1024 * mb };
    expect(texts({ limits: { ...fitting, cpus: 4 } })).toEqual([
      'timescaledb has 4 cores and took 0.4 cores at most in 7 days. Set its CPU limit to 0.75 cores.',
    ]);
    expect(texts({ limits: { ...fitting, cpus: 1 }, peakCpus: 1, busyCpus: 0.97 })).toEqual([
      'timescaledb has 1 core and used all of it for hours in 7 days. Set its CPU limit to 1.5 cores.',
    ]);
  });

  it('never proposes less than was needed, and is content with its own proposal', () => {
    const bytes = fc.integer({ min: 1, max: 64 * 1024 }).map((count) => count * mb);
    fc.assert(
      fc.property(bytes, fc.option(bytes), fc.option(bytes), (peak, limit, outOfMemoryAt) => {
        const measured = { ...facts, peakMemoryBytes: peak, outOfMemoryAt };
        for (const advice of sizingAdvice({ ...measured, limits: { memoryBytes: limit, cpus: null } })) {
          if (advice.kind !== 'memory-limit' && advice.kind !== 'missing-memory-limit') continue;
          expect(advice.memoryBytes).toBeGreaterThanOrEqual(peak * sizingRules.factor);
          if (outOfMemoryAt !== null) expect(advice.memoryBytes).toBeGreaterThan(outOfMemoryAt);
          expect(sizingAdvice({ ...measured, limits: { memoryBytes: advice.memoryBytes, cpus: null } })).toEqual([]);
          expect(roundUp(advice.memoryBytes)).toBe(advice.memoryBytes);
        }
      }),
    );
  });
});
