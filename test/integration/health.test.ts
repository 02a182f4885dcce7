import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Starter } from '../../shared/contract/operations.ts';
import { fixtureImages } from '../support/docker.ts';
import { waitFor } from '../support/wait.ts';
import { type WatchedStack, watchedStack } from '../support/watched-stack.ts';

/** What the engine concludes about real containers that die, hang, are stopped and come back, and what it tells. */

let stack: WatchedStack;
/** One that nobody touches: the half minute in which failures are forgiven after an operation passes meanwhile. */
let calm: WatchedStack;

const golden = `version: 1
# How we look after it
health:
  defaults:
    interval: 2s # quick, for the test
    successes: 1
`;
const calmFiles = {
  'compose.yaml': `
name: PROJECT
x-quick: &quick { image: '${fixtureImages.tools}', command: [sleep, inf], init: true, stop_grace_period: 0s }
services:
  worker: *quick
  db: *quick
  api: { <<: *quick, depends_on: [db] }
`,
  'golden.yml': `${golden}  services:
    api:
      # Its name is known as long as it runs.
      probe: { command: { run: [getent, hosts, db] } }
      failures: 2
`,
};
const files = {
  'compose.yaml': `
name: PROJECT
services:
  db:
    image: ${fixtureImages.postgres}
    environment: { POSTGRES_PASSWORD: secret }
    init: true
    stop_grace_period: 1s
  api:
    image: ${fixtureImages.http}
    depends_on: [db]
    init: true
    stop_grace_period: 0s
  worker:
    image: ${fixtureImages.tools}
    command: [sh, -c, 'echo starting; echo "FATAL: no licence found" >&2; sleep inf']
    init: true
    stop_grace_period: 0s
  job:
    image: ${fixtureImages.tools}
    command: [sh, -c, 'exit 0']
  after:
    image: ${fixtureImages.tools}
    command: [sleep, inf]
    init: true
    stop_grace_period: 0s
    depends_on: { job: { condition: service_completed_successfully } }
`,
  'golden.yml': `${golden}  services:
    api:
      recovery: restart
`,
};

beforeAll(async () => {
  calm = await watchedStack({ prefix: 'health-calm', files: calmFiles });
  stack = await watchedStack({ prefix: 'health', files });
}, 120_000);

afterAll(async () => {
  await calm?.close();
  await stack?.close();
}, 60_000);

