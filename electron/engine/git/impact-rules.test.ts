import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ComposeProject } from '../../../shared/domain/compose-model.ts';
import { type ChangedFile, type ImpactInput, impactOf } from './impact-rules.ts';
import { pathMatcher } from './path-patterns.ts';

const file = (absolute: string): ChangedFile => ({ repository: 'shop', path: absolute, absolute, from: 'branch' });
const needs = (...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, { condition: 'service_started', required: true } as const]));

const project: ComposeProject = {
  name: 'shop',
  services: {
    db: { image: 'pg', volumes: [{ type: 'bind', source: '/p/shop/db/init', target: '/x' }] },
    api: {
      build: { context: '/p/shop/api', additional_contexts: { lib: '/p/lib', x: 'docker-image://y' } },
      depends_on: needs('db'),
    },
    web: { image: 'web', depends_on: needs('api'), configs: [{ source: 'nginx' }] },
    other: { image: 'other', build: { context: 'https://example.test/x.git' } },
  },
  configs: { nginx: { file: '/p/shop/nginx.conf' } },
};

const input = (files: readonly string[], more: Partial<ImpactInput> = {}): ImpactInput => ({
  base: 'main',
  files: files.map(file),
  folder: '/p/shop',
  namedFolder: '/p/shop',
  domains: {},
  project,
  running: new Set(['api']),
  ...more,
});

describe('impact', () => {
  it('goes by build contexts, mounts and configs, and on to dependants', () => {
    const found = impactOf(input(['/p/shop/api/src/a.ts', '/p/lib/b.ts', '/p/shop/README.md']));
    expect(found.services).toEqual([{ name: 'api', why: 'built from api, built from /p/lib', running: true }]);
    expect(found.dependants).toEqual(['web']);
    expect(found.unclaimed).toBe(1);
    expect(impactOf(input(['/p/shop/db/init/1.sql'])).dependants).toEqual(['api', 'web']);
    expect(impactOf(input(['/p/shop/nginx.conf'])).services[0]?.why).toBe('config nginx.conf');
    expect(impactOf(input(['/p/shop/db/initial/1.sql'])).services).toEqual([]);
  });

  it('goes by domains, with their tests', () => {
    const domains = {
      orders: { paths: ['api/orders/**', '!**/*.md'], services: ['api', 'web'], tests: ['npm test -- orders'] },
      docs: { paths: ['**/*.md'], tests: ['npm run docs'] },
      lib: { paths: ['../lib'], tests: ['npm run docs'] },
    };
    const found = impactOf(input(['/p/shop/api/orders/a.ts', '/p/shop/api/orders/a.md', '/p/lib/x/y'], { domains }));
    expect(found.domains).toEqual([
      { name: 'orders', files: 1, services: ['api', 'web'], tests: ['npm test -- orders'] },
      { name: 'docs', files: 1, services: [], tests: ['npm run docs'] },
      { name: 'lib', files: 1, services: [], tests: ['npm run docs'] },
    ]);
    expect(found.services.map(({ name, why }) => [name, why])).toEqual([
      ['api', 'orders, built from api, built from /p/lib'],
      ['web', 'orders'],
    ]);
    expect(found.tests).toEqual(['npm test -- orders', 'npm run docs']);
    expect(found.unclaimed).toBe(0);
  });

  it('counts what it does not list', () => {
    const found = impactOf(input(Array.from({ length: 5003 }, (_, index) => `/p/shop/x/${index}`)));
    expect([found.files.length, found.moreFiles, found.unclaimed]).toEqual([5000, 3, 5003]);
  });
});

describe('patterns of paths', () => {
  it.each([
    ['api', '/p/api/a/b', true],
    ['api/', '/p/api/a', true],
    ['./api/*.ts', '/p/api/a.ts', true],
    ['api/*.ts', '/p/api/b/a.ts', false],
    ['**/*.sql', '/p/a.sql', true],
    ['**', '/p/.hidden/x', true],
    ['.', '/p/x', true],
    ['../q/**', '/q/x', true],
    ['**', '/q/x', false],
    ['a[1].txt', '/p/a1.txt', true],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(pathMatcher([pattern], '/p')(path)).toBe(expected);
  });

  it('take out again what was taken in, and in again', () => {
    const matches = pathMatcher(['src/**', '!src/docs/**', 'src/docs/api.md'], '/p');
    expect(['/p/src/a', '/p/src/docs/b', '/p/src/docs/api.md'].map(matches)).toEqual([true, false, true]);
  });

  it('never match outside of where they start', () => {
    const segment = fc.stringMatching(/^[a-z.*!]{1,4}$/);
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), segment, (parts, name) => {
        const pattern = parts.filter((part) => part !== '..' && part !== '.').join('/');
        fc.pre(pattern !== '' && !pattern.startsWith('!'));
        expect(pathMatcher([pattern], '/p/q')(`/p/x${name.replaceAll(/[*!.]/g, 'y')}`)).toBe(false);
      }),
    );
  });
});
