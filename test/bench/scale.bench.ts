import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type Docker from 'dockerode';
import { connectSocket, type RunningEngine } from '../../electron/doors/socket-client.ts';
import type { EngineClient } from '../../shared/client.ts';
import type { StateEvent } from '../../shared/contract/streams.ts';
import { connectDocker, removeProject, uniqueProjectName } from '../support/docker.ts';
import { temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';
import { type Bench, type BenchContext, timed } from './harness.ts';
import { cpuPercents, processesNamed, residentMb } from './process-usage.ts';
import { startAll } from './scale-containers.ts';
import { soak } from './scale-soak.ts';

const program = fileURLToPath(new URL('../../out/main/golden.js', import.meta.url));
const wanted = 200;
const environmentsWanted = 4;
/** Until what was just started is at rest: its machine code too is made in the background for the first minutes. */
const settleMs = 120_000;
const measuredMs = 60_000;
const calls = 200;
const deaths = 20;

const targets = { cpuPercent: 3, residentMb: 300, listMs: 300, dieMs: 1000, tellMs: 8000 } as const;

/**
 * 200 containers, each asked by a probe over the network: what the engine costs while nobody looks, beside `docker stats` and `docker events`, which show about
 * the same; how quickly it answers and notices. And a day of health and figures on a virtual clock, for its memory.
 */
export const bench: Bench = {
  async run(context) {
    const missed: string[] = [];
    const check = (what: string, value: number, limit: number): void => {
      if (!(value <= limit)) missed.push(`${what}: ${value.toFixed(1)} > ${limit}`);
    };
    const parent = await temporaryFolder('goldenhour-bench-scale-');
    const docker = connectDocker();
    const projects = Array.from({ length: environmentsWanted }, () => uniqueProjectName('bench-scale'));
    const home = { ...process.env, GOLDEN_HOUR_HOME: join(parent.path, 'home'), GOLDEN_HOUR_STORE: projects[0] };
    let server: ChildProcess | undefined;
    let engine: RunningEngine | undefined;
    try {
      const running = await startAll(docker, projects, { parent: parent.path, wanted, initUpTo: deaths });
      context.say(`${running} containers of ${wanted} run`);
      server = await serve(home);
      engine = await connectSocket({ dataFolder: home.GOLDEN_HOUR_HOME, environment: home });
      if (engine === undefined) throw new Error('golden serve cannot be joined');
      const { client } = engine;
      for (const project of projects) await client.stacks.add({ folder: join(parent.path, project) });
      await waitFor(
        async () =>
          (await client.environments.list()).every(({ services }) =>
            services.every(({ health }) => health === 'healthy'),
          ),
        { what: 'all services healthy', deadlineMs: 120_000 },
      );
      await delay(settleMs);
      const probedBefore = await probesOf(client);
      const cost = await costOf([server.pid ?? 0]);
      const probed = (await probesOf(client)) - probedBefore;
      context.record({ case: `${running} containers: probes made`, unit: '/s', runs: [probed / (measuredMs / 1000)] });
      const theirs = await peers();
      const name = 'docker stats, docker events';
      const compare = (what: string, unit: string, key: keyof Cost): void => {
        const peer = { name, runs: [theirs[key]] };
        context.record({ case: `${running} containers: ${what}`, unit, runs: [cost[key]], peer });
      };
      compare('idle CPU, of a core', '%', 'cpu');
      compare('resident memory', 'MB', 'memory');
      compare('CPU of dockerd meanwhile', '%', 'dockerd');
      check('idle CPU, % of a core', cost.cpu, targets.cpuPercent);
      check('resident memory, MB', cost.memory, targets.residentMb);
      const answers = await answering(context, client);
      check('environments.list p95, ms', answers, targets.listMs);
      const { shown, told } = await noticing(context, client, docker, projects);
      check('die → shown p95, ms', shown, targets.dieMs);
      check('die → told, ms', told, targets.tellMs);
    } finally {
      await engine?.close();
      if (server !== undefined && server.exitCode === null) {
        server.kill('SIGTERM');
        await once(server, 'exit');
      }
      for (const project of projects) await removeProject(docker, project);
      await parent.remove();
    }
    await aDay(context, check);
    if (missed.length > 0) throw new Error(`Targets missed: ${missed.join('; ')}`);
  },
};

const p95 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.POSITIVE_INFINITY;

async function probesOf(client: EngineClient): Promise<number> {
  const environments = await client.environments.list();
  const checks = await Promise.all(environments.map(({ id }) => client.health.checks({ environmentId: id })));
  return checks.flat().reduce((sum, { counters }) => sum + counters.probes, 0);
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

interface Cost {
  readonly cpu: number;
  readonly memory: number;
  readonly dockerd: number;
}

async function costOf(pids: readonly number[]): Promise<Cost> {
  const [dockerd] = await processesNamed('dockerd');
  const all = await cpuPercents([...pids, ...(dockerd === undefined ? [] : [dockerd])], measuredMs);
  const own = all.slice(0, pids.length);
  return {
    cpu: own.reduce((sum, each) => sum + each, 0),
    memory: (await Promise.all(pids.map(residentMb))).reduce((sum, each) => sum + each, 0),
    dockerd: all[pids.length] ?? Number.NaN,
  };
}

/** The clients of Docker's own that show figures and events, together, while our engine goes on beside them. */
async function peers(): Promise<Cost> {
  const children = [['stats', '--format', '{{json .}}'], ['events']].map((args) =>
    spawn('docker', args, { stdio: ['ignore', 'ignore', 'inherit'] }),
  );
  try {
    await delay(10_000);
    return await costOf(children.flatMap(({ pid }) => pid ?? []));
  } finally {
    for (const child of children) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
}

async function snapshot(client: EngineClient): Promise<StateEvent> {
  const stop = new AbortController();
  try {
    for await (const event of await client.state.watch({}, { signal: stop.signal })) return event;
    throw new Error('no snapshot');
  } finally {
    stop.abort();
  }
}

async function answering(context: BenchContext, client: EngineClient): Promise<number> {
  const lists: number[] = [];
  const snapshots: number[] = [];
  const queries: number[] = [];
  const now = Date.now();
  const [first] = await client.environments.list();
  for (let run = 0; run < calls; run++) {
    lists.push(await timed(() => client.environments.list()));
    if (run % 4 !== 0) continue;
    snapshots.push(await timed(() => snapshot(client)));
    queries.push(
      await timed(() =>
        client.metrics.query({
          environmentId: first?.id ?? '',
          metrics: ['cpu_percent', 'memory_bytes'],
          from: now - 3_600_000,
          to: now,
        }),
      ),
    );
  }
  context.record({ case: 'environments.list, p95', unit: 'ms', runs: [p95(lists)] });
  context.record({ case: 'first snapshot of the state, p95', unit: 'ms', runs: [p95(snapshots)] });
  context.record({ case: 'figures of 50 services over an hour, p95', unit: 'ms', runs: [p95(queries)] });
  return p95(lists);
}

/** From the end of a process to the change of its service in what a window is sent, and to the notice of it. */
async function noticing(
  context: BenchContext,
  client: EngineClient,
  docker: Docker,
  projects: readonly string[],
): Promise<{ readonly shown: number; readonly told: number }> {
  const stop = new AbortController();
  const gone = new Map<string, number>();
  const told = new Map<string, number>();
  const watching = (async () => {
    for await (const event of await client.state.watch({}, { signal: stop.signal })) {
      if (event.kind !== 'changes') continue;
      for (const change of event.changes) {
        if (change.type === 'watch')
          for (const { environment } of change.value.notices)
            if (environment !== null && !told.has(environment)) told.set(environment, performance.now());
        if (change.type !== 'environment') continue;
        for (const { name, state } of change.value.services) {
          const key = `${change.value.projectName}-${name}-1`;
          if (state === 'exited' && !gone.has(key)) gone.set(key, performance.now());
        }
      }
    }
  })().catch(() => undefined);
  const shownAfter: number[] = [];
  const toldAfter: number[] = [];
  for (let run = 0; run < deaths; run++) {
    const project = projects[run % projects.length] ?? '';
    const name = `${project}-s${run}-1`;
    // Nobody asks the engine for it.
    const exec = await docker.getContainer(name).exec({ Cmd: ['sh', '-c', 'kill -9 -1'] });
    const begin = performance.now();
    await exec.start({});
    const shown = await waitFor(() => gone.get(name), { what: `the end of ${name}`, intervalMs: 1 });
    shownAfter.push(shown - begin);
    // What fails soon after joins the notice of its environment.
    if (run < projects.length)
      toldAfter.push((await waitFor(() => told.get(`${project}/main`), { what: `a notice of ${name}` })) - begin);
    await delay(300);
  }
  stop.abort();
  await watching;
  context.record({
    case: 'a process ends → the change in the window’s state, p95',
    unit: 'ms',
    runs: [p95(shownAfter)],
  });
  context.record({ case: 'a process ends → its notice', unit: 'ms', runs: toldAfter });
  return { shown: p95(shownAfter), told: Math.max(...toldAfter) };
}

async function aDay(context: BenchContext, check: (what: string, value: number, limit: number) => void): Promise<void> {
  const folder = await temporaryFolder('goldenhour-bench-soak-');
  try {
    const services = 40;
    const { heapMb, databaseMb, probes, downs, notices, rows } = await soak(folder.path, services);
    // Everything that is kept for a time has filled by then.
    const [early = 0, late = 0] = [heapMb[5], heapMb.at(-1)];
    context.say(
      `a day of ${services} services: ${probes} probes, ${downs} times down, ${notices} notices, ${rows.fine} + ${rows.rolled} rows; heap by the hour ${heapMb.map((each) => each.toFixed(1)).join(' ')} MB`,
    );
    context.record({ case: 'heap after 6 virtual hours', unit: 'MB', runs: [early] });
    context.record({ case: 'heap after 24 virtual hours', unit: 'MB', runs: [late] });
    context.record({ case: 'database after 24 virtual hours', unit: 'MB', runs: [databaseMb] });
    check('growth of the heap in 18 hours, MB', late - early, Math.max(3, early * 0.1));
  } finally {
    await folder.remove();
  }
}
