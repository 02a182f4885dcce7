import { expect, it } from 'vitest';
import { summary } from './pull.ts';

const image = (name: string, before: string | null, after: string | null, left: string | null = null) => ({
  image: name,
  services: [name],
  before,
  after,
  left,
});

it('says which images are new and what starting again would do', () => {
  expect(summary([], [])).toBe('There is no image to pull.');
  expect(summary([image('a:1', null, null, 'it is built here')], [])).toBe('There is no image to pull.');
  expect(summary([image('a:1', '1', '1')], [])).toBe('a:1 is up to date.');
  expect(summary([image('a:1', '1', '1'), image('b:1', '2', '2')], ['x'])).toBe(
    'All 2 images are up to date. Starting again would recreate x.',
  );
  expect(summary([image('a:1', '1', '2'), image('b:1', '2', '2')], ['db', 'api'])).toBe(
    'a:1 is new. Starting again would recreate db and api.',
  );
  expect(summary([image('a:1', null, '2'), image('b:1', '2', '3')], [])).toBe('a:1 and b:1 are new.');
  expect(
    summary(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => image(name, '1', name === 'f' ? '1' : '2')),
      [],
    ),
  ).toBe('5 of 6 images are new.');
});
