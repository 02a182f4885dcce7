import { describe, expect, it } from 'vitest';
import { formatSize, median, parseSize } from './harness.ts';

describe('bench harness', () => {
  it('takes the middle of an odd number of runs and the mean of the middle two of an even one', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 9, 2])).toBe(3);
    expect(() => median([])).toThrow();
  });

  it('reads sizes with decimal and binary units', () => {
    expect(parseSize('100MB')).toBe(100e6);
    expect(parseSize('4GiB')).toBe(4 * 2 ** 30);
    expect(parseSize('1.5g')).toBe(1.5e9);
    expect(parseSize('512')).toBe(512);
    expect(() => parseSize('much')).toThrow(/100MB/);
    expect(formatSize(parseSize('4GB'))).toBe('4 GB');
  });
});
