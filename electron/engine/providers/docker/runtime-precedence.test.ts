import { expect, test } from 'vitest';
import type { ComposeProject } from '../../../../shared/domain/compose-model.ts';
import { systemClock } from '../../platform/clock.ts';
import { createPrecedence } from './runtime-precedence.ts';

const project = {
  name: 'p',
  services: {
    cache: {},
    db: {},
    api: { depends_on: { db: { condition: 'service_healthy', required: true } } },
  },
} as unknown as ComposeProject;
const { signal } = new AbortController();

test('what others wait for to be healthy starts before what became ready with it', async () => {
  const inTurn = createPrecedence({ project }, new Set(['cache', 'db', 'api']), systemClock);
  const said: string[] = [];
  let started: () => void = () => undefined;
  const db = new Promise<void>((resolve) => {
    started = resolve;
  });
  const cache = inTurn('cache', async () => void said.push('cache'), signal);
  const first = inTurn(
    'db',
    async () => {
      said.push('db');
      await db;
      said.push('db started');
    },
    signal,
  );
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(said).toEqual(['db']);
  started();
  await Promise.all([cache, first]);
  expect(said).toEqual(['db', 'db started', 'cache']);
});

test('its failure is its own', async () => {
  const inTurn = createPrecedence({ project }, new Set(['cache', 'db', 'api']), systemClock);
  const db = inTurn('db', () => Promise.reject(new Error('no')), signal);
  const cache = inTurn('cache', async () => undefined, signal);
  await expect(db).rejects.toThrow('no');
  await expect(cache).resolves.toBeUndefined();
});

test('a service that nobody starts with is not waited for', async () => {
  const inTurn = createPrecedence({ project }, new Set(['cache', 'db']), systemClock);
  const never = inTurn('db', () => new Promise(() => undefined), signal);
  await expect(inTurn('cache', async () => undefined, signal)).resolves.toBeUndefined();
  void never;
});
