import { describe, expect, it } from 'vitest';
import { environment, image, operation, service } from '../../dev/sample-data.ts';
import { attention, greeting, verdict } from './verdict.ts';

const now = Date.now();
const ago = (ms: number): string => new Date(now - ms).toISOString();

describe('the verdict', () => {
  it.each([
    ['No stack yet.', []],
    ['Ready.', [environment('a/main')]],
    ['Ready.', [environment('a/main'), environment('b/main', { state: 'stopped', health: 'stopped' })]],
    ['Everything is stopped.', [environment('a/main', { state: 'stopped' })]],
    ['Nothing can be checked right now.', [environment('a/main', { stale: true })]],
    ['1 service needs you.', [environment('a/main', { services: [service('db', 'down'), service('api', 'healthy')] })]],
    [
      '2 services need you.',
      [environment('a/main', { services: [service('db', 'down'), service('api', 'degraded')] })],
    ],
    ['Getting ready.', [environment('a/main', { services: [service('db', 'starting')] })]],
    ['1 stack has files to correct.', [environment('a/main', { state: 'invalid', services: [] })]],
  ])('%s', (sentence, environments) => expect(verdict(environments).sentence).toBe(sentence));

  it('greets by the hour', () => {
    expect([3, 8, 13, 20].map(greeting)).toEqual(['Good night.', 'Good morning.', 'Good afternoon.', 'Good evening.']);
  });
});

describe('what needs attention', () => {
  const failed = operation({ id: 'f', kind: 'stack.up', state: 'failed', createdAt: ago(9_000), endedAt: ago(8_000) });

  it('puts what is down first, and leads to it', () => {
    const list = attention(
      [environment('a/main', { services: [service('slow', 'degraded'), service('dead', 'down')] })],
      [],
      [image('old', { damaged: true }), image('fine')],
      now,
    );
    expect(list.map((one) => [one.tone, one.title])).toEqual([
      ['down', 'dead is down'],
      ['down', 'old is damaged'],
      ['degraded', 'slow is degraded'],
    ]);
    expect(list[0]?.route).toEqual({ page: 'stack', environmentId: 'a/main', service: 'dead', tab: 'overview' });
  });

  it('forgets a failure that was made up for, and an old one', () => {
    const again = operation({ id: 'g', kind: 'stack.up', state: 'done', createdAt: ago(5_000), endedAt: ago(4_000) });
    const old = operation({ ...failed, id: 'o', kind: 'golden.capture', endedAt: ago(90_000_000) });
    expect(attention([], [failed], [], now).map((one) => one.id)).toEqual(['operation f']);
    expect(attention([], [failed, again, old], [], now)).toEqual([]);
  });

  it('says nothing about what it cannot see now', () =>
    expect(attention([environment('a/main', { stale: true, services: [service('db', 'down')] })], [], [], now)).toEqual(
      [],
    ));
});
