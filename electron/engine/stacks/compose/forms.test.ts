import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from '../../../../shared/domain/nearest.ts';
import { splitShellWords } from './shell-words.ts';
import { parseShortMount } from './short-mounts.ts';
import { parseShortPort } from './short-ports.ts';
import { formatDuration, parseBytes, parseDuration, shortestFloat32 } from './units.ts';
import { formatFloat, resolvePlain } from './yaml-scalars.ts';

describe('sizes', () => {
  it.each([
    ['1', 1n],
    ['512m', 536_870_912n],
    ['1.5g', 1_610_612_736n],
    ['64kb', 65_536n],
    ['1GiB', 1_073_741_824n],
    ['2 gb', 2_147_483_648n],
    ['100b', 100n],
    ['0', 0n],
  ])('%s', (text, expected) => expect(parseBytes(text)).toBe(expected));

  it.each(['', 'm', '-1', '1x', '1mbb', 'lots', '1 2'])('%j is none', (text) =>
    expect(parseBytes(text)).toBeUndefined(),
  );
});

describe('durations', () => {
  it.each([
    ['90s', '1m30s'],
    ['1.5h', '1h30m0s'],
    ['500ms', '500ms'],
    ['1d', '24h0m0s'],
    ['1w', '168h0m0s'],
    ['100us', '100µs'],
    ['0', '0s'],
    ['1h1ns', '1h0m0.000000001s'],
    ['2.5s', '2.5s'],
  ])('%s is %s', (text, expected) => expect(formatDuration(parseDuration(text) ?? -1n)).toBe(expected));

  it.each(['', '10', 's', '1x', 'soon', '1 s'])('%j is none', (text) => expect(parseDuration(text)).toBeUndefined());

  it('are read back as they are printed', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 62n }), (amount) => {
        expect(parseDuration(formatDuration(amount))).toBe(amount);
      }),
    );
  });
});

describe('plain YAML scalars', () => {
  it.each([
    ['', null],
    ['~', null],
    ['null', null],
    ['true', true],
    ['False', false],
    ['yes', 'yes'],
    ['on', 'on'],
    ['0644', 420],
    ['0o17', 15],
    ['0xff', 255],
    ['0b11', 3],
    ['1_000', 1000],
    ['08', 8],
    ['-5', -5],
    ['1.50', 1.5],
    ['1e3', 1000],
    ['1.2.3', '1.2.3'],
    ['12:30', '12:30'],
    ['-', '-'],
    ['.', '.'],
    ['+', '+'],
  ])('%j is %j', (source, expected) => expect(resolvePlain(source).value).toBe(expected));

  it('keep their digits as text', () => {
    expect(resolvePlain('12345678901234567890').text).toBe('12345678901234567890');
    expect(formatFloat(0.00001)).toBe('1e-05');
    expect(formatFloat(1e21)).toBe('1e+21');
    expect(formatFloat(1.5)).toBe('1.5');
  });
});

describe('32-bit floats', () => {
  it('print with the fewest digits', () => {
    expect(shortestFloat32(0.1)).toBe(0.1);
    expect(shortestFloat32(1 / 3)).toBe(0.33333334);
  });

  it('stay the same float', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        // Adding zero makes −0 and 0 one.
        expect(Math.fround(shortestFloat32(value)) + 0).toBe(Math.fround(value) + 0);
      }),
    );
  });
});

describe('ports', () => {
  it.each([
    ['80', [{ target: 80, protocol: 'tcp' }]],
    ['8080:80/udp', [{ target: 80, protocol: 'udp', published: '8080' }]],
    ['127.0.0.1:8080:80', [{ target: 80, protocol: 'tcp', host_ip: '127.0.0.1', published: '8080' }]],
    ['[::1]:1:2', [{ target: 2, protocol: 'tcp', host_ip: '::1', published: '1' }]],
    ['127.0.0.1::80', [{ target: 80, protocol: 'tcp', host_ip: '127.0.0.1' }]],
    ['2000-2010:80', [{ target: 80, protocol: 'tcp', published: '2000-2010' }]],
    [
      '9-10:9-10',
      [
        { target: 10, protocol: 'tcp', published: '10' },
        { target: 9, protocol: 'tcp', published: '9' },
      ],
    ],
  ])('%s', (text, expected) => expect(parseShortPort(text)).toEqual({ ports: expected }));

  it.each(['', 'a', '1:', ':', '70000', '1-2-3', '2-1', '1:2/x', 'x:1:2', '1-3:1-2'])('%j is none', (text) => {
    expect(parseShortPort(text)).toHaveProperty('fault');
  });
});

describe('mounts', () => {
  it.each([
    ['/a', { type: 'volume', target: '/a' }],
    ['/anonymous', { type: 'volume', target: '/anonymous', volume: {} }],
    ['named:/a', { type: 'volume', source: 'named', target: '/a', volume: {} }],
    [
      'named:/a:nocopy,ro',
      { type: 'volume', source: 'named', target: '/a', read_only: true, volume: { nocopy: true } },
    ],
    ['./a:/a/', { type: 'bind', source: './a', target: '/a', bind: { create_host_path: true } }],
    ['C:\\a:/a', { type: 'bind', source: 'C:\\a', target: '/a', bind: { create_host_path: true } }],
    ['~/a:/a:Z', { type: 'bind', source: '~/a', target: '/a', bind: { selinux: 'Z', create_host_path: true } }],
  ])('%s', (text, expected) => expect(parseShortMount(text)).toEqual({ mount: expected }));

  it.each(['', 'name::/a', 'name:/a:ro:x', ':/a'])('%j is none', (text) => {
    expect(parseShortMount(text)).toHaveProperty('fault');
  });
});

describe('command lines', () => {
  it.each([
    ['a b', ['a', 'b']],
    [`sh -c "a 'b' && c"`, ['sh', '-c', "a 'b' && c"]],
    [`a 'b  c'd`, ['a', 'b  cd']],
    ['a\\ b', ['a b']],
    [`''`, ['']],
    ['', []],
    ['a\nb', ['a', 'b']],
  ])('%j', (line, words) => expect(splitShellWords(line)).toEqual({ words }));

  it('end at operators, which is reported', () => {
    expect(splitShellWords('a && b')).toEqual({ words: ['a'], cutAt: 2 });
    expect(splitShellWords('a 2>f')).toEqual({ words: ['a'], cutAt: 3 });
  });

  it.each([`a 'b`, 'a "b', 'a\\', 'a (b)', 'a `b'])('%j is none', (line) => {
    expect(splitShellWords(line)).toHaveProperty('fault');
  });

  it('join and split to the same words', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (words) => {
        const line = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
        expect(splitShellWords(line)).toEqual({ words });
      }),
    );
  });
});

describe('suggestions', () => {
  it.each([
    ['prots', 'ports'],
    ['enviroment', 'environment'],
    ['imgae', 'image'],
    ['foo', undefined],
  ])('%s → %s', (word, expected) => expect(nearest(word, ['ports', 'image', 'environment', 'x'])).toBe(expected));
});
