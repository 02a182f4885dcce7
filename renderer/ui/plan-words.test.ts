import { describe, expect, it } from 'vitest';
import type { Change, Plan } from '../../shared/contract/environments.ts';
import { changeWords, isPlain, planGroups, planSummary } from './plan-words.ts';

const change = (part: Partial<Change>): Change => ({
  resource: 'container',
  name: 'shop-api-1',
  service: 'api',
  action: 'create',
  cost: 'none',
  reason: '',
  bytes: null,
  ...part,
});
const plan = (changes: readonly Change[], part: Partial<Plan> = {}): Plan => ({
  environmentId: 'shop/main',
  action: 'up',
  changes: [...changes],
  problems: [],
  risks: [],
  hash: 'h',
  ...part,
});
const lost = change({
  resource: 'volume',
  name: 'shop_db-data',
  action: 'remove',
  cost: 'data',
  bytes: 3_100_000_000,
});

describe('a plan in words', () => {
  it('says first what is lost, and that it is for good', () => {
    const remove = plan([change({ action: 'remove', cost: 'recreate' }), lost], { action: 'remove' });
    expect(planSummary(remove)).toBe('Deletes shop_db-data, 3.1 GB. This cannot be undone.');
    expect(planGroups(remove.changes).map((group) => group.title)).toEqual(['Data', 'What changes']);
    expect(changeWords(lost)).toBe('is deleted, 3.1 GB');
  });

  it('says what is kept', () => {
    const kept = { ...lost, action: 'keep', cost: 'none' } as const;
    const remove = plan([change({ action: 'remove', cost: 'recreate' }), kept], { action: 'remove' });
    expect(planSummary(remove)).toBe('Removes 1 container. 1 volume kept.');
    expect(planGroups(remove.changes).at(-1)?.title).toBe('What is kept');
  });

  it('says when there is nothing to do', () => {
    expect(planSummary(plan([change({ action: 'none' })]))).toBe('Nothing would change.');
    expect(planGroups([change({ action: 'none' })])).toEqual([]);
  });
});

describe('a plan that may be carried out at once', () => {
  const problem = { code: 'docker.port-taken', message: '', remedy: '' };
  it('is harmless', () => expect(isPlain(plan([change({})]))).toBe(true));
  it('is possible', () => {
    expect(isPlain(plan([], { problems: [{ ...problem, severity: 'error' }] }))).toBe(false);
    expect(isPlain(plan([], { problems: [{ ...problem, severity: 'warning' }] }))).toBe(true);
  });
  it('costs no data', () => expect(isPlain(plan([lost]))).toBe(false));
  it('asks nothing of the host', () =>
    expect(isPlain(plan([], { risks: [{ service: 'api', kind: 'privileged', message: '' }] }))).toBe(false));
});
