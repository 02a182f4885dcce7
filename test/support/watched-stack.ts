import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { Actor, Call } from '../../electron/engine/api.ts';
import { createEngine, type Engine } from '../../electron/engine/engine.ts';
import type { ServiceView } from '../../shared/contract/environments.ts';
import type { AppState } from '../../shared/contract/streams.ts';
import type { Incident } from '../../shared/domain/incident-types.ts';
import { connectDocker, removeProject, uniqueProjectName } from './docker.ts';
import { temporaryFolder } from './temp.ts';
import { waitFor } from './wait.ts';

const actor: Actor = { door: 'window', user: 'test' };
const call: Call = { actor, signal: new AbortController().signal };

export interface WatchedStackOptions {
  /** Begins the project's name. */
  readonly prefix: string;
  /** By name; `PROJECT` in them becomes the project's name. */
  readonly files: Readonly<Record<string, string>>;
  /** Where Docker's own settings are; default those of whoever runs the tests. */
  readonly dockerConfig?: (folder: string) => Promise<string>;
}

/**
 * A stack that is up on the real engine, and an engine of ours that watches it and tells without the quiet that follows
 * its own operations.
 */
export interface WatchedStack {
  readonly docker: Docker;
  readonly project: string;
  readonly environmentId: string;
  readonly folder: string;
  readonly call: Call;
  /** Of the engine of now: another one after `closeEngine` and `openEngine`. */
  readonly api: Engine['api'];
  up(): Promise<void>;
  closeEngine(): Promise<void>;
  openEngine(): Promise<void>;
  state(): Promise<AppState>;
  service(name: string): Promise<ServiceView>;
  /** Waits until the service is so. Default deadline a minute. */
  health(name: string, wanted: ServiceView['health'], deadlineMs?: number): Promise<ServiceView>;
  incidentOf(name: string, fits?: (incident: Incident) => boolean): Promise<Incident>;
  /** What is written in the incidents of a service, all together. */
  notes(name: string): Promise<readonly string[]>;
  done(started: { readonly operationId: string }): Promise<void>;
  container(name: string, number?: number): Docker.Container;
  /** Runs a script in a container, as root. */
  inside(name: string, script: string, number?: number): Promise<void>;
  close(): Promise<void>;
}

export async function watchedStack({ prefix, files, dockerConfig }: WatchedStackOptions): Promise<WatchedStack> {
  const docker = connectDocker();
  const project = uniqueProjectName(prefix);
  const environmentId = `${project}/main`;
  const home = await temporaryFolder(prefix);
  const folder = join(home.path, project);
  await mkdir(folder);
  for (const [name, text] of Object.entries(files))
    await writeFile(join(folder, name), text.replaceAll('PROJECT', project));
  const { DOCKER_HOST, PATH = '' } = process.env;
  const environment = {
    PATH,
    ...(DOCKER_HOST === undefined ? {} : { DOCKER_HOST }),
    ...(dockerConfig === undefined ? {} : { DOCKER_CONFIG: await dockerConfig(home.path) }),
  };
  let current: Engine | undefined;
  const engine = (): Engine => {
    if (current === undefined) throw new Error('the engine is closed');
    return current;
  };

  async function openEngine(): Promise<void> {
    current = await createEngine({
      dataFolder: join(home.path, 'data'),
      version: 'test',
      home: homedir(),
      environment,
      storeNames: { volume: `${project}-store`, helper: `${project}-helper` },
    });
    const { alerts } = await current.api.settings.get({}, call);
    await current.api.settings.set({ alerts: { ...alerts, graceMs: 0 } }, call);
  }

  async function state(): Promise<AppState> {
    const stop = new AbortController();
    try {
      for await (const event of await engine().api.state.watch({}, { actor, signal: stop.signal }))
        if (event.kind === 'snapshot') return event.state;
    } finally {
      stop.abort();
    }
    throw new Error('no snapshot');
  }

  async function service(name: string): Promise<ServiceView> {
    const { services } = await engine().api.environments.get({ environmentId }, call);
    const found = services.find((each) => each.name === name);
    if (found === undefined) throw new Error(`there is no service ${name}`);
    return found;
  }

  const stack: WatchedStack = {
    docker,
    project,
    environmentId,
    folder,
    call,
    get api() {
      return engine().api;
    },
    async up() {
      await stack.done(await engine().api.environments.up({ environmentId }, call));
    },
    openEngine,
    async closeEngine() {
      await current?.close();
      current = undefined;
    },
    state,
    service,
    health: (name, wanted, deadlineMs = 60_000) =>
      waitFor(
        async () => {
          const found = await service(name);
          if (found.health === wanted) return found;
          throw new Error(`${name} is ${found.health}: ${found.reason}`);
        },
        { what: `${name} is ${wanted}`, deadlineMs },
      ),
    incidentOf: (name, fits = () => true) =>
      waitFor(async () => (await state()).watch.incidents.find((each) => each.service === name && fits(each)), {
        what: `an incident of ${name}`,
        deadlineMs: 60_000,
      }),
    async notes(name) {
      const own = (await state()).watch.incidents.filter((each) => each.service === name);
      const all = await Promise.all(own.map(({ id }) => engine().api.incidents.get({ incidentId: id }, call)));
      return all.flatMap(({ events }) => events.map(({ text }) => text));
    },
    async done({ operationId }) {
      const get = () => engine().api.operations.get({ operationId }, call);
      await waitFor(async () => (await get()).endedAt !== null, { what: 'the operation ends', deadlineMs: 60_000 });
      const { state: ended, error } = await get();
      if (ended !== 'done') throw new Error(`the operation ${ended}: ${error?.message}`);
    },
    container: (name, number = 1) => docker.getContainer(`${project}-${name}-${number}`),
    async inside(name, script, number) {
      const exec = await stack.container(name, number).exec({ Cmd: ['sh', '-c', script], User: 'root' });
      await exec.start({});
    },
    async close() {
      await current?.close();
      await removeProject(docker, project);
      await home.remove();
    },
  };
  try {
    await openEngine();
    await engine().api.stacks.add({ folder }, call);
    await stack.up();
    return stack;
  } catch (error) {
    await stack.close();
    throw error;
  }
}
