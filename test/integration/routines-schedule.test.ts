import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call } from '../../electron/engine/api.ts';
import { databasePath } from '../../electron/engine/data-folder.ts';
import { createEngine, type Engine } from '../../electron/engine/engine.ts';
import type { WatchState } from '../../shared/contract/health.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';

/** A whole engine over two lives: routines that are turned on in the first start with whoever unlocks the second. */

const call: Call = { actor: { door: 'window', user: 'test' }, signal: new AbortController().signal };
const desktop: Call = { ...call, actor: { door: 'desktop', user: 'test' } };
let home: TemporaryFolder;
let engine: Engine;

const open = (): Promise<Engine> =>
  createEngine({
    dataFolder: join(home.path, 'data'),
    version: '0.0.0-test',
    // No engine: nothing here needs containers.
    environment: { PATH: process.env['PATH'] ?? '', DOCKER_HOST: `unix://${join(home.path, 'none.sock')}` },
    home: homedir(),
    desktop: undefined,
  });

async function watchState(): Promise<WatchState> {
  for await (const event of await engine.api.state.watch({}, call)) {
    if (event.kind === 'snapshot') return event.state.watch;
  }
  throw new Error('no snapshot');
}

const stacks = {
  quiet: 'steps: [{ uses: config.sync }]',
  loud: "steps: [{ run: ['true'] }]",
} as const;

beforeAll(async () => {
  home = await temporaryFolder();
  engine = await open();
  for (const [name, steps] of Object.entries(stacks)) {
    const folder = join(home.path, name);
    await mkdir(folder);
    await writeFile(join(folder, 'compose.yaml'), `name: ${name}\nservices: { web: { image: scratch } }\n`);
    await writeFile(
      join(folder, 'golden.yml'),
      `version: 1\nname: ${name}\nroutines:\n  check:\n    title: Check\n    schedule: { on: [unlock] }\n    ${steps}\n`,
    );
    await engine.api.stacks.add({ folder }, call);
  }
});

afterAll(async () => {
  await engine.close();
  await home.remove();
});

describe('the schedule of an engine', () => {
  it('is what the file proposes until the user says otherwise, and is kept', async () => {
    const target = { environmentId: 'quiet/main', routine: 'check' };
    const proposed = { schedule: { on: ['unlock'] }, enabled: false, from: 'file', nextAt: null, skipped: null };
    const listed = await engine.api.routines.list({ environmentId: 'quiet/main' }, call);
    expect(listed.find(({ name }) => name === 'check')?.schedule).toEqual(proposed);
    const morning = { ...target, routine: 'morning' };
    const set = await engine.api.routines.schedule(
      { ...morning, schedule: { ready_by: '08:45', days: ['mon'] }, enabled: true },
      call,
    );
    expect(set).toMatchObject({ enabled: true, from: 'user' });
    expect(Date.parse(set?.nextAt ?? '')).toBeGreaterThan(Date.now());
    expect(await engine.api.routines.schedule({ ...morning, schedule: null, enabled: false }, call)).toBeNull();
    await expect(engine.api.routines.schedule({ ...morning, schedule: null, enabled: true }, call)).rejects.toThrow(
      'does not say when',
    );
    await expect(
      engine.api.routines.schedule({ ...target, schedule: { at: '08:00', cron: '0 8 * * *' }, enabled: true }, call),
    ).rejects.toThrow('one of at, ready_by and cron');
    for (const name of Object.keys(stacks)) {
      const on = { environmentId: `${name}/main`, routine: 'check', schedule: null, enabled: true };
      expect(await engine.api.routines.schedule(on, call)).toMatchObject({ enabled: true });
    }
  });

  it('starts with the first unlock of a day what needs no trust, and asks once about the rest', async () => {
    await engine.close();
    const database = new DatabaseSync(databasePath(join(home.path, 'data')));
    // Turned on yesterday, and on every day of the week.
    database.exec(
      `UPDATE routine_schedules SET body = json_set(body, '$.wakeDay', '2000-01-01', '$.own', json('{"on":["unlock"],"days":["mon","tue","wed","thu","fri","sat","sun"]}')) WHERE routine = 'check'`,
    );
    database.close();
    engine = await open();
    await waitFor(() => engine.api.environments.list(undefined, call).then((all) => all.length === 2), {
      what: 'both stacks are there',
    });
    await engine.api.health.machine({ kind: 'unlock' }, desktop);
    const run = await waitFor(
      async () => (await engine.api.routines.runs({ environmentId: 'quiet/main', limit: 5 }, call))[0],
      { what: 'the routine starts by itself', deadlineMs: 90_000, intervalMs: 500 },
    );
    expect(run).toMatchObject({ routine: 'check', trigger: 'unlock' });
    const notices = await waitFor(
      async () => {
        const { notices: live } = await watchState();
        return live.length >= 2 ? live : null;
      },
      { what: 'both are told of', deadlineMs: 90_000, intervalMs: 500 },
    );
    const told = Object.fromEntries(notices.map((notice) => [notice.environment ?? '', notice]));
    expect(told['quiet/main']).toMatchObject({ reason: 'routine', place: { to: 'run', runId: run.id } });
    expect(told['loud/main']).toMatchObject({
      title: 'Check of loud did not start',
      place: { to: 'routine', environmentId: 'loud/main', routine: 'check' },
    });
    const loud = (await engine.api.routines.list({ environmentId: 'loud/main' }, call)).find(
      ({ name }) => name === 'check',
    );
    expect(loud?.schedule?.skipped?.reason).toBe('nobody agreed to what it runs');
    expect(await engine.api.routines.runs({ environmentId: 'loud/main', limit: 5 }, call)).toEqual([]);
    // Once a day.
    await engine.api.health.machine({ kind: 'unlock' }, desktop);
    expect(await engine.api.routines.runs({ environmentId: 'quiet/main', limit: 5 }, call)).toHaveLength(1);
  });
});
