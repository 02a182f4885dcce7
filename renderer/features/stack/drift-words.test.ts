import { expect, it } from 'vitest';
import type { Change } from '../../../shared/contract/environments.ts';
import { minutesAgo, service } from '../../dev/sample-data.ts';
import { applyWords, differences } from './drift-words.ts';

const change = (own: Partial<Change>): Change => ({
  resource: 'container',
  name: 'shop-api-1',
  service: 'api',
  action: 'recreate',
  cost: 'recreate',
  reason: 'changed: environment.LEVEL',
  bytes: null,
  ...own,
});
const at = minutesAgo(5);
const api = { ...service('api', 'healthy'), drift: 'changed' as const, driftReasons: ['its configuration changed'] };

it('one changed variable is one new container and nothing else', () => {
  const changes = [change({})];
  expect(differences([{ ...api, driftSince: at }, service('web', 'healthy')], changes)).toEqual([
    {
      name: 'api',
      cost: 'New container',
      tone: 'degraded',
      reasons: ['is replaced: environment.LEVEL changed'],
      since: at,
    },
  ]);
  expect(applyWords(changes)).toBe('Recreates api only. Volumes keep their data.');
});

it('names resources of no service, and the worst cost of each', () => {
  const found = differences(
    [],
    [
      change({ action: 'restart', cost: 'restart', reason: '' }),
      change({
        resource: 'image',
        name: 'api:2',
        action: 'pull',
        cost: 'none',
        reason: 'this engine does not have it',
      }),
      change({ resource: 'network', name: 'shop_back', service: null, action: 'create', cost: 'none', reason: '' }),
      change({ resource: 'volume', name: 'shop_db', service: null, action: 'remove', cost: 'data', reason: '' }),
      change({ service: 'old', name: 'shop-old-1', action: 'keep', cost: 'none', reason: 'no longer in the file' }),
    ],
  );
  expect(found.map((one) => [one.name, one.cost])).toEqual([
    ['api', 'Restart'],
    ['network shop_back', 'No interruption'],
    ['volume shop_db', 'Changes data'],
    ['old', 'Stays as it is'],
  ]);
});

it('says what is known without a plan', () => {
  expect(differences([api], null)).toEqual([
    { name: 'api', cost: null, tone: 'degraded', reasons: ['its configuration changed'], since: null },
  ]);
});

it('says so when nothing would change', () => {
  expect(applyWords([])).toBe('Nothing would change.');
});
