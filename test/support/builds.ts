import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemClock } from '../../electron/engine/platform/clock.ts';
import { systemFiles } from '../../electron/engine/platform/files.ts';
import { runProcess } from '../../electron/engine/platform/processes.ts';
import type { ImageDeps } from '../../electron/engine/providers/docker/apply-images.ts';
import { buildImages } from '../../electron/engine/providers/docker/build-images.ts';
import type { DockerClient } from '../../electron/engine/providers/docker/client.ts';
import { withContextServices } from '../../electron/engine/providers/docker/order.ts';
import type { EnvironmentTarget } from '../../electron/engine/providers/provider.ts';
import type { AppError } from '../../shared/errors.ts';
import { connectDocker, fixtureImages, removeProject, uniqueProjectName } from './docker.ts';
import { connectClient, type TestStacks, testStacks } from './docker-stacks.ts';
import { temporaryFolder } from './temp.ts';

export interface BuildFile {
  readonly text?: string | Buffer;
  readonly mode?: number;
  readonly linkTo?: string;
}

/** A project whose images are built by the engine's own code, without an operation around it. */
export interface TestBuild {
  readonly projectName: string;
  readonly folder: string;
  readonly stacks: TestStacks;
  target(): Promise<EnvironmentTarget>;
  /** Builds these services (default: all) and what they read. */
  run(services?: readonly string[], options?: BuildRun): Promise<{ readonly log: string; readonly details: string[] }>;
  write(files: Readonly<Record<string, string | BuildFile>>): Promise<void>;
  /** Removes its images and all else. */
  remove(): Promise<void>;
}

export interface BuildRun {
  readonly client?: DockerClient;
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly onLog?: (line: string) => void;
}

export async function testBuild(
  files: Readonly<Record<string, string | BuildFile>>,
  environment: Readonly<Record<string, string>> = {},
  client: DockerClient = connectClient(),
  docker = connectDocker(),
): Promise<TestBuild> {
  const parent = await temporaryFolder();
  const projectName = uniqueProjectName('build');
  const folder = join(parent.path, projectName);
  const stacks = testStacks({ folder, environment, client });
  const write: TestBuild['write'] = async (each) => {
    for (const [name, given] of Object.entries(each)) {
      const file = typeof given === 'string' ? { text: given } : given;
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      if (file.linkTo !== undefined) await symlink(file.linkTo, path);
      else await writeFile(path, file.text ?? '');
      if (file.mode !== undefined) await chmod(path, file.mode);
    }
  };
  await write(files);
  return {
    projectName,
    folder,
    stacks,
    target: stacks.target,
    write,
    async run(services, options = {}) {
      const target = await stacks.target();
      const log: string[] = [];
      const details: string[] = [];
      const secrets = Object.values(target.project.secrets ?? {});
      const values = Object.fromEntries(
        secrets.flatMap(({ environment: name }) => (name === undefined ? [] : [[name, environment[name] ?? '']])),
      );
      const deps: ImageDeps = {
        docker: () => options.client ?? client,
        files: systemFiles,
        run: runProcess,
        clock: systemClock,
        environment: { ...process.env, DOCKER_CONFIG: join(folder, '.docker'), ...options.environment },
        variables: async () => values,
      };
      const progress = {
        progress: () => undefined,
        detail: (text: string) => void details.push(text),
        log: (text: string) => {
          log.push(text);
          options.onLog?.(text);
        },
      };
      const order = withContextServices(target.project, services ?? Object.keys(target.project.services));
      await buildImages(deps, target, order, progress, options.signal ?? AbortSignal.timeout(120_000));
      return { log: log.join('\n'), details };
    },
    async remove() {
      await removeProject(docker, projectName);
      const filters = JSON.stringify({ label: [`com.docker.compose.project=${projectName}`] });
      for (const image of await docker.listImages({ filters })) await docker.getImage(image.Id).remove({ force: true });
      client.close();
      await parent.remove();
    },
  };
}

/** Builds of one test, and what else it leaves behind. */
export interface TestBuilds {
  readonly make: typeof testBuild;
  /** Called by `clean`, in this order. */
  readonly cleanup: (() => Promise<unknown>)[];
  /** To be called after each test. */
  clean(): Promise<void>;
}

export function testBuilds(): TestBuilds {
  const cleanup: TestBuilds['cleanup'] = [];
  return {
    cleanup,
    async make(...given) {
      const made = await testBuild(...given);
      cleanup.push(made.remove);
      return made;
    },
    async clean() {
      for (const each of cleanup.splice(0)) await each();
    },
  };
}

/** What a build was refused or failed with. */
export async function failureOf(work: Promise<unknown>): Promise<AppError> {
  return work.then(
    () => {
      throw new Error('it was built');
    },
    (error: unknown) => error as AppError,
  );
}

/** Words for a RUN that no earlier build has done. */
export const fresh = (): string => `: ${Math.random()}`;

/** The first line of most Dockerfiles. */
export const baseLine = `FROM ${fixtureImages.tools}`;

/** The socket of the tests' engine, to put a proxy before it. */
export const engineSocket = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace('unix://', '');
