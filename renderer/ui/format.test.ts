import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  count,
  formatAgo,
  formatBytes,
  formatDuration,
  formatElapsed,
  formatMemory,
  formatMoment,
  listed,
  shortPath,
} from './format.ts';

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [18_000_000, '18 MB'],
    [212_400_000, '212 MB'],
    [3_840_000_000, '3.8 GB'],
    [999_960_000, '1 GB'],
    [-640_000_000, '−640 MB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it('counts memory in powers of 1024', () => expect(formatMemory(512 * 1024 * 1024)).toBe('512 MB'));

  it('never writes a number that belongs to the next unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9e14 }), (bytes) => {
        const [number, unit] = formatBytes(bytes).split(' ');
        return unit === 'TB' || Number(number) < 1000;
      }),
    );
  });
});

describe('durations', () => {
  it.each([
    [0, '0 s'],
    [40, '0.1 s'],
    [270, '0.3 s'],
    [3400, '3.4 s'],
    [9960, '10 s'],
    [40_000, '40 s'],
    [61_000, '1 min 1 s'],
    [240_000, '4 min'],
    [8_700_000, '2 h 25 min'],
    [7_200_000, '2 h'],
    [180_000_000, '2 d 2 h'],
  ])('%d ms are %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it('reads like a clock while running', () => {
    expect(formatElapsed(12_900)).toBe('0:12');
    expect(formatElapsed(3_729_000)).toBe('1:02:09');
  });
});

describe('times', () => {
  const now = new Date(2026, 1, 4, 16, 17).getTime();
  const earlier = (ms: number): string => new Date(now - ms).toISOString();

  it('is relative under a day, then a date', () => {
    expect(formatAgo(earlier(2_000), now)).toBe('just now');
    expect(formatAgo(earlier(180_000), now)).toBe('3 min ago');
    expect(formatAgo(earlier(5 * 3_600_000), now)).toBe('5 h ago');
    expect(formatAgo(new Date(2026, 0, 29, 9).toISOString(), now)).toBe('29 Jan');
    expect(formatAgo(new Date(2025, 0, 29, 9).toISOString(), now)).toBe('29 Jan 2025');
  });

  it('says the day when it was not today', () => {
    expect(formatMoment(earlier(180_000), now)).toBe('16:14');
    expect(formatMoment(new Date(2026, 0, 29, 9, 5).toISOString(), now)).toBe('29 Jan 09:05');
  });

  it('leaves out what is no time', () => {
    expect(formatAgo('soon', now)).toBe('');
    expect(formatMoment('soon', now)).toBe('');
  });
});

describe('words', () => {
  it('counts', () => {
    expect(count(1, 'service')).toBe('1 service');
    expect(count(3, 'service')).toBe('3 services');
  });

  it('lists, and says how many it left out', () => {
    expect(listed([])).toBe('');
    expect(listed(['api'])).toBe('api');
    expect(listed(['api', 'web', 'db'])).toBe('api, web and db');
    expect(listed(['api', 'web', 'db', 'mq'])).toBe('api, web and 2 more');
  });

  it('shortens the home folder only where it ends', () => {
    expect(shortPath('/home/sam/work', '/home/sam')).toBe('~/work');
    expect(shortPath('/home/samuel/work', '/home/sam')).toBe('/home/samuel/work');
    expect(shortPath('/srv', null)).toBe('/srv');
  });
});
