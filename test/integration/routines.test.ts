import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoutineRun } from '../../shared/contract/routines.ts';
import { fixtureImages } from '../support/docker.ts';
import { waitFor } from '../support/wait.ts';
import { type WatchedStack, watchedStack } from '../support/watched-stack.ts';

/** Morning startup and End of day over real containers. */

let stack: WatchedStack;

const files = {
  'compose.yaml': `
name: PROJECT
services:
  db:
    image: ${fixtureImages.tools}
    command: [sh, -c, 'trap "exit 0" TERM; sleep inf & wait']
    volumes: ["data:/data"]
    healthcheck: {test: [CMD, "true"], interval: 1s, timeout: 5s, retries: 20}
  api:
    image: ${fixtureImages.http}
    depends_on: {db: {condition: service_healthy}}
    init: true
    stop_grace_period: 0s
volumes:
  data: {}
`,
  'golden.yml': `version: 1
routines:
  check:
    title: Look around
    steps:
      - run: echo "it runs in $PWD"; echo trouble >&2
        folder: .
      - run: [sh, -c, 'echo "in $HOSTNAME as $NAME"; exit $CODE']
        service: db
        environment: {NAME: o'hara, CODE: "0"}
  fails:
    steps: [{run: exit 3}]
  image:
    steps:
      - uses: golden.capture
        if: data.changed > 1KiB
        with: {purpose: routine-test}
  back:
    steps:
      - uses: golden.restore
        if: data.age > 1ms
  wrong:
    steps:
      - uses: golden.restore
        with: {imagee: x}
  circle:
    steps:
      - {id: a, uses: health, needs: [b]}
      - {id: b, uses: ready, needs: [a], if: data.chnged > 1KiB}
`,
};

beforeAll(async () => {
  stack = await watchedStack({ prefix: 'routines', files });
}, 120_000);

afterAll(async () => {
  await stack?.close();
  await stack?.docker
    .getContainer(`${stack.project}-helper`)
    .remove({ force: true, v: true })
    .catch(() => undefined);
  await stack?.docker
    .getVolume(`${stack.project}-store`)
    .remove()
    .catch(() => undefined);
}, 60_000);

const api = () => stack.api.routines;

async function start(routine: string): Promise<string> {
  const { environmentId, call } = stack;
  const view = await api().trust({ environmentId, routine }, call);
  if (!view.trusted) await api().agree({ environmentId, routine, hash: view.hash }, call);
  const { runId } = await api().run({ environmentId, routine, trigger: 'user' }, call);
  return runId;
}

async function ended(runId: string): Promise<RoutineRun> {
  return waitFor(
    async () => {
      const run = await api().get({ runId }, stack.call);
      return run.state === 'ended' && (run as RoutineRun);
    },
    { what: 'the run ends', deadlineMs: 90_000 },
  );
}

async function output(runId: string, name: string): Promise<string> {
  const flow = { streamId: `routines-${runId}-${name}`, window: 8 };
  let text = '';
  for await (const batch of await api().output({ runId, step: name, flow }, stack.call)) text += batch.text;
  return text;
}

async function inside(script: string): Promise<string> {
  const exec = await stack.container('db').exec({ Cmd: ['sh', '-c', script], AttachStdout: true, Tty: true });
  const stream = await exec.start({ Tty: true });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8').trim();
}

const step = (run: RoutineRun, id: string) => run.steps.find((each) => each.id === id);

