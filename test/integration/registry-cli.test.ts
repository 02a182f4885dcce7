import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OperationView } from '../../shared/contract/operations.ts';
import { connectDocker, removeProject, uniqueProjectName } from '../support/docker.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { type PushedImage, putImage } from '../support/registry-images.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

/** `golden pull` as a user runs it, from a real registry. */

const program = join(import.meta.dirname, '../../out/main/golden.js');
const docker = connectDocker();
const projectName = uniqueProjectName('regcli');
const images: PushedImage[] = [];
let home: TemporaryFolder;
let project: TemporaryFolder;
let registry: TestRegistry;

function golden(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, GOLDEN_HOUR_HOME: join(home.path, 'data'), DOCKER_CONFIG: home.path };
    execFile(
      process.execPath,
      [program, ...args],
      { cwd: project.path, env, timeout: 120_000 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      },
    );
  });
}

beforeAll(async () => {
  home = await temporaryFolder('golden home ');
  project = await temporaryFolder('golden project ');
  registry = await startRegistry();
  for (const name of ['a', 'b']) images.push(await putImage(registry, { repository: `cli/${name}`, layers: [20_000] }));
  const services = images.map(({ name }, index) => `  s${index}:\n    image: ${name}\n`).join('');
  await writeFile(join(project.path, 'compose.yaml'), `name: ${projectName}\nservices:\n${services}`);
});

afterAll(async () => {
  await removeProject(docker, projectName);
  for (const { name } of images)
    await docker
      .getImage(name)
      .remove({ force: true })
      .catch(() => undefined);
  await registry?.remove();
  await project?.remove();
  await home?.remove();
});

it('fetches images, starts nothing, and says what is new', async () => {
  const result = await golden(['pull', '--json']);
  expect(result.code, result.stderr + result.stdout).toBe(0);
  const view = JSON.parse(result.stdout) as OperationView;
  expect(view).toMatchObject({ kind: 'stack.pull', state: 'done' });
  expect(view.summary).toContain(`${images[0]?.name} and ${images[1]?.name} are new.`);
  expect(view.steps.map((step) => step.title)).toEqual(['Pull images', 'Compare with what runs']);
  for (const { name, digest } of images) {
    const { RepoDigests } = await docker.getImage(name).inspect();
    expect(RepoDigests.join()).toContain(digest);
  }
  const again = JSON.parse((await golden(['pull', '--json'])).stdout) as OperationView;
  expect(again.summary).toBe('All 2 images are up to date.');
  const filters = JSON.stringify({ label: [`com.docker.compose.project=${projectName}`] });
  expect(await docker.listContainers({ all: true, filters })).toEqual([]);
});

it('fails with the registry in words, and exits with 1', async () => {
  await registry.stop();
  const result = await golden(['pull', 's0']);
  expect(result.code).toBe(1);
  expect(result.stderr).toContain(`its registry ${registry.host} cannot be reached`);
  expect(result.stdout).toBe('');
  expect((await golden(['pull', 'no-such-service'])).code).not.toBe(0);
});
