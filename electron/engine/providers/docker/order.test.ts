import { array, assert, asyncProperty, constantFrom, dictionary, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ComposeProject, ComposeService } from '../../../../shared/domain/compose-model.ts';
import { dependenciesOf, inOrder, neededToCreate, oneShots, selectServices, selectWithDependencies } from './order.ts';

const project = (services: Record<string, ComposeService>): ComposeProject => ({ name: 'p', services });
const on = (...names: string[]): ComposeService => ({
  depends_on: Object.fromEntries(names.map((name) => [name, { condition: 'service_started', required: true }])),
});

/** Services s0…sn, each depending only on earlier ones: never a circle. */
const projects = integer({ min: 1, max: 8 }).chain((count) =>
  array(array(integer({ min: 0, max: 7 }), { maxLength: 3 }), { minLength: count, maxLength: count }).map((edges) =>
    project(
      Object.fromEntries(
        edges.map((to, index) => [`s${index}`, on(...to.filter((i) => i < index).map((i) => `s${i}`))]),
      ),
    ),
  ),
);

describe('the order of services', () => {
  it('puts every dependency first', () => {
    assert(
      property(projects, (each) => {
        const order = selectWithDependencies(each, undefined);
        return (
          order.length === Object.keys(each.services).length &&
          order.every((name, index) =>
            [...dependenciesOf(each, name).keys()].every((other) => order.indexOf(other) < index),
          )
        );
      }),
    );
  });

  it('takes dependencies along, or only the named', () => {
    const each = project({ a: {}, b: on('a'), c: on('b'), d: {} });
    expect(selectWithDependencies(each, ['c'])).toEqual(['a', 'b', 'c']);
    expect(selectServices(each, ['c', 'a'])).toEqual(['a', 'c']);
    expect(() => selectServices(each, ['x'])).toThrow('no service x');
  });

  it('names the circle', () => {
    expect(() => selectWithDependencies(project({ a: on('b'), b: on('a') }), undefined)).toThrow('a → b → a');
  });

  it('counts shared namespaces, volumes and links as dependencies', () => {
    const each = project({
      a: {},
      b: { network_mode: 'service:a' },
      c: { volumes_from: ['b:ro', 'container:other'] },
      d: { links: ['c:alias'], pid: 'host' },
    });
    expect([...dependenciesOf(each, 'b').keys()]).toEqual(['a']);
    expect([...dependenciesOf(each, 'c').keys()]).toEqual(['b']);
    expect([...dependenciesOf(each, 'd').keys()]).toEqual(['c']);
  });

  it('leaves out services of other profiles and knows one-shots', () => {
    const each = project({
      a: { depends_on: { gone: { condition: 'service_started', required: false } } },
      b: { depends_on: { a: { condition: 'service_completed_successfully', required: true } } },
    });
    expect([...dependenciesOf(each, 'a').keys()]).toEqual([]);
    expect([...oneShots(each)]).toEqual(['a']);
  });
});

describe('inOrder', () => {
  const never = new AbortController().signal;

  it('works on nothing before what it depends on is done', async () => {
    await assert(
      asyncProperty(projects, async (each) => {
        const done = new Set<string>();
        await inOrder(
          Object.keys(each.services),
          (name) => dependenciesOf(each, name).keys(),
          async (name) => {
            for (const other of dependenciesOf(each, name).keys()) expect(done.has(other)).toBe(true);
            await Promise.resolve();
            done.add(name);
          },
          never,
        );
        expect(done.size).toBe(Object.keys(each.services).length);
      }),
      { numRuns: 50 },
    );
  });

  it('stops the rest at the first failure and throws it', async () => {
    await assert(
      asyncProperty(
        projects,
        dictionary(constantFrom('s0', 's1', 's2', 's3'), constantFrom(true)),
        async (each, failing) => {
          const names = Object.keys(each.services);
          const work = inOrder(
            names,
            (name) => dependenciesOf(each, name).keys(),
            async (name) => {
              if (name in failing) throw new Error(name);
            },
            never,
          );
          const bad = names.filter((name) => name in failing);
          if (bad.length === 0) await work;
          else await expect(work).rejects.toThrow(/^s\d$/);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('ends with the reason when it is cancelled', async () => {
    const controller = new AbortController();
    const work = inOrder(
      ['a', 'b'],
      () => [],
      (_name, signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
        ),
      controller.signal,
    );
    controller.abort(new Error('enough'));
    await expect(work).rejects.toThrow('enough');
  });
});

it('a container is created after those it refers to, not after those it waits for', () => {
  const project = {
    name: 'p',
    services: {
      db: {},
      vpn: {},
      data: {},
      app: {
        depends_on: { db: { condition: 'service_healthy', required: true } },
        network_mode: 'service:vpn',
        volumes_from: ['data:ro'],
        links: ['vpn:v', 'app', 'elsewhere'],
      },
    },
  } as unknown as ComposeProject;
  expect([...neededToCreate(project, 'app')].sort()).toEqual(['data', 'vpn']);
});
