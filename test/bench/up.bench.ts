import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connectSocket, type RunningEngine } from '../../electron/doors/socket-client.ts';
import { compose } from '../support/compose.ts';
import { connectDocker, fixtureImages, removeProject, uniqueProjectName } from '../support/docker.ts';
import { freePort } from '../support/ports.ts';
import { temporaryFolder } from '../support/temp.ts';
import { type Bench, settle, timed } from './harness.ts';

const program = fileURLToPath(new URL('../../out/main/golden.js', import.meta.url));
const run = promisify(execFile);

/** The same project in a folder (hence under a name) of its own, and one way of working with it. */
interface Way {
  readonly name: string;
  up(): Promise<unknown>;
  /** Containers, network and volumes go. */
  remove(): Promise<unknown>;
}

/** 3 services with data, one of them with a health check, 5 that wait for them, 6 after those, 6 with ports in front. */
function composeFile(ports: readonly number[]): string {
  const names = (prefix: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
  const service = (name: string, lines: readonly string[]): string =>
    `  ${name}:\n    <<: *common\n${lines.map((line) => `    ${line}\n`).join('')}`;
  return `x-common: &common
  image: ${fixtureImages.tools}
  command: ['sh', '-c', 'trap "exit 0" TERM; sleep 86400 & wait']
  environment: {LEVEL: info, DATABASE: 'postgres://db:5432/app'}
services:
${service('db', [
  'volumes: ["db:/data"]',
  'healthcheck: {test: [CMD, "true"], interval: 1s, timeout: 5s, retries: 20}',
])}${service('cache', ['volumes: ["cache:/data"]'])}${service('queue', ['volumes: ["queue:/data"]'])}${names('api', 5)
  .map((name) => service(name, ['depends_on: {db: {condition: service_healthy}, cache: {condition: service_started}}']))
  .join('')}${names('worker', 6)
  .map((name, index) => service(name, [`depends_on: [api-${(index % 5) + 1}, queue]`]))
  .join('')}${names('web', 6)
  .map((name, index) => service(name, [`depends_on: [worker-${index + 1}]`, `ports: ["127.0.0.1:${ports[index]}:80"]`]))
  .join('')}volumes:
  db: {}
  cache: {}
  queue: {}
`;
}

function golden(folder: string, environment: NodeJS.ProcessEnv): (...words: string[]) => Promise<unknown> {
  return (...words) => run(process.execPath, [program, '-C', folder, ...words], { env: environment, timeout: 300_000 });
}

function commandWay(name: string, folder: string, environment: NodeJS.ProcessEnv): Way {
  const words = golden(folder, environment);
  return {
    name,
    up: () => words('up'),
    remove: () => words('remove', '--volumes', '--yes'),
  };
}

function composeWay(folder: string): Way {
  const words = async (...args: string[]): Promise<void> => {
    const result = await compose(args, { folder, timeoutMs: 300_000 });
    if (result.exitCode !== 0) throw new Error(`docker compose ${args.join(' ')}: ${result.stderr}`);
  };
  return {
    name: 'docker compose',
    up: () => words('up', '-d'),
    remove: () => words('down', '--volumes'),
  };
}

/** As the window does it: calls to an engine that runs, and the stream that says how they end. */
function callWay(engine: RunningEngine, folder: string): Way {
  const { client } = engine;
  const environmentId = async (): Promise<string> => {
    const known = (await client.environments.list()).find((each) => each.folder === folder);
    return known?.id ?? (await client.stacks.add({ folder })).environmentId;
  };
  async function ended({ operationId }: { readonly operationId: string }): Promise<void> {
    for await (const event of await client.state.watch({})) {
      const views =
        event.kind === 'snapshot'
          ? event.state.operations
          : event.changes.flatMap((change) => (change.type === 'operation' ? [change.value] : []));
      const view = views.find((each) => each.id === operationId);
      if (view?.state === 'done') return;
      if (view?.state === 'failed' || view?.state === 'cancelled') throw new Error(JSON.stringify(view.error));
    }
  }
  return {
    name: 'in the app',
    up: async () => ended(await client.environments.up({ environmentId: await environmentId() })),
    async remove() {
      const id = await environmentId();
      const { hash } = await client.environments.plan({ environmentId: id, action: 'remove', volumes: true });
      await ended(await client.environments.remove({ environmentId: id, volumes: true, planHash: hash }));
    },
  };
}

async function serve(environment: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, 'serve', '--json'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', () => resolve());
    child.once('exit', (code) => reject(new Error(`golden serve ended with ${code}`)));
  });
  return child;
}

/** Starting 20 services beside `docker compose up -d` on the same engine, and finding that nothing is to be done. */
export const bench: Bench = {
  async run(context) {
    const parent = await temporaryFolder('goldenhour-bench-up-');
    const docker = connectDocker();
    const projects: string[] = [];
    const stores: string[] = [];
    const ports = await Promise.all(Array.from({ length: 6 }, () => freePort()));
    const project = async (): Promise<string> => {
      const name = uniqueProjectName('bench-up');
      projects.push(name);
      const folder = join(parent.path, name);
      await mkdir(folder);
      await writeFile(join(folder, 'compose.yaml'), composeFile(ports));
      return folder;
    };
    const home = (): NodeJS.ProcessEnv => {
      const name = uniqueProjectName('bench-store');
      stores.push(name);
      return { ...process.env, GOLDEN_HOUR_HOME: join(parent.path, name), GOLDEN_HOUR_STORE: name };
    };
    const joinedHome = home();
    const server = await serve(joinedHome);
    const engine = await connectSocket({ dataFolder: String(joinedHome['GOLDEN_HOUR_HOME']), environment: joinedHome });
    try {
      if (engine === undefined) throw new Error('golden serve cannot be joined');
      const theirs = composeWay(await project());
      const ways = [
        theirs,
        commandWay('golden alone', await project(), home()),
        commandWay('golden beside the app', await project(), joinedHome),
        callWay(engine, await project()),
      ];
      const figures = new Map<string, number[]>();
      const note = async (what: string, way: Way, work: () => Promise<unknown>): Promise<void> => {
        const key = `${what}\n${way.name}`;
        figures.set(key, [...(figures.get(key) ?? []), await timed(work)]);
        await settle(200);
      };
      // A store is made once per engine, not once per project: its first volume is not counted.
      for (const way of ways.slice(1)) {
        await way.up();
        await way.remove();
      }
      for (let turn = 0; turn < Math.max(5, context.runs); turn++) {
        for (const way of ways) {
          await note('up', way, way.up);
          await note('up, nothing to do', way, way.up);
          await note('remove', way, way.remove);
        }
      }
      for (const what of ['up', 'up, nothing to do', 'remove'])
        for (const way of ways.slice(1))
          context.record({
            case: `20 services: ${what}: ${way.name}`,
            unit: 'ms',
            runs: figures.get(`${what}\n${way.name}`) ?? [],
            peer: { name: theirs.name, runs: figures.get(`${what}\n${theirs.name}`) ?? [] },
          });
    } finally {
      await engine?.close();
      server.kill('SIGTERM');
      await new Promise((resolve) => (server.exitCode === null ? server.once('exit', resolve) : resolve(null)));
      for (const name of projects) await removeProject(docker, name);
      for (const name of stores) {
        await docker
          .getContainer(`${name}-helper`)
          .remove({ force: true, v: true })
          .catch(() => undefined);
        await docker
          .getVolume(name)
          .remove({ force: true })
          .catch(() => undefined);
      }
      await parent.remove();
    }
  },
};
