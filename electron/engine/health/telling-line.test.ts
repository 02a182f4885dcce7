import { describe, expect, it } from 'vitest';
import { errorMatcher, tellingLine } from './telling-line.ts';

describe('the telling line', () => {
  it.each([
    ['nothing', ['', '   '], null],
    ['the last one, where none sounds wrong', ['starting', 'listening on 80'], 'listening on 80'],
    ['the last that sounds wrong', ['error: a', 'error: b', 'bye'], 'error: b'],
    ['the strongest, though others follow', ['FATAL: no licence', 'could not stop', 'bye'], 'FATAL: no licence'],
    ['not what says that nothing is wrong', ['timed out', 'finished with 0 errors', 'errors=0'], 'timed out'],
    [
      'not a frame of a stack',
      ['Error: no such table', '    at query (error.js:1)', '    at failed'],
      'Error: no such table',
    ],
    ['a line without its colours', ['\u001b[31mpanic: nil\u001b[0m'], 'panic: nil'],
  ])('is %s', (_what, lines, wanted) => {
    expect(tellingLine(lines)).toBe(wanted);
  });

  it('is cut where it is too long', () => {
    const line = tellingLine([`panic: ${'x'.repeat(1000)}`]);
    expect(line).toHaveLength(200);
    expect(line?.endsWith('…')).toBe(true);
  });
});

describe('lines that count as errors', () => {
  it.each([
    ['ERROR could not connect', true],
    ['connection refused, retrying', false],
    ['GET /errors 200', false],
    ['compiled without errors', false],
    ['Unhandled promise', true],
    ['all good', false],
  ])('%s: %s', (line, wanted) => {
    expect(errorMatcher(null)(line)).toBe(wanted);
  });

  it('are those of the user’s own pattern, and no others', () => {
    const matches = errorMatcher('rejected|dead letter');
    expect([matches('Order REJECTED'), matches('FATAL: gone')]).toEqual([true, false]);
  });
});
