import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compose } from '../support/compose.ts';
import { connectDocker, listByLabel } from '../support/docker.ts';
import { runWell, type TestStacks, testStacks } from '../support/docker-stacks.ts';
import { copyStack, type StackCopy } from '../support/stacks.ts';

/** The life of a whole stack on the real engine, and what the real docker compose makes of it. */

const docker = connectDocker();
let stack: StackCopy;
let shop: TestStacks;

interface Seen {
  readonly id: string;
  readonly state: string;
  readonly started: string;
}

async function containers(): Promise<Readonly<Record<string, Seen>>> {
  const label = `com.docker.compose.project=${stack.projectName}`;
  const { containers: ids } = await listByLabel(docker, label);
  const seen: Record<string, Seen> = {};
  for (const id of ids) {
    const found = await docker.getContainer(id).inspect();
    seen[found.Config.Labels['com.docker.compose.service'] ?? found.Name] = {
      id,
      state: found.State.Status,
      started: found.State.StartedAt,
    };
  }
  return seen;
}

async function http(path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${stack.ports['SHOP_WEB_PORT']}${path}`);
  return response.text();
}

beforeAll(async () => {
  stack = await copyStack('shop', { variables: { FIXTURE_FAST: '1' } });
  shop = testStacks({ folder: stack.folder });
});

afterAll(async () => {
  await stack.remove();
  shop.client.close();
});

describe('a stack on the engine', () => {
  it('says what it will create', async () => {
    const plan = await shop.plan('up');
    expect(plan.problems).toEqual([]);
    const created = plan.changes.filter((each) => each.action === 'create').map((each) => each.name);
    expect(created).toEqual(
      expect.arrayContaining([
        `${stack.projectName}_default`,
        `${stack.projectName}_front`,
        `${stack.projectName}_db-data`,
        `${stack.projectName}-db-1`,
        `${stack.projectName}-web-1`,
      ]),
    );
    expect(plan.changes.every((each) => each.cost === 'none')).toBe(true);
  });

  it('starts in the order of its conditions', async () => {
    await runWell(shop, 'up');
    const seen = await containers();
    expect(Object.keys(seen).sort()).toEqual(['api', 'cache', 'db', 'migrate', 'web']);
    expect(seen['migrate']?.state).toBe('exited');
    expect(seen['web']?.state).toBe('running');
    const at = (name: string): number => Date.parse(seen[name]?.started ?? '');
    expect(at('db')).toBeLessThan(at('migrate'));
    expect(at('migrate')).toBeLessThan(at('api'));
    expect(at('api')).toBeLessThan(at('web'));
    expect(await http('/api/health')).toBe('ok\n');
  });

  it('does nothing when it is up', async () => {
    const before = await containers();
    const plan = await shop.plan('up');
    expect(plan.changes).toEqual([]);
    expect(await runWell(shop, 'up')).toContain('nothing changed');
    expect(await containers()).toEqual(before);
  });

  it('is what docker compose sees', async () => {
    const listed = await compose(['ps', '--all', '--format', 'json'], { folder: stack.folder });
    expect(listed.exitCode, listed.stderr).toBe(0);
    const services = listed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { Service: string; State: string; Health: string; Name: string });
    expect(services.map((each) => each.Service).sort()).toEqual(['api', 'cache', 'db', 'migrate', 'web']);
    expect(services.find((each) => each.Service === 'db')).toMatchObject({
      State: 'running',
      Health: 'healthy',
      Name: `${stack.projectName}-db-1`,
    });
    const logs = await compose(['logs', '--no-color', 'db'], { folder: stack.folder });
    expect(logs.stdout).toContain('database system is ready to accept connections');
  });

  it('is left alone by docker compose up', async () => {
    const before = await containers();
    const up = await compose(['up', '-d', '--no-build'], { folder: stack.folder });
    expect(up.exitCode, up.stderr).toBe(0);
    const after = await containers();
    // Compose runs a one-shot again on every up; everything else must be untouched.
    // Up to 2.29 its hash counts the dependencies in, so that only services without any look unchanged to it.
    const { stdout: version } = await compose(['version', '--short'], { folder: stack.folder });
    const [major = 0, minor = 0] = version.trim().replace(/^v/, '').split('.').map(Number);
    const alike = major > 2 || minor >= 30 ? ['db', 'cache', 'api', 'web'] : ['db', 'cache'];
    for (const name of alike) expect(after[name], name).toEqual(before[name]);
    // Whatever Compose recreated is ours again.
    await runWell(shop, 'up');
    expect((await shop.plan('up')).changes).toEqual([]);
  });

  it('recreates only what a change concerns and keeps the data', async () => {
    const api = `http://127.0.0.1:${stack.ports['SHOP_API_PORT']}/data/kept`;
    expect((await fetch(api, { method: 'PUT', body: 'still here' })).status).toBe(201);
    const before = await containers();
    const file = join(stack.folder, 'compose.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('SERVICE_NAME: api', 'SERVICE_NAME: "shop $$(touch /data/x) ; rm -rf /"'));
    const plan = await shop.plan('up');
    expect(plan.changes.filter((each) => each.action === 'recreate')).toMatchObject([
      { service: 'api', cost: 'recreate', reason: 'changed: environment.SERVICE_NAME' },
    ]);
    await runWell(shop, 'up', { planHash: plan.hash });
    const after = await containers();
    expect(after['api']?.id).not.toBe(before['api']?.id);
    for (const name of ['db', 'cache', 'web']) expect(after[name], name).toEqual(before[name]);
    expect(Object.keys(after)).toHaveLength(5);
    expect(await (await fetch(api)).text()).toBe('still here');
    const self = (await (await fetch(`http://127.0.0.1:${stack.ports['SHOP_API_PORT']}/`)).json()) as { name: string };
    expect(self.name).toBe('shop $(touch /data/x) ; rm -rf /');
    expect((await shop.plan('up')).changes).toEqual([]);
  });

  it('refuses a plan that is no longer true', async () => {
    const ended = await shop.run('up', { planHash: 'old' });
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'plan.stale' } });
  });

  it('stops and starts again', async () => {
    const before = await containers();
    expect(await runWell(shop, 'stop')).toBe(`${shop.environmentId} stopped.`);
    const stopped = await containers();
    expect(Object.values(stopped).every((each) => each.state === 'exited')).toBe(true);
    expect(await runWell(shop, 'stop')).toContain('already');
    await runWell(shop, 'up');
    const after = await containers();
    for (const name of ['db', 'api', 'web']) {
      expect(after[name]?.id, name).toBe(before[name]?.id);
      expect(after[name]?.state, name).toBe('running');
    }
  });

  it('restarts one service', async () => {
    const before = await containers();
    expect(await runWell(shop, 'restart', { services: ['cache'] })).toBe('cache restarted.');
    const after = await containers();
    expect(after['cache']?.started).not.toBe(before['cache']?.started);
    expect(after['db']).toEqual(before['db']);
  });

  it('names a service that does not exist', async () => {
    const ended = await shop.run('restart', { services: ['nope'] });
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'input.not-found' } });
  });

  it('reports what left the file and leaves it running', async () => {
    const file = join(stack.folder, 'compose.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/\n {2}web:\n[\s\S]*?\n\nnetworks:/, '\n\nnetworks:'));
    const plan = await shop.plan('up');
    expect(plan.changes).toMatchObject([{ resource: 'container', service: 'web', action: 'keep' }]);
    await runWell(shop, 'up');
    expect((await containers())['web']?.state).toBe('running');
    await writeFile(file, text);
  });

  it('goes down and keeps its data, then goes with it', async () => {
    await runWell(shop, 'down');
    const label = `com.docker.compose.project=${stack.projectName}`;
    expect(await listByLabel(docker, label)).toMatchObject({ containers: [], networks: [] });
    expect((await listByLabel(docker, label)).volumes).toHaveLength(3);

    const unseen = await shop.run('remove', { volumes: true });
    expect(unseen).toMatchObject({ state: 'failed', error: { code: 'guard.refused' } });
    const plan = await shop.plan('remove', { volumes: true });
    expect(plan.changes.filter((each) => each.cost === 'data').map((each) => each.name)).toHaveLength(3);
    await appendFile(join(stack.folder, 'compose.yaml'), '\n# changed\n');
    await runWell(shop, 'remove', { volumes: true, planHash: plan.hash });
    expect(await listByLabel(docker, label)).toEqual({ containers: [], networks: [], volumes: [] });
  });
});
