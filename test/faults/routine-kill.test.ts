import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { RoutineRun } from '../../shared/contract/routines.ts';
import { connectDocker, fixtureImages, removeProject } from '../support/docker.ts';
import type { ChildJob } from '../support/engine-child/protocol.ts';
import { type ChildResult, runEngineChild } from '../support/engine-child/run.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

/**
 * kill -9 of the engine's process in the midst of a routine. The next life goes on with the run: what an operation was
 * doing is done once, a command that was cut off is not run again by itself, what was over stays over.
 */

const docker = connectDocker();
const key = randomBytes(4).toString('hex');
const projectName = `gh-routine-kill-${key}`;
const environmentId = `${projectName}/main`;
const storeNames = { volume: `gh-routine-store-${key}`, helper: `gh-routine-helper-${key}` };

const composeFile = `
services:
  app:
    image: ${fixtureImages.tools}
    command: ["sleep", "infinity"]
    stop_signal: SIGKILL
`;

/** The command notes each time it begins. */
const goldenFile = `version: 1
routines:
  day:
    steps:
      - {id: first, run: 'echo first >>log'}
      - {id: start, uses: stack.up}
      - {id: command, run: 'echo begun >>log; sleep 0.3; echo ended >>log'}
      - {id: stop, uses: stack.stop}
`;

let home: TemporaryFolder;
let folder = '';

type Call = ChildJob['calls'][number];
const call = (procedure: string, input: unknown): Call => ({ procedure, input });
const target = { environmentId, routine: 'day' };
const runs = call('routines.runs', { environmentId, limit: 50 });

const life = (calls: readonly Call[], kill: ChildJob['kill'] = null): Promise<ChildResult> =>
  runEngineChild(inject('engineChild'), { dataFolder: join(home.path, 'data'), storeNames, kill, calls: [...calls] });

function newest(result: ChildResult): RoutineRun {
  const found = result.answers.find(({ procedure }) => procedure === 'routines.runs')?.result;
  const [run] = (found ?? []) as RoutineRun[];
  if (run === undefined) throw new Error(`no run: ${JSON.stringify(result.answers)}`);
  return run;
}

async function agree(): Promise<void> {
  const { answers } = await life([call('routines.trust', target)]);
  const view = answers[0]?.result as { hash: string } | undefined;
  await life([call('routines.agree', { ...target, hash: view?.hash })]);
}

const statesOf = (run: RoutineRun): Record<string, string> =>
  Object.fromEntries(run.steps.map(({ id, state }) => [id, state]));

beforeAll(async () => {
  home = await temporaryFolder('routine-kill ');
  folder = join(home.path, projectName);
  await mkdir(folder);
  await writeFile(join(folder, 'compose.yaml'), composeFile);
  await writeFile(join(folder, 'golden.yml'), goldenFile);
  await life([call('stacks.add', { folder })]);
  await agree();
}, 120_000);

afterAll(async () => {
  await removeProject(docker, projectName);
  await home?.remove();
});

/** What a whole run writes, and where each entry is. */
async function cleanRun(): Promise<{ readonly points: readonly string[] }> {
  const clean = await life([call('routines.run', { ...target, trigger: 'user' }), runs]);
  expect(statesOf(newest(clean)), JSON.stringify(newest(clean))).toEqual({
    first: 'done',
    start: 'done',
    command: 'done',
    stop: 'done',
  });
  return { points: clean.journal.filter((each) => each.call === 0).map(({ journal }) => journal) };
}

/** A life that ends at this entry, and what the next one makes of the run. */
async function cutAt(points: readonly string[], wanted: string): Promise<RoutineRun> {
  const entry = points.indexOf(wanted) + 1;
  expect(entry, `${wanted} among ${points.join(', ')}`).toBeGreaterThan(0);
  await writeFile(join(folder, 'log'), '');
  const cut = await life([call('routines.run', { ...target, trigger: 'user' })], { call: 0, entry });
  expect(cut.killed, wanted).toBe(true);
  expect(cut.journal.at(-1)?.journal).toBe(wanted);
  return newest(await life([runs]));
}

const log = async (): Promise<string[]> => (await readFile(join(folder, 'log'), 'utf8')).split('\n').filter(Boolean);

it('goes on with a run wherever it was cut off', { timeout: 240_000 }, async () => {
  // The first one creates the containers; those after it start what is there.
  await cleanRun();
  const { points } = await cleanRun();

  // Before anything: all of it.
  const begun = await cutAt(points, 'begin day');
  expect(statesOf(begun)).toEqual({ first: 'done', start: 'done', command: 'done', stop: 'done' });
  expect(begun).toMatchObject({ resumed: true, state: 'ended', verdict: { kind: 'ready' } });
  expect(await log()).toEqual(['first', 'begun', 'ended']);

  // A command was about to run, or ran: nobody knows.
  const running = await cutAt(points, 'running day/command');
  expect(statesOf(running).start).toBe('done');
  const ofCommand = running.steps.find(({ id }) => id === 'command');
  // The entry is written before the command begins: it has not run, and the next life may run it.
  expect(['done', 'failed']).toContain(ofCommand?.state);
  if (ofCommand?.state === 'failed') expect(ofCommand.error?.code).toBe('operation.interrupted');

  // In the midst of an operation, before and after its point of no return: the services run, and one operation did it.
  for (const at of ['running day/start', 'begin stack.up/create', 'done stack.up'].filter((each) =>
    points.includes(each),
  )) {
    const run = await cutAt(points, at);
    expect(statesOf(run), at).toEqual({ first: 'done', start: 'done', command: 'done', stop: 'done' });
    expect(await log(), at).toEqual(['first', 'begun', 'ended']);
  }

  // After the last: it is over, and nothing is done again.
  const done = await cutAt(points, 'done day/stop');
  expect(done.state).toBe('ended');
  expect(await log()).toEqual(['first', 'begun', 'ended']);
});

it('does not repeat a command that was cut off, and offers to', { timeout: 120_000 }, async () => {
  await writeFile(join(folder, 'log'), '');
  // Nothing is written down while it runs: the process that hosts the engine is killed by the command itself.
  await writeFile(
    join(folder, 'golden.yml'),
    goldenFile.replace('sleep 0.3', '[ -e killed ] || { touch killed; kill -9 $PPID; sleep 1; }'),
  );
  await agree();
  await expect(life([call('routines.run', { ...target, trigger: 'user' })])).rejects.toThrow(/SIGKILL/);
  const run = newest(await life([runs]));
  expect(statesOf(run)).toEqual({ first: 'done', start: 'done', command: 'failed', stop: 'blocked' });
  const command = run.steps.find(({ id }) => id === 'command');
  expect(command?.error?.code).toBe('operation.interrupted');
  expect(command?.can.retry).toBe(true);
  expect((await log()).filter((line) => line === 'begun')).toHaveLength(1);
  const again = newest(await life([call('routines.retry', { runId: run.id, step: 'command' }), runs]));
  expect(statesOf(again)).toEqual({ first: 'done', start: 'done', command: 'done', stop: 'done' });
});
