import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type GitServer, gitServer } from '../../support/git-server.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temp.ts';
import { addStackPage } from '../pages/add-stack-page.ts';
import { launchApp, type RunningApp } from '../support/app.ts';
import { accessibleInBothThemes } from '../support/axe.ts';
import { takeScreens } from '../support/screens.ts';

let running: RunningApp;
let server: GitServer;
let parent: TemporaryFolder;
test.beforeEach(async () => {
  [running, server, parent] = await Promise.all([launchApp(), gitServer(), temporaryFolder()]);
});
test.afterEach(async () => {
  await running.close();
  await server.close();
  await parent.remove();
});

test('a repository is allowed before anything of it is fetched, and named with its commit', async () => {
  const { page } = running;
  const add = addStackPage(page);
  const commit = await server.commit('shared.git', {
    'db.yaml': 'services:\n  db: { image: goldenhour-fixture/tools:1, command: [sleep, inf] }\n',
  });
  const repository = `${server.url}/shared.git`;
  const folder = join(parent.path, 'remote');
  await mkdir(folder);
  await writeFile(
    join(folder, 'compose.yaml'),
    `include: ["${repository}#main:db.yaml"]\nservices:\n  app: { image: goldenhour-fixture/tools:1, command: [sleep, inf] }\n`,
  );
  await add.lookAt(folder);

  const inTheWay = add.section('What is in the way');
  await expect(inTheWay).toContainText('would be fetched');
  await expect(inTheWay).toContainText('compose.yaml:1:11');
  expect(server.requests).toEqual([]);
  await takeScreens(running, 'remote-source', accessibleInBothThemes(page));

  await inTheWay.getByRole('button', { name: /^Allow http/ }).click();
  await expect(add.section('Services').getByRole('listitem')).toHaveText([/^app/, /^db/]);
  await expect(add.section('Access to this machine')).toContainText(repository);
  await expect(add.section('Access to this machine')).toContainText(commit);
  await expect(add.section('Access to this machine')).not.toContainText('remote remote');
  await expect(add.addAndStart).toBeEnabled();
  await takeScreens(running, 'remote-source-allowed', accessibleInBothThemes(page));
});
