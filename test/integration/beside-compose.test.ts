import { createHash, randomBytes, randomInt } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Action,
  type Beside,
  besideProject,
  crossingWalk,
  expectAgreement,
  type Picture,
} from '../support/beside.ts';
import { fixtureImages } from '../support/docker.ts';
import { createGoldenRig, type GoldenRig } from '../support/golden-rig.ts';

/**
 * The real `docker compose` and we take turns on one project, in all orders. After every action the engine itself is
 * asked: nothing is there twice, nothing is made anew without need, the data stays, and both see the same.
 */

const tools = fixtureImages.tools;
const subnet = `10.${randomInt(1, 250)}.${randomInt(1, 250)}`;
const base = `    image: ${tools}
    command: [sleep, inf]
    stop_signal: SIGKILL
`;
const project = `
services:
  db:
${base}    container_name: PROJECT-own-name
    networks: { back: { ipv4_address: ${subnet}.10, aliases: [storage] } }
    volumes: [data:/data, plain:/plain, /anonymous]
    healthcheck: { test: [CMD, "true"], interval: 300ms, retries: 20 }
    secrets: [worded, written]
  once:
    image: ${tools}
    command: ["true"]
    networks: [back]
    volumes: [data:/data]
  web:
${base}    scale: 2
    depends_on:
      db: { condition: service_healthy }
      once: { condition: service_completed_successfully }
    networks: { default: , back: { aliases: [front] } }
    environment: { MARK: one }
    configs: [{ source: inline, target: /etc/inline }, { source: filed, target: /etc/filed }]
  extra:
${base}    profiles: [extra]
networks: { back: { internal: true, ipam: { config: [{ subnet: ${subnet}.0/24 }] } } }
volumes: { data: , plain: { labels: { kept: plain } } }
secrets: { worded: { environment: BESIDE_WORD }, written: { file: ./written } }
configs: { inline: { content: "in line\\n" }, filed: { file: ./written } }
`;
const expectedNames = ['db-1', 'once-1', 'web-1', 'web-2'];

let rig: GoldenRig;
beforeAll(async () => {
  rig = await createGoldenRig();
});
afterAll(() => rig.close());

/** Acts, and compares what is there with what should be. */
async function follow(made: Beside, actions: readonly Action[]): Promise<void> {
  const word = randomBytes(30_000).toString('hex');
  const sum = createHash('sha256').update(`${word}\n`).digest('hex');
  let marked = false;
  let before: Picture = await made.look();
  const done: string[] = [];
  for (const action of actions) {
    const there = Object.keys(before.containers).length > 0;
    // Compose refuses to start what is not there, and we have no such verb.
    if (action.verb === 'start' && !there) continue;
    done.push(`${action.by} ${action.verb}`);
    const trail = done.slice(-6).join(', ');
    await made.act(action);
    const after = await made.look();
    const names = Object.keys(after.containers).sort();
    const up = action.verb === 'up' || (there && action.verb !== 'down');
    expect(names, trail).toEqual(up ? expectedNames : []);
    for (const [name, was] of Object.entries(before.containers)) {
      const now = after.containers[name];
      if (now === undefined) continue;
      expect(now.id, `${name} after ${trail}`).toBe(was.id);
      if (name === 'once-1') continue;
      expect(now.running, `${name} after ${trail}`).toBe(action.verb !== 'stop');
      if (action.verb === 'restart') expect(now.startedAt, `${name} after ${trail}`).not.toBe(was.startedAt);
      else if (was.running) expect(now.startedAt, `${name} after ${trail}`).toBe(was.startedAt);
    }
    if (up) expect(after.containers['once-1'], trail).toMatchObject({ running: false, exitCode: 0 });
    expect(Object.keys(after.networks).length, trail).toBe(up ? 2 : 0);
    if (there && up) expect(after.networks, trail).toEqual(before.networks);
    if (marked) expect(after.volumes, trail).toEqual(before.volumes);
    await expectAgreement(made, after);
    if (action.verb === 'up') {
      if (!marked) await write(made, word);
      marked = true;
      expect((await made.inside('db-1', 'sha256sum', '/data/word')).split(' ')[0], trail).toBe(sum);
      expect(await made.inside('db-1', 'cat', '/plain/word', '/run/secrets/worded'), trail).toBe('plain\nhush');
      expect(await made.inside('web-2', 'cat', '/etc/inline', '/etc/filed'), trail).toBe('in line\nfrom a file');
    }
    before = await made.look();
  }
}

async function write(made: Beside, word: string): Promise<void> {
  await made.inside('db-1', 'bash', '-c', `echo plain > /plain/word; printf '%s\\n' ${word} > /data/word`);
}

async function make(): Promise<Beside> {
  const made = await besideProject({
    text: project.replaceAll('PROJECT-own-name', `gh-beside-own-${randomBytes(4).toString('hex')}`),
    files: { written: 'from a file' },
    environment: { BESIDE_WORD: 'hush' },
    placement: rig.golden.placement,
  });
  return made;
}

describe('docker compose and we on one project', () => {
  it('cross each other in every pair of actions', async () => {
    const made = await make();
    try {
      await follow(made, crossingWalk(['up', 'stop', 'restart', 'down'], ['up', 'stop', 'start', 'restart', 'down']));
    } finally {
      await made.remove();
    }
  });

  it('act at random', async () => {
    const action = fc.oneof(
      fc.record({ by: fc.constant('ours' as const), verb: fc.constantFrom('up', 'up', 'stop', 'restart', 'down') }),
      fc.record({
        by: fc.constant('theirs' as const),
        verb: fc.constantFrom('up', 'up', 'stop', 'start', 'restart', 'down'),
      }),
    );
    const [actions] = fc.sample(fc.array(action, { minLength: 24, maxLength: 24 }), { numRuns: 1, seed: 3 });
    const made = await make();
    try {
      await follow(made, [{ by: 'theirs', verb: 'up' }, ...((actions ?? []) as Action[])]);
    } finally {
      await made.remove();
    }
  });
});
