import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compose } from '../support/compose.ts';
import { fixtureImages } from '../support/docker.ts';
import { type PrivateEngine, startPrivateEngine } from '../support/private-engine.ts';
import { waitFor } from '../support/wait.ts';
import { type WatchedStack, watchedStack } from '../support/watched-stack.ts';

/** What the watch makes of what people do to containers beside us, and of an engine that restarts them itself. */

let stack: WatchedStack;
let other: PrivateEngine;

/** A second engine, known by a context of Docker's. */
async function withContext(folder: string): Promise<string> {
  const config = join(folder, 'docker');
  const meta = join(config, 'contexts/meta', createHash('sha256').update('other').digest('hex'));
  await mkdir(meta, { recursive: true });
  const endpoints = { docker: { Host: other.host, SkipTLSVerify: false } };
  await writeFile(join(meta, 'meta.json'), JSON.stringify({ Name: 'other', Metadata: {}, Endpoints: endpoints }));
  return config;
}

beforeAll(async () => {
  other = await startPrivateEngine({ images: [] });
  stack = await watchedStack({
    prefix: 'beside',
    dockerConfig: withContext,
    files: {
      'compose.yaml': `
name: PROJECT
x-quick: &quick { image: '${fixtureImages.tools}', init: true, stop_grace_period: 0s }
services:
  api: { <<: *quick, command: [sleep, inf] }
  worker: { <<: *quick, command: [sleep, inf] }
  loop:
    <<: *quick
    restart: always
    command: [sh, -c, 'while [ ! -e /tmp/crash ]; do sleep 0.2; done; exit 3']
`,
      'golden.yml': 'version: 1\nhealth: { defaults: { interval: 2s, successes: 1 } }\n',
    },
  });
}, 180_000);

afterAll(async () => {
  await stack?.close();
  await other?.remove();
}, 60_000);

const incidents = async (): Promise<readonly string[]> =>
  (await stack.state()).watch.incidents.map(({ service }) => service ?? '');

async function well(): Promise<void> {
  for (const name of ['api', 'worker', 'loop']) await stack.health(name, 'healthy');
}

describe('what people do beside us', { timeout: 120_000 }, () => {
  it('a pause is a pause, and no failure', async () => {
    await well();
    await stack.container('api').pause();
    await stack.health('api', 'paused');
    await stack.container('api').unpause();
    await stack.health('api', 'healthy');
    expect(await incidents()).toEqual([]);
  });

  it('a kill by hand is a stop', async () => {
    await stack.container('api').kill();
    await stack.health('api', 'stopped');
    await stack.container('api').start();
    await stack.health('api', 'healthy');
    expect(await incidents()).toEqual([]);
  });

  it('a restart by docker compose is no failure', async () => {
    const before = (await stack.container('worker').inspect()).State.StartedAt;
    expect(await compose(['restart', '-t', '0'], { folder: stack.folder })).toMatchObject({ exitCode: 0 });
    expect((await stack.container('worker').inspect()).State.StartedAt).not.toBe(before);
    await well();
    expect(await incidents()).toEqual([]);
  });

  it('a kill by hand while we were away is a stop', async () => {
    await stack.closeEngine();
    await stack.container('worker').kill();
    await stack.openEngine();
    await stack.health('worker', 'stopped');
    await stack.health('api', 'healthy');
    expect(await incidents()).toEqual([]);
    await stack.container('worker').start();
    await stack.health('worker', 'healthy');
  });

  it('another engine is chosen: nothing is a failure there, nor after the return', async () => {
    const { engines } = stack.api;
    const list = await engines.detect({}, stack.call);
    const [here, there] = [list.find((each) => each.selected), list.find((each) => each.endpoint === other.host)];
    await engines.select({ engineId: there?.id ?? '' }, stack.call);
    await waitFor(async () => (await stack.service('api')).state === 'absent', { what: 'the other engine is empty' });
    await stack.health('api', 'stopped');
    await engines.select({ engineId: here?.id ?? '' }, stack.call);
    await well();
    expect(await incidents()).toEqual([]);
    expect((await stack.state()).watch.notices).toEqual([]);
  });

  it('what the engine restarts again and again is told once, and is flapping', async () => {
    await stack.inside('loop', 'touch /tmp/crash');
    const flapping = await stack.health('loop', 'flapping');
    expect(flapping.reason).toMatch(/3 times/);
    const [notice] = await waitFor(
      async () => {
        const { notices } = (await stack.state()).watch;
        return notices.length > 0 && notices;
      },
      { what: 'a notice' },
    );
    expect(notice).toMatchObject({ service: 'loop', environment: stack.environmentId });
    const restarts = async (): Promise<number> => (await stack.container('loop').inspect()).RestartCount;
    const before = await restarts();
    await waitFor(async () => (await restarts()) >= before + 2, { what: 'two more restarts', deadlineMs: 60_000 });
    const { watch } = await stack.state();
    expect(watch.notices.map(({ id }) => id)).toEqual([notice?.id]);
    expect(watch.incidents.filter((each) => each.service === 'loop')).toHaveLength(1);
    const told = (await stack.notes('loop')).filter((text) => text.startsWith('Told: '));
    // Down, then flapping: the second replaces the first without a sound.
    expect(told.length).toBeLessThanOrEqual(2);
  });
});
