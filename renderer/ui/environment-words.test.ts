import { describe, expect, it } from 'vitest';
import { environment, minutesAgo, operation, service } from '../dev/sample-data.ts';
import { activeOperation, environmentLook, healthyCount } from './environment-words.ts';

describe('an environment in a word', () => {
  it('keeps the word of a stale one, as the past, without its colour', () => {
    expect(environmentLook(environment('a/b', { stale: true }))).toEqual({
      tone: 'idle',
      shape: 'dashed',
      word: 'Was healthy',
    });
  });

  it('says when the files are wrong before anything else', () =>
    expect(environmentLook(environment('a/b', { state: 'invalid' })).word).toBe('Files invalid'));

  it('does not call half a stack healthy', () =>
    expect(environmentLook(environment('a/b', { state: 'partial' })).word).toBe('Partly running'));
});

it('counts a run-once service that ended well as well', () => {
  const once = service('migrate', 'stopped');
  expect(healthyCount(environment('a/b', { services: [once, service('api', 'healthy')] }))).toEqual({
    healthy: 2,
    total: 2,
  });
  const failed = { ...once, instances: once.instances.map((one) => ({ ...one, exitCode: 1 })) };
  expect(healthyCount(environment('a/b', { services: [failed] })).healthy).toBe(0);
});

describe('what is being done', () => {
  it('is what runs rather than what waits, and nothing that ended', () => {
    const waits = operation({ id: 'w', environmentId: 'a/b', state: 'queued' });
    const runs = operation({ id: 'r', environmentId: 'a/b', state: 'undoing' });
    const ended = operation({ id: 'e', environmentId: 'a/b', state: 'done', endedAt: minutesAgo(1) });
    expect(activeOperation([ended, waits, runs], 'a/b')?.id).toBe('r');
    expect(activeOperation([ended, waits], 'a/b')?.id).toBe('w');
    expect(activeOperation([ended], 'a/b')).toBeNull();
    expect(activeOperation([runs], 'a/c')).toBeNull();
  });
});
