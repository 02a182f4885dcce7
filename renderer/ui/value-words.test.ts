import { expect, it } from 'vitest';
import type { ExplainedValue } from '../../shared/contract/compose-projects.ts';
import { shortPlace } from './place-button.tsx';
import { filterWords, matches, variableWords } from './value-words.ts';

const value: ExplainedValue = {
  service: 'api',
  path: 'environment.PGHOST',
  value: 'db.local',
  position: '/p/compose.yaml:12:7',
  written: '${HOST:-db}.local',
  variables: [{ name: 'HOST', from: 'file', position: '/p/.env:3:1' }],
};

it('finds a value by every word: service, name, text, file, variable', () => {
  for (const filter of ['', 'api', 'pghost', 'DB.LOCAL', 'compose.yaml:12', 'HOST .env', '${HOST', ' api  pg '])
    expect(matches(value, filterWords(filter), '/p'), filter).toBe(true);
  for (const filter of ['web', 'api web', 'compose.yaml:13']) {
    expect(matches(value, filterWords(filter), '/p'), filter).toBe(false);
  }
});

it('shortens places, and names those that are no file', () => {
  expect(shortPlace('/p/a/b.yml:1:2', '/p', '/home/sam')).toBe('a/b.yml:1:2');
  expect(shortPlace('/home/sam/x.env:1:1', '/p', '/home/sam')).toBe('~/x.env:1:1');
  expect(shortPlace('/home/samuel/x.env:1:1', '/p', '/home/sam')).toBe('/home/samuel/x.env:1:1');
  expect(shortPlace('<environment>:1:1', '/p', null)).toBe('shell');
  expect(shortPlace('<project>:1:1', '/p', null)).toBe('set by Compose');
});

it('says what gave a variable', () => {
  expect(variableWords({ name: 'A', from: 'shell', position: null })).toBe('from the shell');
  expect(variableWords({ name: 'A', from: 'default', position: null })).toBe('not set, default used');
  expect(variableWords({ name: 'A', from: 'default', position: '/p/.env:1:1' })).toBe('empty, default used; set in');
  expect(variableWords({ name: 'A', from: 'unset', position: null })).toBe('not set, left empty');
});
