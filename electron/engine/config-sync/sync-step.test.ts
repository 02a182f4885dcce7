import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StepQuestion } from '../../../shared/contract/routines.ts';
import { type FakeStep, fakeStep } from '../../../test/support/fake-step.ts';
import { type TemporaryFolder, temporaryFolder } from '../../../test/support/temp.ts';
import { systemFiles } from '../platform/files.ts';
import type { StepAnswer } from '../routines/step-types.ts';
import { closeDatabase, type Database, openDatabase } from '../storage/database.ts';
import { createSeenBook } from './seen-book.ts';
import { syncStep } from './sync-step.ts';
import { createTeamBook } from './team-book.ts';

let parent: TemporaryFolder;
let folder = '';
let database: Database;
let kept: Map<string, string>;
let allowed: Set<string>;

beforeEach(async () => {
  parent = await temporaryFolder();
  folder = join(parent.path, 'repository', 'shop');
  await mkdir(folder, { recursive: true });
  database = openDatabase(':memory:');
  kept = new Map();
  allowed = new Set();
});
afterEach(async () => {
  closeDatabase(database);
  await parent.remove();
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}
const read = (path: string): Promise<string> => readFile(join(folder, path), 'utf8');
const golden = (config: string): Promise<void> => write('golden.yml', `version: 1\nconfig:\n${config}`);

function step(environment: Record<string, string> = {}) {
  return syncStep({
    files: systemFiles,
    environment,
    seen: createSeenBook(database),
    book: createTeamBook(database),
    readUrl: async () => {
      throw new Error('not in this test');
    },
    checkOut: async () => {
      throw new Error('not in this test');
    },
    repositoryOf: async () => join(parent.path, 'repository'),
    allowed: (source) => allowed.has(source),
    allow: (source) => void allowed.add(source),
    maskFor: async () => (text) => text.replaceAll('correct horse', '***'),
    secrets: {
      known: async (_id, keys) => new Set(keys.filter((key) => kept.has(key))),
      store: async (_id, values) => {
        for (const [key, value] of Object.entries(values)) kept.set(key, value);
      },
      kept: async () => ({ kept: 'session', words: 'In memory' }),
    },
  });
}

async function run(
  answer?: (question: StepQuestion) => StepAnswer | undefined,
  environment?: Record<string, string>,
): Promise<FakeStep & { readonly result: string; readonly state: string | undefined }> {
  const fake = fakeStep(folder, answer);
  const done = await step(environment).run({}, fake.context);
  return { ...fake, result: done.result, state: done.state };
}
const values = (given: Record<string, string>) => (): StepAnswer => ({ kind: 'values', values: given });
const choose = (id: string) => (): StepAnswer => ({ kind: 'choice', id });

describe('env files', () => {
  it('asks for what the template has and the file lacks, and adds it at the end', async () => {
    await write('.env', '# mine\nA=1 # changed');
    await write('.env.example', 'A=0\n# Levels of a fractal.\nFRACTAL_LEVELS=4\nNAME=\n');
    const done = await run(values({ FRACTAL_LEVELS: '4', NAME: 'a $b' }));
    expect(done.questions).toEqual([
      {
        kind: 'values',
        text: '.env lacks 2 keys of .env.example.',
        keys: [
          { key: 'FRACTAL_LEVELS', proposal: '4', comment: 'Levels of a fractal.' },
          { key: 'NAME', proposal: '', comment: null },
        ],
      },
    ]);
    expect(await read('.env')).toBe("# mine\nA=1 # changed\n\n# Levels of a fractal.\nFRACTAL_LEVELS=4\nNAME='a $b'\n");
    expect(done.result).toBe('FRACTAL_LEVELS, NAME added to .env');
    const again = await run();
    expect(again).toMatchObject({ result: 'Everything is in place', questions: [], remarks: [] });
  });

  it('makes a file that only the user may read', async () => {
    await write('.env.example', 'A=0\n');
    await run(values({ A: '0' }));
    expect(await read('.env')).toBe('A=0\n');
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600);
  });

  it('says what is left missing, and what the template has no more', async () => {
    await write('.env', 'OLD=1\nMY_OWN=1\n');
    await write('.env.example', 'OLD=\nNEW=\n');
    const first = await run(values({}));
    expect(first.remarks.map(({ title }) => title)).toEqual(['.env lacks NEW']);
    await write('.env.example', 'NEW=\n');
    const second = await run(values({ NEW: '1' }));
    expect(second.remarks.map(({ title }) => title)).toEqual(['.env.example no longer has OLD']);
    expect((await run()).remarks).toEqual([]);
  });

  it('leaves a file alone that cannot be read as one, and says where', async () => {
    await write('.env', 'A="open\n');
    await write('.env.example', 'A=\nB=\n');
    const done = await run();
    expect(done.remarks[0]?.title).toBe('.env could not be compared with .env.example');
    expect(await read('.env')).toBe('A="open\n');
  });

  it('has nothing to do without a template', async () => {
    expect(await run()).toMatchObject({ state: 'skipped' });
  });
});

