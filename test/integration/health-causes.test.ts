import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureImages } from '../support/docker.ts';
import { waitFor } from '../support/wait.ts';
import { type WatchedStack, watchedStack } from '../support/watched-stack.ts';

/** Why real services are down, in words; what is told of them, and what another life of the engine makes of it. */

let stack: WatchedStack;

const files = {
  'compose.yaml': `
name: PROJECT
x-quick: &quick
  image: ${fixtureImages.tools}
  init: true
  stop_grace_period: 0s
services:
  db: { <<: *quick, command: [sleep, inf] }
  hungry:
    <<: *quick
    init: false
    command: [sh, -c, 'trap exit TERM; while [ ! -e /tmp/eat ]; do sleep 0.1; done; exec tail /dev/zero']
    mem_limit: 32m
    memswap_limit: 32m
  many: { <<: *quick, command: [sleep, inf], scale: 2 }
`,
  'golden.yml': `version: 1
health:
  defaults: { interval: 2s, successes: 1 }
`,
};

beforeAll(async () => {
  stack = await watchedStack({ prefix: 'causes', files });
}, 120_000);

afterAll(() => stack?.close(), 60_000);

describe('why a real service is down', { timeout: 120_000 }, () => {
  it('is memory, with the limit', async () => {
    await stack.health('hungry', 'healthy');
    await stack.inside('hungry', 'touch /tmp/eat');
    await stack.health('hungry', 'down');
    await waitFor(async () => /limit 32 MB/.test((await stack.health('hungry', 'down')).reason ?? ''), {
      what: 'the limit is named',
    });
    const notice = await waitFor(async () => (await stack.state()).watch.notices[0], { what: 'a notice' });
    expect(notice.lines.join('\n')).toMatch(/[Rr]an out of memory/);
    expect(notice.actions).toContain('raise-limit');
  });

  it('is the same to the next life of the engine, which tells it no second time', async () => {
    const before = (await stack.state()).watch;
    await stack.closeEngine();
    await stack.openEngine();
    // By the watch itself: the view goes by the containers until it has looked.
    await waitFor(
      async () => {
        const checks = await stack.api.health.checks({ environmentId: stack.environmentId }, stack.call);
        const states = Object.fromEntries(checks.map((each) => [each.service, each.state]));
        return states['hungry'] === 'down' && states['db'] === 'healthy';
      },
      { what: 'the watch has looked again' },
    );
    const after = (await stack.state()).watch;
    expect(after.notices.map(({ id }) => id)).toEqual(before.notices.map(({ id }) => id));
    expect(after.notices.every(({ silent }) => silent)).toBe(true);
    const same = after.incidents.filter((each) => each.service === 'hungry');
    expect(same).toMatchObject([{ id: before.incidents.find((each) => each.service === 'hungry')?.id, downs: 1 }]);
    expect(same[0]?.cause).toMatchObject({ kind: 'oom' });
  });

  it('is one of its containers, by name', async () => {
    await stack.health('many', 'healthy');
    await stack.inside('many', 'kill -9 -1', 2);
    const down = await stack.health('many', 'down');
    expect(down.reason).toContain(`${stack.project}-many-2, one of 2 containers`);
    await stack.container('many', 2).start();
    await stack.health('many', 'healthy');
  });
});
