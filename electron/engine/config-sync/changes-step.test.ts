import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '../../../shared/contract/environments.ts';
import type { StepQuestion } from '../../../shared/contract/routines.ts';
import { AppError } from '../../../shared/errors.ts';
import { fakeStep } from '../../../test/support/fake-step.ts';
import { type TemporaryFolder, temporaryFolder } from '../../../test/support/temp.ts';
import type { LoadedStack } from '../environments/stack-loader.ts';
import { systemClock } from '../platform/clock.ts';
import { systemFiles } from '../platform/files.ts';
import type { StepAnswer } from '../routines/step-types.ts';
import { closeDatabase, type Database, openDatabase } from '../storage/database.ts';
import { changesStep } from './changes-step.ts';
import { dayWords } from './day-words.ts';
import { migrationName, migrationTest } from './migrations.ts';
import { createSeenBook } from './seen-book.ts';

let folder: TemporaryFolder;
let database: Database;
let recreated: string[] = [];
let readable = true;
let started: unknown[] = [];
const now = new Date(2026, 10, 21, 8, 40);

beforeEach(async () => {
  folder = await temporaryFolder();
  database = openDatabase(':memory:');
  recreated = [];
  readable = true;
  started = [];
  await write('compose.yaml', 'services: {}\n');
  await write('prisma/migrations/0141_start/migration.sql', 'x');
});
afterEach(async () => {
  closeDatabase(database);
  await folder.remove();
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder.path, path)), { recursive: true });
  await writeFile(join(folder.path, path), text);
}

const change = (service: string): Change => ({
  resource: 'container',
  name: `shop-${service}-1`,
  service,
  action: 'recreate',
  cost: 'recreate',
  reason: 'changed: image',
  bytes: null,
});

const step = () =>
  changesStep({
    files: systemFiles,
    clock: { ...systemClock, now: () => now },
    seen: createSeenBook(database),
    load: async () => {
      if (!readable) throw new AppError({ code: 'compose.invalid', message: 'It is wrong.', remedy: 'Correct it.' });
      return { filesRead: [join(folder.path, 'compose.yaml'), join(folder.path, '.env')] } as unknown as LoadedStack;
    },
    environments: {
      plan: async () => ({
        environmentId: 'shop/main',
        action: 'up',
        changes: [...recreated.map(change), { ...change('network'), resource: 'network' }],
        problems: [],
        risks: [],
        hash: 'x',
      }),
      up: async (input) => {
        started.push(input);
        return { operationId: 'up' };
      },
    },
    golden: {
      capture: async (input) => {
        started.push(input);
        return { operationId: 'capture' };
      },
    },
    as: ({ signal }) => ({ actor: { door: 'engine', user: 'sam' }, signal }),
    committedAt: async (_folder, path) => (path.includes('0142') ? new Date(2026, 10, 20, 21, 14) : undefined),
  });

async function run(options: Record<string, string> = {}, answer?: (question: StepQuestion) => StepAnswer | undefined) {
  const fake = fakeStep(folder.path, answer);
  const each = step();
  const parsed = each.options.parse(options);
  const looked = await each.look?.(parsed, { target: fake.context.target, signal: fake.context.signal });
  const { result } = await each.run(parsed, fake.context);
  return { ...fake, result, looked, titles: fake.remarks.map(({ title }) => title) };
}
const choose = (id: string) => (): StepAnswer => ({ kind: 'choice', id });