describe('secrets', () => {
  beforeEach(() => golden('  secrets: [DB_PASSWORD, TOKEN]\n'));

  it('are asked for once, and stand in no file', async () => {
    await write('.env.example', '# For the database.\nDB_PASSWORD=\nA=1\n');
    await write('.env', 'A=1\n');
    const done = await run((question) =>
      question.kind === 'secrets'
        ? { kind: 'secrets', values: { DB_PASSWORD: 'correct horse', TOKEN: '' } }
        : undefined,
    );
    expect(done.questions).toEqual([
      {
        kind: 'secrets',
        text: '2 secrets are needed.',
        kept: 'In memory',
        keys: [
          { key: 'DB_PASSWORD', why: 'For the database.' },
          { key: 'TOKEN', why: null },
        ],
      },
    ]);
    expect(kept).toEqual(new Map([['DB_PASSWORD', 'correct horse']]));
    expect(await read('.env')).toBe('A=1\n');
    expect(JSON.stringify([done.remarks, done.result])).not.toContain('correct horse');
    expect(done.remarks.map(({ title }) => title)).toEqual(['TOKEN was not given']);
    const again = await run(() => ({ kind: 'secrets', values: { TOKEN: 'x' } }));
    expect(again.questions).toMatchObject([{ keys: [{ key: 'TOKEN' }] }]);
  });

  it('are not asked for where the shell has them; in a file they are pointed out', async () => {
    await write('.env', 'DB_PASSWORD=in the open\n');
    await write('.env.example', 'DB_PASSWORD=\n');
    const done = await run(undefined, { TOKEN: 'of the shell' });
    expect(done.questions).toEqual([]);
    expect(done.remarks.map(({ title }) => title)).toEqual(['DB_PASSWORD stands in an env file']);
  });
});

describe('files of the team', () => {
  beforeEach(async () => {
    await golden('  source: ../team\n  files:\n    app.json: config/app.json\n');
    await write('../team/app.json', '1\n');
  });

  it('are brought, and brought up to date as long as nobody changed them here', async () => {
    expect((await run()).result).toBe('config/app.json updated');
    await write('../team/app.json', '2\n');
    expect((await run()).result).toBe('config/app.json updated');
    expect(await read('config/app.json')).toBe('2\n');
    await write('config/app.json', 'mine\n');
    expect((await run()).result).toBe('Everything is in place');
    expect(await read('config/app.json')).toBe('mine\n');
  });

  it('ask where both changed, with the difference, and overwrite nothing by themselves', async () => {
    await run();
    await write('../team/app.json', 'theirs, correct horse\n');
    await write('config/app.json', 'mine\n');
    const later = await run(choose('later'));
    expect(later.questions).toMatchObject([
      { kind: 'choice', choices: [{ id: 'mine' }, { id: 'theirs' }, { id: 'later' }] },
    ]);
    expect(JSON.stringify(later.questions)).toContain('-mine');
    expect(JSON.stringify(later.questions)).toContain('+theirs, ***');
    expect(later.remarks).toHaveLength(1);
    expect(await read('config/app.json')).toBe('mine\n');
    await run(choose('mine'));
    expect(await read('config/app.json')).toBe('mine\n');
    // Nothing new of the team: not asked again.
    expect((await run()).questions).toEqual([]);
  });

  it('may be taken over the user’s, which is kept beside', async () => {
    await write('config/app.json', 'mine\n');
    await write('config/app.json.orig', 'older\n');
    await run(choose('theirs'));
    expect(await read('config/app.json')).toBe('1\n');
    expect(await read('config/app.json.orig')).toBe('older\n');
    expect(await read('config/app.json.orig.1')).toBe('mine\n');
    expect((await run()).result).toBe('Everything is in place');
  });

  it('that are gone stay here, and that is said', async () => {
    await run();
    await rm(join(folder, '../team/app.json'));
    const done = await run();
    expect(done.remarks.map(({ title }) => title)).toEqual(['The team has no app.json any more']);
    expect(await read('config/app.json')).toBe('1\n');
  });

  it('come from inside the repository and go inside the folder', async () => {
    await golden('  source: ../../../..\n  files:\n    etc/hostname: config/app.json\n');
    const out = await run();
    expect(out.remarks[0]?.detail).toContain('leads out of the repository');
    await golden('  source: ../team\n  files:\n    app.json: .git/hooks/pre-commit\n');
    const hooks = await run();
    expect(hooks.remarks[0]?.detail).toContain('part of git');
  });

  it('from elsewhere are fetched only after a word', async () => {
    await golden('  source: https://team.example/config/\n  files:\n    app.json: config/app.json\n');
    const no = await run(choose('no'));
    expect(no.remarks.map(({ title }) => title)).toEqual(['Files of the team were not fetched']);
    expect(allowed).toEqual(new Set());
    await run(choose('allow')).catch(() => undefined);
    expect(allowed).toEqual(new Set(['https://team.example/config/']));
  });

  it('that bring golden.yml say so', async () => {
    await golden('  source: ../team\n  files:\n    app.json: golden.yml\n');
    await write('../team/app.json', 'version: 1\n');
    const done = await run(choose('theirs'));
    expect(done.remarks.map(({ title }) => title)).toEqual(['golden.yml is another one now']);
  });
});
