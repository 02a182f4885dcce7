import { describe, expect, it } from 'vitest';
import { containerOf, stateOf, targetOf } from '../../../../test/support/engine-state.ts';
import type { EnvironmentTarget } from '../provider.ts';
import { composeLabels } from '../provider.ts';
import type { Existing } from './containers.ts';
import { decideContainers } from './plan-decide.ts';
import { servicesToStart } from './plan-start.ts';
import type { EngineState } from './plan-state.ts';

function kinds(target: EnvironmentTarget, order: readonly string[], state: EngineState): Record<string, string[]> {
  const decisions = decideContainers(target, order, state, () => false);
  return Object.fromEntries(
    [...decisions].map(([name, list]) => [
      name,
      list.map((each) => `${each.kind} ${each.kind === 'remove' ? each.existing.info.name : each.name}`),
    ]),
  );
}

const labelled = (service: string, hash: string): Record<string, string> => ({
  [composeLabels.configHash]: hash,
  [composeLabels.service]: service,
});

describe('what happens to containers', () => {
  it('keeps what is as declared, creates what is missing', () => {
    const target = targetOf({ a: {}, b: {} });
    expect(kinds(target, ['a', 'b'], stateOf([containerOf('a')]))).toEqual({
      a: ['keep shop-a-1'],
      b: ['create shop-b-1'],
    });
  });

  it.each<[string, Existing, Partial<EngineState>]>([
    ['its configuration changed', containerOf('a', { labels: labelled('a', 'other') }), {}],
    ['its image changed', containerOf('a', { imageId: 'sha256:old' }), {}],
    ['network shop_default was created again', containerOf('a'), { networks: [] }],
  ])('recreates when %s', (reason, existing, more) => {
    const decisions = decideContainers(targetOf({ a: {} }), ['a'], stateOf([existing], more), () => false);
    expect(decisions.get('a')).toMatchObject([{ kind: 'recreate', reasons: [reason] }]);
  });

  it('recreates when a copied file changed', () => {
    const decisions = decideContainers(targetOf({ a: {} }), ['a'], stateOf([containerOf('a')]), () => true);
    expect(decisions.get('a')).toMatchObject([{ kind: 'recreate', reasons: ['a secret or config changed'] }]);
  });

  it('recreates what shares a container that is recreated', () => {
    const target = targetOf({ a: {}, b: { network_mode: 'service:a' } });
    const state = stateOf([containerOf('a', { labels: labelled('a', 'other') }), containerOf('b')]);
    const { b } = kinds(target, ['a', 'b'], state);
    expect(b).toEqual(['recreate shop-b-1']);
  });

  it('scales down from the highest number, and up into gaps', () => {
    const three = [1, 2, 3].map((number) => containerOf('a', { number }));
    expect(kinds(targetOf({ a: { scale: 1 } }), ['a'], stateOf(three))['a']?.sort()).toEqual([
      'keep shop-a-1',
      'remove shop-a-2',
      'remove shop-a-3',
    ]);
    const gap = [containerOf('a', { number: 2 })];
    expect(kinds(targetOf({ a: { scale: 3 } }), ['a'], stateOf(gap))['a']).toEqual([
      'keep shop-a-2',
      'create shop-a-1',
      'create shop-a-3',
    ]);
    expect(kinds(targetOf({ a: { scale: 0 } }), ['a'], stateOf([containerOf('a')]))['a']).toEqual(['remove shop-a-1']);
  });

  it('drops the one set aside once its successor is there, and takes it back when there is none', () => {
    const aside = containerOf('a', { id: 'f'.repeat(64), name: 'ffffffffffff_shop-a-1', asideOf: 'shop-a-1' });
    expect(kinds(targetOf({ a: {} }), ['a'], stateOf([aside, containerOf('a')]))['a']?.sort()).toEqual([
      'keep shop-a-1',
      'remove ffffffffffff_shop-a-1',
    ]);
    expect(kinds(targetOf({ a: {} }), ['a'], stateOf([aside]))['a']).toEqual(['keep shop-a-1']);
  });
});

describe('what is started', () => {
  const job = { depends_on: { job: { condition: 'service_completed_successfully', required: true } as const } };
  const started = (target: EnvironmentTarget, existing: readonly Existing[]): string[] => {
    const order = ['job', 'app'];
    const decisions = decideContainers(target, order, stateOf(existing), () => false);
    return [...servicesToStart(target, order, decisions).start].sort();
  };
  const ended = containerOf('job', { state: 'exited', exitCode: 0 });

  it('runs a one-shot again only when somebody waits for it', () => {
    const target = targetOf({ job: {}, app: job });
    expect(started(target, [ended, containerOf('app')])).toEqual([]);
    expect(started(target, [ended, containerOf('app', { state: 'exited', exitCode: 0 })])).toEqual(['app', 'job']);
    expect(started(target, [containerOf('job', { state: 'exited', exitCode: 1 }), containerOf('app')])).toEqual([
      'job',
    ]);
  });

  it('restarts what asked to be restarted with its dependency', () => {
    const target = targetOf({
      job: {},
      app: { depends_on: { job: { condition: 'service_started', required: true, restart: true } } },
    });
    const changed = containerOf('job', { labels: labelled('job', 'other') });
    const decisions = decideContainers(target, ['job', 'app'], stateOf([changed, containerOf('app')]), () => false);
    expect([...servicesToStart(target, ['job', 'app'], decisions).restart]).toEqual(['app']);
  });
});