describe('the two hours', { timeout: 120_000 }, () => {
  it('winds down and gets going again', async () => {
    const evening = await ended(await start('evening'));
    expect(evening.verdict, JSON.stringify(evening.steps)).toMatchObject({ kind: 'ready' });
    expect(evening.verdict?.sentence).toMatch(/^Done – .*everything stopped/);
    expect(step(evening, 'stack.stop')).toMatchObject({ state: 'done' });
    await stack.health('api', 'stopped');

    const morning = await ended(await start('morning'));
    expect(morning.verdict, JSON.stringify(morning.steps)).toMatchObject({ kind: 'ready' });
    expect(morning.verdict?.sentence).toMatch(/^Ready – 2 of 2 services healthy/);
    expect(step(morning, 'health')?.result).toMatch(/^0 of 2 services healthy/);
    expect(step(morning, 'stack.up')).toMatchObject({ state: 'done' });
    const operationId = step(morning, 'stack.up')?.operationId ?? '';
    expect(await stack.api.operations.get({ operationId }, stack.call)).toMatchObject({
      kind: 'stack.up',
      startedBy: { who: 'routine', reason: 'Morning startup' },
    });
    await stack.health('api', 'healthy');
  });

  it('leaves alone what works', async () => {
    const before = await stack.container('api').inspect();
    const run = await ended(await start('morning'));
    expect(run.verdict?.kind, JSON.stringify(run.steps)).toBe('ready');
    expect(step(run, 'stack.up')).toMatchObject({ state: 'skipped', result: 'Nothing is down.' });
    expect((await stack.container('api').inspect()).State.StartedAt).toBe(before.State.StartedAt);
    // The state that windows follow has the newest of each.
    const { routineRuns } = await stack.state();
    expect(routineRuns.map(({ routine }) => routine).sort()).toEqual(['evening', 'morning']);
    expect(routineRuns.find(({ routine }) => routine === 'morning')?.id).toBe(run.id);
  });

  it('runs commands only after they were agreed to, word by word', async () => {
    const { environmentId, call, folder } = stack;
    const target = { environmentId, routine: 'check' };
    await expect(api().run({ ...target, trigger: 'user' }, call)).rejects.toMatchObject({
      code: 'guard.untrusted',
      details: { trusted: false, commands: [{ where: folder, isNew: true }, { where: 'in the container of db' }] },
    });
    await expect(api().agree({ ...target, hash: 'of something else' }, call)).rejects.toMatchObject({
      code: 'plan.stale',
    });
    const run = await ended(await start('check'));
    expect(run.verdict?.kind, JSON.stringify(run.steps)).toBe('ready');
    const text = await output(run.id, 'run');
    expect(text).toContain(`it runs in ${folder}\n`);
    expect(text).toContain('trouble\n');
    expect(await output(run.id, 'run-2')).toMatch(/in [0-9a-f]{12} as o'hara/);
    const failing = await ended(await start('fails'));
    expect(failing.verdict?.kind).toBe('not-ready');
    const trust = await api().withdraw({ environmentId, routine: 'fails' }, call);
    expect(trust.trusted).toBe(false);
    await expect(api().retry({ runId: failing.id, step: 'run' }, call)).rejects.toMatchObject({
      code: 'guard.untrusted',
    });
  });

  it('captures what changed, and restores it only after asking', async () => {
    await inside('head -c 300000 /dev/urandom > /data/orders; echo old > /data/old');
    const first = await ended(await start('image'));
    expect(first.verdict?.kind, JSON.stringify(first.steps)).toBe('ready');
    expect(step(first, 'golden.capture')?.result).toMatch(
      /Captured golden-dev-routine-test-.* 300 KB in 2 files, and no image/,
    );
    const second = await ended(await start('image'));
    expect(step(second, 'golden.capture')).toMatchObject({
      state: 'skipped',
      result: expect.stringMatching(/^Not needed: 0 B of data changed, not more than /),
    });

    await inside('head -c 5000 /dev/urandom > /data/more; rm /data/old');
    const { environmentId, call } = stack;
    const preview = await api().preview({ environmentId, routine: 'image' }, call);
    expect(preview.steps[0]?.now).toMatch(/^5 KB in 1 file changed, 1 removed since golden-dev-routine-test-/);
    const runId = await start('back');
    const asking = await waitFor(
      async () => step((await api().get({ runId }, call)) as RoutineRun, 'golden.restore')?.question,
      {
        what: 'the question',
      },
    );
    expect(asking).toMatchObject({ kind: 'choice', text: expect.stringMatching(/^Replace the data with golden-dev-/) });
    await api().answer({ runId, step: 'golden.restore', answer: { kind: 'choice', id: 'restore' } }, call);
    const back = await ended(runId);
    expect(back.verdict?.kind, JSON.stringify(back.steps)).toBe('ready');
    expect((await inside('ls /data')).split(/\s+/)).toEqual(['old', 'orders']);
    // Now it is what the image has: nobody has to be asked.
    const again = await ended(await start('back'));
    expect(step(again, 'golden.restore')).toMatchObject({ state: 'done' });
  });

  it('refuses what is wrong, with its place', async () => {
    const { environmentId, call, folder } = stack;
    await expect(api().run({ environmentId, routine: 'wrong', trigger: 'user' }, call)).rejects.toMatchObject({
      code: 'golden-file.invalid',
      details: { problems: [{ position: { file: `${folder}/golden.yml`, line: 25 } }] },
    });
    const views = await api().list({ environmentId }, call);
    expect(views.map(({ name }) => name)).toEqual([
      'morning',
      'evening',
      'back',
      'check',
      'circle',
      'fails',
      'image',
      'wrong',
    ]);
    const circle = views.find(({ name }) => name === 'circle');
    expect(circle?.problems.map(({ message }) => message).join('\n')).toMatch(/wait for each other: a → b → a/);
    expect(circle?.problems.map(({ remedy }) => remedy).join('\n')).toMatch(/Did you mean data.changed\?/);
  });
});
