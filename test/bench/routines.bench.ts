import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RoutineRun } from '../../shared/contract/routines.ts';
import { compose } from '../support/compose.ts';
import { fixtureImages } from '../support/docker.ts';
import { temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';
import { type WatchedStack, watchedStack } from '../support/watched-stack.ts';
import { type Bench, type BenchContext, settle, timed } from './harness.ts';

const run = promisify(execFile);

/** A database, four services that wait for it, two that stand alone: each with a health check. */
const composeFile = `name: PROJECT
x-app: &app
  image: ${fixtureImages.tools}
  command: ['sh', '-c', 'trap "exit 0" TERM; sleep 86400 & wait']
  stop_grace_period: 2s
  healthcheck: {test: [CMD, 'true'], interval: 1s, timeout: 5s, retries: 30}
services:
  db:
    image: ${fixtureImages.postgres}
    environment: {POSTGRES_PASSWORD: secret}
    volumes: ['db:/var/lib/postgresql/data']
    healthcheck: {test: [CMD, pg_isready, -U, postgres], interval: 1s, timeout: 5s, retries: 60}
${['api', 'worker', 'mailer', 'search']
  .map((name) => `  ${name}: {<<: *app, depends_on: {db: {condition: service_healthy}}}`)
  .join('\n')}
  cache: {<<: *app}
  queue: {<<: *app}
volumes:
  db: {}
`;

/** Ours as it is; and ours with a restore, said in the file as somebody would who wants one every morning. */
const goldenFile = `version: 1
routines:
  fresh:
    title: Morning startup with a restore
    steps:
      - {uses: engine, needs: []}
      - {uses: health, needs: [engine]}
      - {uses: git.fetch, needs: []}
      - {uses: git.pull, needs: [git.fetch]}
      - {uses: golden.restore, needs: [health, git.pull], with: {replace: always}}
      - {uses: stack.up, needs: [golden.restore], with: {only: down}}
      - uses: ready
`;

async function git(folder: string, ...words: string[]): Promise<void> {
  const who = ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.org'];
  await run('git', ['-C', folder, ...who, ...words]);
}

/** The stack's folder becomes a repository with a remote on the same disk. */
async function withRepository(folder: string, remote: string): Promise<void> {
  await mkdir(remote, { recursive: true });
  await git(remote, 'init', '-q', '--bare', '-b', 'main');
  await git(folder, 'init', '-q', '-b', 'main');
  await git(folder, 'add', '.');
  await git(folder, 'commit', '-q', '-m', 'Start');
  await git(folder, 'remote', 'add', 'origin', remote);
  await git(folder, 'push', '-q', '-u', 'origin', 'main');
  await git(folder, 'remote', 'set-head', 'origin', 'main');
}

interface Morning {
  readonly run: RoutineRun;
  readonly ms: number;
}

async function routine(stack: WatchedStack, name: string, sequential = false): Promise<Morning> {
  const { api, call, environmentId } = stack;
  const target = { environmentId, routine: name };
  const trust = await api.routines.trust(target, call);
  if (!trust.trusted) await api.routines.agree({ ...target, hash: trust.hash }, call);
  let ended: RoutineRun | undefined;
  const ms = await timed(async () => {
    const { runId } = await api.routines.run({ ...target, trigger: 'user', sequential }, call);
    ended = await waitFor(
      async () => {
        const found = (await api.routines.get({ runId }, call)) as RoutineRun;
        return found.state === 'ended' && found;
      },
      { what: `${name} ends`, deadlineMs: 300_000, intervalMs: 10 },
    );
  });
  if (ended === undefined || ended.verdict?.kind === 'not-ready')
    throw new Error(`${name}: ${JSON.stringify(ended?.verdict)}`);
  return { run: ended, ms };
}

const stop = async (stack: WatchedStack): Promise<void> =>
  stack.done(await stack.api.environments.stop({ environmentId: stack.environmentId }, stack.call));

/** Random text of so many MB into the database, and out of its memory. */
async function fill(stack: WatchedStack, megabytes: number): Promise<void> {
  const exec = await stack.container('db').exec({
    Cmd: [
      ...['psql', '-v', 'ON_ERROR_STOP=1', '-qU', 'postgres'],
      ...['-c', 'create table if not exists filler (t text)'],
      ...['-c', 'alter table filler alter t set storage external'],
      '-c',
      `insert into filler select string_agg(md5(random()::text), '') from generate_series(1, 31250) a, generate_series(1, ${megabytes}) b group by b`,
      ...['-c', 'checkpoint'],
    ],
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({});
  let said = '';
  for await (const chunk of stream) said += String(chunk);
  const { ExitCode } = await exec.inspect();
  if (ExitCode !== 0) throw new Error(`the database could not be filled: ${said}`);
}

async function mornings(context: BenchContext, stack: WatchedStack): Promise<void> {
  const turns = Math.max(5, context.runs);
  const healthy = { together: [] as number[], one: [] as number[] };
  for (let turn = 0; turn < turns; turn += 1) {
    healthy.together.push((await routine(stack, 'morning')).ms);
    healthy.one.push((await routine(stack, 'morning', true)).ms);
  }
  context.record({
    case: '7 services, everything healthy',
    unit: 'ms',
    runs: healthy.together,
    peer: { name: 'one step after the other', runs: healthy.one },
  });

  const cold = { together: [] as number[], one: [] as number[], theirs: [] as number[] };
  for (let turn = 0; turn < context.runs; turn += 1) {
    await stop(stack);
    await settle();
    cold.together.push((await routine(stack, 'morning')).ms);
    await stop(stack);
    await settle();
    cold.one.push((await routine(stack, 'morning', true)).ms);
    await stop(stack);
    await settle();
    cold.theirs.push(
      await timed(async () => {
        const { exitCode, stderr } = await compose(['up', '-d', '--wait'], {
          folder: stack.folder,
          timeoutMs: 300_000,
        });
        if (exitCode !== 0) throw new Error(stderr);
      }),
    );
  }
  context.record({
    case: '7 services, everything stopped',
    unit: 'ms',
    runs: cold.together,
    peer: { name: 'one step after the other', runs: cold.one },
  });
  context.record({
    case: '7 services, everything stopped: with fetch, pull, look and verdict',
    unit: 'ms',
    runs: cold.together,
    peer: { name: 'docker compose up --wait', runs: cold.theirs },
  });

  await fill(stack, 100);
  await stack.done(
    await stack.api.golden.capture({ environmentId: stack.environmentId, purpose: 'bench-morning' }, stack.call),
  );
  const fresh: number[] = [];
  for (let turn = 0; turn < context.runs; turn += 1) {
    await fill(stack, 2);
    fresh.push((await routine(stack, 'fresh')).ms);
  }
  context.record({ case: '7 services, with a restore of 100 MB', unit: 'ms', runs: fresh });
}

/** The morning on a stack of seven services and a repository with its remote: healthy, stopped, with a restore. */
export const bench: Bench = {
  async run(context) {
    const remotes = await temporaryFolder('goldenhour-bench-routines-');
    const stack = await watchedStack({
      prefix: 'bench-routines',
      files: { 'compose.yaml': composeFile, 'golden.yml': goldenFile },
    });
    try {
      await withRepository(stack.folder, join(remotes.path, 'origin.git'));
      await mornings(context, stack);
    } finally {
      await stack.close();
      await stack.docker
        .getContainer(`${stack.project}-helper`)
        .remove({ force: true, v: true })
        .catch(() => undefined);
      await stack.docker
        .getVolume(`${stack.project}-store`)
        .remove()
        .catch(() => undefined);
      await remotes.remove();
    }
  },
};
