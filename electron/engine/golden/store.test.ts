import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lastLeft } from './decision-content.ts';
import { parseScan } from './store.ts';

const generation = (id: string): string =>
  JSON.stringify({ id, environmentId: 'shop/main', createdAt: '2025-02-03T10:00:00.000Z', origin: 'empty' });
const left = (leftAt: string): string => JSON.stringify({ leftAt, keptUntil: leftAt, reason: 'before restoring x' });

const scan = [
  'space 4096 100 50',
  'environment shop {"environmentId":"shop/main","projectName":"shop"}',
  'current shop gen-b',
  `generation shop a ${generation('a')}`,
  `left shop a ${left('2025-02-03T11:00:00.000Z')}`,
  'link shop a data ../data/data-a',
  `generation shop b ${generation('b')}`,
  `left shop b ${left('2025-02-03T13:00:00.000Z')}`,
  'link shop b data ../data/data-b',
  'link shop b odd ../../../etc',
  `generation shop c ${generation('c')}`,
  `left shop c ${left('2025-02-03T12:00:00.000Z')}`,
];

describe('reading what the store holds', () => {
  test('finds generations, the current one and their data', () => {
    const shop = parseScan(scan).environments.get('shop');
    expect(shop?.currentId).toBe('b');
    expect([...(shop?.generations.get('b')?.links ?? [])]).toEqual([['data', 'data-b']]);
    expect([...(shop?.generations.keys() ?? [])]).toEqual(['a', 'b', 'c']);
  });

  test('undo means the generation left last that is not current', () => {
    expect(lastLeft(parseScan(scan).environments.get('shop'))?.generation.id).toBe('c');
  });

  test('one damaged record hides nothing else', () => {
    const content = parseScan(['image x {"format":2}', 'image y not json', ...scan, 'left shop a {']);
    expect(content.images).toEqual([]);
    expect(content.environments.get('shop')?.generations.size).toBe(3);
  });

  test('never throws, whatever the lines are', () => {
    const word = fc.constantFrom(
      'image',
      'checked',
      'environment',
      'current',
      'generation',
      'left',
      'link',
      'timings',
      'shop',
      'a',
    );
    const line = fc.array(fc.oneof(word, fc.string()), { maxLength: 6 }).map((words) => words.join(' '));
    fc.assert(fc.property(fc.array(line, { maxLength: 20 }), (lines) => void parseScan([...lines, ...scan])));
  });
});