describe('the watch over a real stack', { timeout: 90_000 }, () => {
  it('finds each service healthy, by the probe that suits it', async () => {
    for (const name of ['db', 'api', 'worker', 'after']) await stack.health(name, 'healthy');
    expect(await stack.service('job')).toMatchObject({ health: 'stopped', runsOnce: true });
    const checks = await stack.api.health.checks({ environmentId: stack.environmentId }, stack.call);
    const by = Object.fromEntries(checks.map((check) => [check.service, check]));
    expect(by['db']).toMatchObject({ probe: { postgres: { port: 5432 } }, source: 'suggested' });
    expect(by['db']?.last).toMatchObject({ ok: true });
    expect(by['db']?.latency?.p95).toBeGreaterThan(0);
    expect(by['worker']).toMatchObject({ probe: null, source: 'none' });
    expect(by['job']).toMatchObject({ probe: null, why: 'It runs once and ends.' });
    expect(by['api']).toMatchObject({ recovery: 'restart' });
    expect((await stack.api.environments.get({ environmentId: stack.environmentId }, stack.call)).health).toBe(
      'healthy',
    );
  });

  it('tells of one that ends by itself, with its cause and its telling line, and of its return', async () => {
    await stack
      .container('worker')
      .exec({ Cmd: ['sh', '-c', 'kill -9 -1'] })
      .then((exec) => exec.start({}));
    const down = await stack.health('worker', 'down');
    expect(down.reason).toMatch(/^(Was killed|Exited)/);
    const incident = await stack.incidentOf('worker', (each) => each.logLine !== null);
    expect(incident).toMatchObject({ to: null, logLine: 'FATAL: no licence found' });
    const notice = await waitFor(async () => (await stack.state()).watch.notices[0], { what: 'a notice' });
    expect(notice).toMatchObject({ environment: stack.environmentId, service: 'worker' });
    expect(notice.title).toContain('worker is down');
    expect(notice.actions).toContain('restart');

    const { operation } = await stack.api.notices.act({ noticeId: notice.id, action: 'restart' }, stack.call);
    await stack.done(operation!);
    await stack.health('worker', 'healthy');
    const after = await stack.incidentOf('worker', (each) => each.to !== null);
    expect(after.acknowledgedAt).not.toBeNull();
    expect((await stack.api.incidents.get({ incidentId: after.id }, stack.call)).events.length).toBeGreaterThan(1);
    await waitFor(async () => (await stack.state()).watch.notices.length === 0, { what: 'the notice is withdrawn' });
  });

  it('knows a database that crashed, and that it came back', async () => {
    await stack.inside('db', 'kill -9 -1');
    await stack.health('db', 'down');
    const incident = await stack.incidentOf('db', (each) => each.to === null);
    expect(incident.cause?.kind).toMatch(/killed|exit/);
    await stack.up();
    await stack.health('db', 'healthy');
  });

  it('restarts by itself what asks for that, and says so', async () => {
    const started = (await stack.container('api').inspect()).State.StartedAt;
    await stack
      .container('api')
      .exec({ Cmd: ['sh', '-c', 'kill -9 -1'] })
      .then((exec) => exec.start({}));
    await waitFor(async () => (await stack.container('api').inspect()).State.StartedAt !== started, {
      what: 'api is started again',
      deadlineMs: 60_000,
    });
    await stack.health('api', 'healthy');
    const incident = await stack.incidentOf('api');
    const { events } = await stack.api.incidents.get({ incidentId: incident.id }, stack.call);
    expect(events.map((event) => event.text).join('\n')).toMatch(/Restarted api because it is down \(attempt 1\)/);
    // In the journal it stands apart from what somebody asked for.
    const by = (...startedBy: Starter[]) =>
      stack.api.operations.list({ environmentId: stack.environmentId, startedBy, limit: 100 }, stack.call);
    expect(await by('recovery')).toMatchObject([
      { kind: 'stack.restart', startedBy: { who: 'recovery', reason: 'it is down (attempt 1)', service: 'api' } },
    ]);
    expect((await by('user')).map(({ kind }) => kind)).toEqual(['stack.up', 'stack.restart', 'stack.up']);
  });

  it('keeps quiet about what somebody stops, by us or beside us', async () => {
    const before = (await stack.state()).watch.incidents.length;
    await stack.api.environments
      .stop({ environmentId: stack.environmentId, services: ['worker'] }, stack.call)
      .then(stack.done);
    await stack.health('worker', 'stopped');
    await stack.container('after').stop({ t: 0 });
    await stack.health('after', 'stopped');
    expect((await stack.state()).watch.incidents).toHaveLength(before);
    await stack.up();
    await stack.health('after', 'healthy');
  });

  it('watches nothing while it is told not to', async () => {
    await stack.api.health.pauseWatching(
      { environmentId: stack.environmentId, until: Date.now() + 3_600_000 },
      stack.call,
    );
    const [check] = await stack.api.health.checks({ environmentId: stack.environmentId }, stack.call);
    expect(check?.nextAt).toBeNull();
    expect((await stack.state()).watch.pausedUntil[stack.environmentId]).toBeGreaterThan(Date.now());
    await stack.api.health.pauseWatching({ environmentId: stack.environmentId, until: null }, stack.call);
    await stack.health('db', 'healthy');
  });

  it('keeps what happened for the horizon', async () => {
    const now = Date.now();
    const timeline = await stack.api.health.timeline(
      { environmentId: stack.environmentId, from: now - 600_000, to: now + 1000 },
      stack.call,
    );
    const worker = timeline.services.find((each) => each.service === 'worker')!;
    expect(worker.spans.map((span) => span.state)).toEqual(expect.arrayContaining(['healthy', 'down', 'stopped']));
    for (const [index, span] of worker.spans.entries()) {
      expect(span.to).toBeGreaterThan(span.from);
      expect(span.from).toBeGreaterThanOrEqual(worker.spans[index - 1]?.to ?? 0);
    }
    expect(timeline.marks.map((mark) => mark.kind)).toEqual(expect.arrayContaining(['up', 'incident']));
    expect(timeline.marks.filter((mark) => mark.kind === 'recovery')).toMatchObject([
      { service: 'api', label: 'api restarted. By itself: it is down (attempt 1).' },
    ]);
  });

  it('finds one that runs and does not answer', async () => {
    await calm.health('worker', 'healthy');
    await calm.api.health.setCheck(
      { environmentId: calm.environmentId, service: 'worker', check: { probe: { tcp: { port: 9 } }, failures: 2 } },
      calm.call,
    );
    const down = await calm.health('worker', 'down', 60_000);
    expect(down).toMatchObject({ state: 'running' });
    expect(down.reason).toMatch(/Nothing listens/);
    expect(await readFile(join(calm.folder, 'golden.yml'), 'utf8')).toContain('# quick, for the test');
    await calm.api.health.setCheck({ environmentId: calm.environmentId, service: 'worker', check: null }, calm.call);
    await calm.health('worker', 'healthy');
    expect(await readFile(join(calm.folder, 'golden.yml'), 'utf8')).toBe(calmFiles['golden.yml']);
  });

  it('explains one that is down by what it depends on, and tells that alone', async () => {
    await calm.inside('db', 'kill -9 -1');
    await calm.health('db', 'down');
    const api = await waitFor(
      async () =>
        (await calm.state()).watch.incidents.find((each) => each.service === 'api' && each.inhibitedBy === 'db'),
      { what: 'api is explained by db', deadlineMs: 60_000 },
    );
    expect(api.cause).toMatchObject({ kind: 'dependency', path: ['db'] });
    expect((await calm.health('api', 'down')).reason).toMatch(/because db was killed/);
    const toldOf = async (service: string): Promise<number> => {
      const incident = (await calm.state()).watch.incidents.find(
        (each) => each.service === service && each.to === null,
      );
      const { events } = await calm.api.incidents.get({ incidentId: incident?.id ?? '' }, calm.call);
      return events.filter(({ text }) => text.startsWith('Told: ')).length;
    };
    await waitFor(async () => (await toldOf('db')) > 0, { what: 'db is told' });
    expect(await toldOf('api')).toBe(0);
  });
});
