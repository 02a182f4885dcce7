import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
const tsc = join(root, 'node_modules/typescript/bin/tsc');

/** What each layer may and may not import; the file is written into a copy of the project's rules. */
const wrong: readonly (readonly [file: string, specifier: string])[] = [
  ['renderer/app/a.ts', 'electron'],
  ['renderer/app/a.ts', '../../electron/engine/engine.ts'],
  ['renderer/app/a.ts', 'node:fs'],
  ['shared/domain/a.ts', 'node:fs/promises'],
  ['shared/domain/a.ts', '../../renderer/app/b.ts'],
  ['shared/domain/a.ts', '../../electron/engine/engine.ts'],
  ['shared/domain/a.ts', 'electron'],
  ['electron/engine/golden/a.ts', 'electron'],
  ['electron/engine/golden/a.ts', '../../doors/router.ts'],
  ['electron/engine/golden/a.ts', '../../desktop/window.ts'],
  ['electron/engine/engine.ts', '../cli/main.ts'],
  ['electron/doors/a.ts', '../engine/golden/store.ts'],
  ['electron/doors/a.ts', 'electron'],
  ['electron/cli/a.ts', '../engine/operations/journal.ts'],
  ['electron/cli/a.ts', '../desktop/window.ts'],
  ['electron/desktop/a.ts', '../engine/golden/store.ts'],
  ['electron/desktop/a.ts', '../../renderer/app/b.ts'],
];

const right: readonly (readonly [file: string, specifier: string])[] = [
  ['renderer/app/a.ts', '../../shared/errors.ts'],
  ['shared/contract/a.ts', 'zod'],
  ['electron/engine/golden/a.ts', 'node:fs/promises'],
  ['electron/engine/golden/a.ts', '../providers/provider.ts'],
  ['electron/doors/a.ts', '../engine/engine.ts'],
  ['electron/cli/a.ts', '../engine/engine.ts'],
  ['electron/desktop/a.ts', 'electron'],
];

function run(program: string, args: readonly string[], cwd: string): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), output: `${stdout}${stderr}` });
    });
  });
}

let project: TemporaryFolder;

async function write(path: string, text: string): Promise<void> {
  const target = join(project.path, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
}

beforeAll(async () => {
  project = await temporaryFolder();
  for (const name of ['tsconfig.base.json', 'tsconfig.shared.json', 'tsconfig.electron.json', 'tsconfig.renderer.json'])
    await copyFile(join(root, name), join(project.path, name));
  const rules = JSON.parse(await readFile(join(root, 'biome.json'), 'utf8'));
  // The copy is no Git checkout.
  await write('biome.json', JSON.stringify({ ...rules, vcs: undefined, $schema: undefined }));
  await write('package.json', '{"type":"module"}');
  await mkdir(join(project.path, 'node_modules'));
  for (const name of ['zod', 'vite', '@types', 'electron', 'undici-types'])
    await symlink(join(root, 'node_modules', name), join(project.path, 'node_modules', name));
});

afterAll(() => project.remove());

async function lint(file: string, specifier: string): Promise<{ exitCode: number; output: string }> {
  await write(file, `import { x } from '${specifier}';\n\nexport const y = x;\n`);
  return run(biome, ['lint', '--max-diagnostics=none', file], project.path);
}

describe('imports across layers', () => {
  it.each(wrong)('%s may not import %s', async (file, specifier) => {
    const { exitCode, output } = await lint(file, specifier);
    expect(output).toMatch(/noRestrictedImports|noNodejsModules/);
    expect(exitCode).toBe(1);
  });

  it.each(right)('%s may import %s', async (file, specifier) => {
    const { exitCode, output } = await lint(file, specifier);
    expect(output).not.toMatch(/noRestrictedImports|noNodejsModules/);
    expect(exitCode).toBe(0);
  });

  it('the compiler refuses a renderer file that reaches into electron/', async () => {
    await write('shared/a.ts', 'export const shared = 1;\n');
    await write('electron/b.ts', 'export const engine = 2;\n');
    await write('renderer/c.ts', "import { shared } from '../shared/a.ts';\n\nexport const c = shared;\n");
    const build = () => run(tsc, ['-b', 'tsconfig.shared.json', 'tsconfig.renderer.json'], project.path);
    await rmOthers();
    const before = await build();
    expect(before.output).toBe('');
    expect(before.exitCode).toBe(0);
    await write('renderer/c.ts', "import { engine } from '../electron/b.ts';\n\nexport const c = engine;\n");
    const after = await build();
    expect(after.output).toMatch(/TS6059|TS6307/);
    expect(after.exitCode).not.toBe(0);
  });
});

/** The files of the lint cases import things that do not exist in the copy. */
async function rmOthers(): Promise<void> {
  for (const [file] of [...wrong, ...right]) await write(file, 'export {};\n');
}
