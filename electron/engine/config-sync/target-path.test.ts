import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../../../test/support/temp.ts';
import { systemFiles } from '../platform/files.ts';
import { targetPath } from './target-path.ts';

let parent: TemporaryFolder;
let folder = '';

beforeAll(async () => {
  parent = await temporaryFolder();
  folder = join(parent.path, 'shop');
  await mkdir(join(folder, 'config'), { recursive: true });
  await mkdir(join(folder, '.git', 'hooks'), { recursive: true });
  await writeFile(join(parent.path, 'secret'), 'x');
  await writeFile(join(folder, 'config', 'real'), 'x');
  await symlink(parent.path, join(folder, 'out'));
  await symlink(join(parent.path, 'secret'), join(folder, 'link'));
  await symlink(join(folder, '.git'), join(folder, 'innocent'));
  await symlink(join(folder, 'config', 'real'), join(folder, 'alias'));
});
afterAll(() => parent.remove());

it('follows links inside the folder, and makes up what is not there yet', async () => {
  expect(await targetPath(systemFiles, folder, 'alias')).toBe(join(folder, 'config', 'real'));
  expect(await targetPath(systemFiles, folder, './new/deep/file.json')).toBe(join(folder, 'new', 'deep', 'file.json'));
});

it.each([
  '../secret',
  'config/../../secret',
  '/etc/passwd',
  'C:\\secret',
  'out/new',
  'link',
  '.git/hooks/pre-commit',
  '.GIT/config',
  'sub/.git/config',
  'git~1/config',
  'innocent/hooks/post-checkout',
  'config',
  'config/',
  '.',
  '',
])('refuses %j', async (to) => {
  await expect(targetPath(systemFiles, folder, to)).rejects.toMatchObject({ code: 'input.invalid' });
});
