import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { problemsOf } from '../../../../shared/domain/problem.ts';
import { AppError } from '../../../../shared/errors.ts';
import { type TemporaryFolder, temporaryFolder } from '../../../../test/support/temp.ts';
import { systemFiles } from '../../platform/files.ts';
import { parseGoldenFile } from '../../stacks/golden-file/load.ts';
import { createLoadStack } from '../../stacks/load-stack.ts';
import { createEditing } from './editing.ts';
import { templates } from './templates.ts';

const golden = `# Ours
version: 1
routines:
  # Before everybody is here
  early:
    budget: 5m # enough
    steps:
      # The network may be slow
      - uses: git.fetch
        id: fetch
      - run: [make, seed] # takes a while
git: { protected: [main] }
`;

let folder: TemporaryFolder;
let root = '';
beforeEach(async () => {
  folder = await temporaryFolder();
  root = join(folder.path, 'shop');
  await mkdir(root);
  await writeFile(join(root, 'compose.yaml'), 'services:\n  db: { image: postgres }\n');
});
afterEach(() => folder.remove());

const call = { actor: { door: 'window', user: 'me' } as const, signal: new AbortController().signal };
const target = { environmentId: 'shop/main', routine: 'early' };

function editing(files = systemFiles) {
  const load = createLoadStack({ files, environment: {} });
  return createEditing({
    files,
    folderOf: () => root,
    load: (_id, signal) => load({ folder: root, loading: {} }, signal),
    has: () => true,
  }).api;
}

async function refusal(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

describe('editing routines', () => {
  it('gives what the file says, and ours where it says nothing', async () => {
    await writeFile(join(root, 'golden.yml'), golden);
    expect(await editing().declaration(target, call)).toEqual({
      budget: '5m',
      steps: [{ uses: 'git.fetch', id: 'fetch' }, { run: ['make', 'seed'] }],
    });
    const morning = await editing().declaration({ ...target, routine: 'morning' }, call);
    expect(morning.title).toBe('Morning startup');
    expect(await refusal(editing().declaration({ ...target, routine: 'late' }, call))).toMatchObject({
      code: 'routine.not-found',
      remedy: 'Choose one of: morning, evening, early.',
    });
  });

  it('writes one routine and leaves the rest of the file as it is, its mode too', async () => {
    const file = join(root, 'golden.yml');
    await writeFile(file, golden);
    await chmod(file, 0o664);
    const before = await editing().declaration(target, call);
    const declaration = { ...before, steps: [before.steps[1]!, { ...before.steps[0]!, optional: true }] };
    const preview = await editing().previewSave({ ...target, declaration }, call);
    expect(preview.problems).toEqual([]);
    expect(preview.diff).toContain('+        optional: true');
    expect(await readFile(file, 'utf8')).toBe(golden);
    const saved = await editing().save({ ...target, declaration }, call);
    expect(saved.file).toBe(file);
    expect(await readFile(file, 'utf8')).toBe(`# Ours
version: 1
routines:
  # Before everybody is here
  early:
    budget: 5m # enough
    steps:
      - run: [make, seed] # takes a while
      # The network may be slow
      - uses: git.fetch
        id: fetch
        optional: true
git: { protected: [main] }
`);
    expect((await stat(file)).mode & 0o777).toBe(0o664);
    await editing().save({ ...target, declaration: null }, call);
    expect(await readFile(file, 'utf8')).toBe('# Ours\nversion: 1\ngit: { protected: [main] }\n');
  });

  it('writes where a link leads', async () => {
    const elsewhere = join(folder.path, 'team.yml');
    await writeFile(elsewhere, golden, { mode: 0o600 });
    await symlink(elsewhere, join(root, 'golden.yml'));
    await editing().save({ ...target, declaration: { steps: [{ uses: 'ready' }] } }, call);
    expect(await readFile(elsewhere, 'utf8')).toContain('- uses: ready');
    expect((await stat(elsewhere)).mode & 0o777).toBe(0o600);
  });

  it('makes the file where there is none, with the schema that lies beside', async () => {
    const declaration = { steps: [{ uses: 'ready' as const }] };
    const { diff } = await editing().previewSave({ ...target, declaration }, call);
    expect(diff).toContain('+version: 1\n+routines:\n+  early:\n+    steps:\n+      - uses: ready');
    await writeFile(join(root, 'golden.schema.json'), '{}');
    const { text } = await editing().save({ ...target, declaration }, call);
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./golden.schema.json');
  });

  it('shows what would be wrong, and does not write it', async () => {
    await writeFile(join(root, 'golden.yml'), golden);
    const declaration = {
      steps: [
        { run: 'a', service: 'dbb' },
        { uses: 'ready' as const, needs: ['rum'] },
      ],
    };
    const { problems } = await editing().previewSave({ ...target, declaration }, call);
    expect(problems.map(({ remedy, position }) => [remedy, position?.line])).toEqual([
      ['Did you mean “db”?', 8],
      ['Did you mean run?', 11],
    ]);
    const refused = await refusal(editing().save({ ...target, declaration }, call));
    expect(refused.code).toBe('golden-file.invalid');
    expect(problemsOf(refused.details)).toHaveLength(2);
    expect(await readFile(join(root, 'golden.yml'), 'utf8')).toBe(golden);
    expect((await refusal(editing().save({ ...target, routine: 'Not so', declaration }, call))).code).toBe(
      'input.invalid',
    );
  });

  it('can be used while another routine, or the Compose file, is wrong', async () => {
    await writeFile(
      join(root, 'golden.yml'),
      `${golden}day: { idle: never }\n`.replace('uses: git.fetch', 'uses: nope'),
    );
    await writeFile(join(root, 'compose.yaml'), 'services: [');
    expect((await refusal(editing().declaration(target, call))).code).toBe('golden-file.invalid');
    const { text } = await editing().save({ ...target, declaration: { steps: [{ uses: 'ready' }] } }, call);
    expect(text).toContain('day: { idle: never }');
    expect(parseGoldenFile(text, 'golden.yml').declared.routines).toEqual({ early: { steps: [{ uses: 'ready' }] } });
  });

  it('does not write over what was saved meanwhile', async () => {
    const file = join(root, 'golden.yml');
    await writeFile(file, golden);
    let reads = 0;
    const files: typeof systemFiles = {
      ...systemFiles,
      async readText(path, signal) {
        reads += path === file ? 1 : 0;
        if (reads === 2) await writeFile(file, `${golden}# mine\n`);
        return systemFiles.readText(path, signal);
      },
    };
    const refused = await refusal(editing(files).save({ ...target, declaration: null }, call));
    expect(refused.code).toBe('plan.stale');
    expect(await readFile(file, 'utf8')).toBe(`${golden}# mine\n`);
  });
});

describe('templates', () => {
  it.each(templates)('$name can be written down and reads back', async ({ name, declaration }) => {
    const given = { environmentId: 'shop/main', routine: name, declaration };
    expect(await editing().previewSave(given, call)).toMatchObject({ problems: [] });
    const { text } = await editing().save(given, call);
    expect(parseGoldenFile(text, 'golden.yml')).toMatchObject({
      problems: [],
      declared: { routines: { [name]: declaration } },
    });
    expect(await editing().declaration(given, call)).toEqual(declaration);
  });
});

it('names what steps and conditions can be made of', async () => {
  const { kinds, facts } = await editing().vocabulary(undefined, call);
  expect(kinds).toContain('golden.capture');
  expect(facts).toContainEqual(expect.objectContaining({ name: 'data.changed', type: 'bytes' }));
  expect(facts.map(({ name }) => name)).toContain('branch.behind');
});
