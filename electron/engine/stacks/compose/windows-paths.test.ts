import { expect, it } from 'vitest';
import { shellPosition } from './context.ts';
import { convertsWindowsPaths, unixPath } from './windows-paths.ts';

it.each([
  ['C:\\data\\in', '/c/data/in'],
  ['c:/data', '/c/data'],
  ['\\\\server\\share', '\\\\server\\share'],
  ['/data', '/data'],
  ['named', 'named'],
])('turns %s into %s', (path, expected) => {
  expect(unixPath(path)).toBe(expected);
});

it.each([
  ['1', '\\', true],
  [' True ', '\\', true],
  ['y', '\\', true],
  ['yes', '\\', false],
  ['', '\\', false],
  ['1', '/', false],
])('is asked for by “%s” where paths have %s: %s', (value, separator, expected) => {
  const environment = new Map([['COMPOSE_CONVERT_WINDOWS_PATHS', { value, position: shellPosition }]]);
  expect(convertsWindowsPaths(environment, separator)).toBe(expected);
});
