import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRoute, home, parseRoute, type Route } from './routes.ts';

const part = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' });
const orNull = fc.option(part, { nil: null });
const route: fc.Arbitrary<Route> = fc.oneof(
  fc.constantFrom<Route>({ page: 'today' }, { page: 'stacks' }, { page: 'golden' }),
  orNull.map((folder): Route => ({ page: 'add-stack', folder })),
  fc.tuple(part, part).map(([folder, project]): Route => ({ page: 'add-stack', folder, project })),
  orNull.map((operationId): Route => ({ page: 'activity', operationId })),
  orNull.map((incidentId): Route => ({ page: 'incidents', incidentId })),
  part.map((noticeId): Route => ({ page: 'incidents', incidentId: null, noticeId })),
  part.map((runId): Route => ({ page: 'routine', runId })),
  fc
    .tuple(part, part, part)
    .map(([stack, name, routine]): Route => ({ page: 'routine-start', environmentId: `${stack}/${name}`, routine })),
  fc
    .tuple(part, part)
    .map(([stack, routine]): Route => ({ page: 'routine-edit', environmentId: `${stack}/main`, routine })),
  orNull.map((section): Route => ({ page: 'settings', section })),
  fc.tuple(part, part, orNull, orNull).map(
    ([stack, name, service, tab]): Route => ({
      page: 'stack',
      environmentId: `${stack}/${name}`,
      service,
      tab: service === null ? null : tab,
    }),
  ),
);

describe('routes', () => {
  it('come back as they went, whatever the names', () => {
    fc.assert(
      fc.property(route, (one) => {
        expect(parseRoute(formatRoute(one))).toEqual(one);
      }),
    );
  });

  it('lead home from anywhere else, and never throw', () => {
    expect(parseRoute('#/nowhere')).toEqual(home);
    expect(parseRoute('')).toEqual(home);
    fc.assert(fc.property(fc.string(), (text) => parseRoute(text).page.length > 0));
  });
});