describe('the step that looks for changes', () => {
  it('learns the first time, and says nothing while nothing changes', async () => {
    const first = await run();
    expect(first).toMatchObject({ result: 'Looked for the first time: 1 migration', titles: [], looked: null });
    expect(await run()).toMatchObject({
      result: 'Nothing changed since the last time',
      titles: [],
      looked: 'nothing new',
    });
  });

  it('tells of a new migration with its name and time, once', async () => {
    await run();
    await write('prisma/migrations/0142_fractal_levels/migration.sql', 'x');
    const done = await run();
    expect(done.looked).toBe('1 new migration');
    expect(done.titles).toEqual(['1 migration arrives: 0142_fractal_levels, yesterday 21:14']);
    expect((await run()).titles).toEqual([]);
  });

  it('captures a golden image before it where that is declared', async () => {
    await run();
    await write('prisma/migrations/0142_fractal_levels/migration.sql', 'x');
    const asked = await run({ capture: 'ask' }, choose('capture'));
    expect(asked.operations).toEqual(['capture']);
    expect(started).toMatchObject([{ environmentId: 'shop/main', purpose: 'before 0142_fractal_levels', tag: '0840' }]);
  });

  it('says which services a changed file concerns, and recreates them on a word', async () => {
    await run();
    recreated = ['api', 'web'];
    await write('compose.yaml', 'services: { api: {}, web: {} }\n');
    const left = await run({}, choose('leave'));
    expect(left.titles).toEqual(['compose.yaml changed: api and web would be recreated']);
    expect(started).toEqual([]);
    await write('.env', 'A=1\n');
    const done = await run({}, choose('up'));
    expect(done).toMatchObject({ titles: [], result: '.env changed; api and web recreated', operations: ['up'] });
    expect(started).toEqual([{ environmentId: 'shop/main', services: ['api', 'web'] }]);
  });

  it('asks nothing where no container is concerned, or where it is not to', async () => {
    await run();
    await write('compose.yaml', '# a comment\nservices: {}\n');
    expect(await run()).toMatchObject({ questions: [], result: 'compose.yaml changed; no container is concerned' });
    recreated = ['api'];
    await write('compose.yaml', 'services: { api: {} }\n');
    expect((await run({ apply: 'never' })).titles).toEqual(['compose.yaml changed: api would be recreated']);
  });

  it('tells it again when it was cut off before the answer', async () => {
    await run();
    recreated = ['api'];
    await write('compose.yaml', 'services: { api: {} }\n');
    await expect(run()).rejects.toThrow(/ended/);
    expect((await run({}, choose('leave'))).questions).toHaveLength(1);
  });

  it('tells of golden.yml, and goes by the migrations that it declares', async () => {
    await run();
    await write('golden.yml', 'version: 1\nconfig: { migrations: [sql] }\n');
    await write('sql/deep/first.txt', 'x');
    const done = await run();
    expect(done.titles).toEqual(['golden.yml changed', expect.stringMatching(/^1 migration arrives: first, /)]);
  });

  it('goes on with files that cannot be read as a stack', async () => {
    readable = false;
    await run();
    await rm(join(folder.path, 'compose.yaml'));
    await write('prisma/migrations/0142_x/migration.sql', 'x');
    expect((await run({}, choose('leave'))).titles).toContain('1 migration arrives: 0142_x, yesterday 21:14');
  });
});

describe('migrations', () => {
  it.each([
    ['prisma/migrations/20250101_init/migration.sql', '20250101_init'],
    ['db/migrate/20240101120000_create_orders.rb', '20240101120000_create_orders'],
    ['api/alembic/versions/3f2a_add.py', '3f2a_add'],
    ['orders/migrations/0142_fractal_levels.py', '0142_fractal_levels'],
    ['migrations/000003_levels.up.sql', '000003_levels'],
    ['src/main/resources/db/migration/V2__levels.sql', 'V2__levels'],
    ['sql/V1.2.3__levels.sql', 'V1.2.3__levels'],
    ['drizzle/0003_levels.sql', '0003_levels'],
    ['database/migrations/2024_01_01_000000_create.php', '2024_01_01_000000_create'],
    ['supabase/migrations/20240101_x.sql', '20240101_x'],
    ['src/Migrations/20240101_Init.cs', '20240101_Init'],
  ])('%s', (path, name) => {
    expect(migrationTest(undefined)(path)).toBe(true);
    expect(migrationName(path)).toBe(name);
  });

  it.each([
    'migrations/000003_levels.down.sql',
    'orders/migrations/__init__.py',
    'migrations/README.md',
    'src/Migrations/20240101_Init.Designer.cs',
    'migrations/001_x.test.ts',
    'docs/sql/query.sql',
  ])('not %s', (path) => {
    expect(migrationTest(undefined)(path)).toBe(false);
  });
});

it('says days as people do', () => {
  expect(dayWords(new Date(2026, 10, 21, 0, 5), now)).toBe('today 00:05');
  expect(dayWords(new Date(2026, 10, 20, 21, 14), now)).toBe('yesterday 21:14');
  expect(dayWords(new Date(2026, 10, 3, 9, 30), now)).toBe('3 Nov 09:30');
  expect(dayWords(new Date(2025, 11, 31, 23, 59), now)).toBe('31 Dec 2025 23:59');
});
