import { describe, expect, it } from 'vitest';
import { formatPosition } from '../../../../shared/domain/position.ts';
import { problemsOf } from '../../../../shared/domain/problem.ts';
import { AppError } from '../../../../shared/errors.ts';
import { memoryFiles } from '../../../../test/support/memory-files.ts';
import { loadGoldenFile, parseGoldenFile } from './load.ts';

function faults(text: string): string[] {
  try {
    parseGoldenFile(text, '/p/golden.yml');
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).toBe('golden-file.invalid');
    return problemsOf(error.details).map(
      ({ position, message, remedy }) =>
        `${formatPosition(position!).replace('/p/golden.yml:', '')} ${message} ${remedy}`,
    );
  }
  return [];
}

describe('golden.yml', () => {
  it('is read with the place of each value', () => {
    const { value, positionOf } = parseGoldenFile(
      `version: 1
name: shop
class: test
compose:
  files: [a.yaml, b.yaml]
  profiles: [dev]
golden:
  exclude:
    - cache
  gate_timeout: 1m30s
`,
      '/p/golden.yml',
    );
    expect(value).toEqual({
      version: 1,
      name: 'shop',
      class: 'test',
      compose: { files: ['a.yaml', 'b.yaml'], profiles: ['dev'] },
      golden: { exclude: ['cache'], gate_timeout: '1m30s' },
    });
    expect(positionOf(['compose', 'files', 1])).toMatchObject({ line: 5, column: 19 });
    expect(positionOf(['golden', 'gate_timeout'])).toMatchObject({ line: 10, column: 17 });
    expect(positionOf(['golden', 'nothing'])).toMatchObject({ line: 7, column: 1 });
  });

  it.each([
    ['', ['1:1 golden.yml needs “version”. Add “version: 1”.']],
    ['version: 2\n', ['1:10 version cannot be “2”. Write 1.']],
    ['version: 1\nnmae: x\n', ['2:1 The key “nmae” is not known at the top level. Did you mean “name”?']],
    [
      'version: 1\ngolden:\n  excludes: [a]\n',
      ['3:3 The key “excludes” is not known in golden. Did you mean “exclude”?'],
    ],
    ['version: 1\nclass: prod\n', ['2:8 class cannot be “prod”. Write development or test or production-like.']],
    ['version: 1\ncompose: {files: a.yaml}\n', ['2:18 compose.files cannot be “a.yaml”. Write a list.']],
    [
      'version: 1\ngolden: {gate_timeout: soon}\n',
      ['2:24 golden.gate_timeout cannot be “soon”. Write a duration such as 30s or 1m30s.'],
    ],
    ['version: 1\nname: 5\n', ['2:7 name cannot be “5”. Write text; put quotes around it if it looks like a number.']],
    [
      'version: 1\nhealth: {services: {db: {probe: {tcpp: {port: 1}}}}}\n',
      ['2:34 The key “tcpp” is not known in health.services.db.probe. Did you mean “tcp”?'],
    ],
    [
      'version: 1\nhealth: {services: {db: {probe: {tcp: {port: 1}, redis: {}}}}}\n',
      [
        '2:33 health.services.db.probe must be one of http, tcp, command, postgres, redis, mysql, amqp, none. Keep one of them.',
      ],
    ],
    [
      'version: 1\nhealth: {services: {db: {interval: 10, recovery: pray}}}\n',
      [
        '2:36 health.services.db.interval cannot be “10”. Write text; put quotes around it if it looks like a number.',
        '2:50 health.services.db.recovery cannot be “pray”. Write notify or restart or restore.',
      ],
    ],
    [
      'version: 1\nversion: 1\n',
      ['2:1 The key “version” is already defined in this mapping, at line 1. Remove one of the two, or merge them.'],
    ],
    ['- version\n', ['1:1 The file must be a mapping at its top level. Start with a key and a colon.']],
  ])('%j is refused', (text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  it('may be absent', async () => {
    expect(await loadGoldenFile('/p', { files: memoryFiles({}) })).toBeUndefined();
    const found = await loadGoldenFile('/p', { files: memoryFiles({ '/p/golden.yml': 'version: 1\n' }) });
    expect(found).toMatchObject({ path: '/p/golden.yml', value: { version: 1 } });
  });
});
