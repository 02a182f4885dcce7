import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runAllow, runHealth, runPause, runProbe, runSnooze } from '../../electron/cli/commands/health.ts';
import { type IncidentsOptions, runAcknowledge, runIncidents } from '../../electron/cli/commands/incidents.ts';
import { runVerb } from '../../electron/cli/commands/stack.ts';
import { runWatch } from '../../electron/cli/commands/watch.ts';
import { contextOf, type Run } from '../../electron/cli/context.ts';
import { reportError, type Terminal } from '../../electron/cli/output.ts';
import { createRouter } from '../../electron/doors/router.ts';
import { serveSocket } from '../../electron/doors/socket.ts';
import { createServeWire } from '../../electron/doors/wire.ts';
import { createEngine, type Engine } from '../../electron/engine/engine.ts';
import { incidentsContract, probeOutcomeSchema, type WatchState } from '../../shared/contract/health.ts';
import { incidentSchema } from '../../shared/domain/incident-types.ts';
import { healthSchema, lineSchema } from '../support/cli-health-schemas.ts';
import { connectDocker, fixtureImages, removeProject, uniqueProjectName } from '../support/docker.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';

/** The commands about health on a real stack, beside a running engine and with one of their own. */

const docker = connectDocker();
const project = uniqueProjectName('clihealth');
const environment = `${project}/main`;
const call = { actor: { door: 'window' as const, user: 'tester' }, signal: new AbortController().signal };
let home: TemporaryFolder;
let folder = '';
let engine: Engine | undefined;
let closeDoor = async (): Promise<void> => undefined;

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function collector(): { readonly stream: NodeJS.WriteStream; text(): string } {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}

function shell(json: boolean) {
  const out = collector();
  const err = collector();
  const terminal: Terminal = { stdout: out.stream, stderr: err.stream, json };
  const options = { file: undefined, envFile: undefined, profile: undefined, projectName: undefined };
  const variables = { PATH: process.env['PATH'] ?? '', GOLDEN_HOUR_HOME: join(home.path, 'data') };
  return { context: contextOf(terminal, { directory: folder, json, ...options }, variables), terminal, out, err };
}

/** A command as typed in the folder, to its exit code. */
async function golden(run: Run, json = false): Promise<Result> {
  const { context, terminal, out, err } = shell(json);
  const code = await run(context).then(
    (given) => given ?? 0,
    (error: unknown) => reportError(terminal, error),
  );
  return { code, out: out.text(), err: err.text() };
}

async function parsed<T>(schema: z.ZodType<T>, run: Run, code = 0): Promise<T> {
  const result = await golden(run, true);
  expect(result.code, result.out + result.err).toBe(code);
  return schema.parse(JSON.parse(result.out));
}

const health =
  (services: string[] = [], wait = '30s'): Run =>
  (context) =>
    runHealth(context, services, { wait });
const incidents =
  (id?: string, options: Partial<IncidentsOptions> = {}): Run =>
  (context) =>
    runIncidents(context, id, { open: false, since: '7d', all: false, ...options });

async function startEngine(): Promise<void> {
  const dataFolder = join(home.path, 'data');
  const variables = { PATH: process.env['PATH'] ?? '', GOLDEN_HOUR_HOME: dataFolder };
  engine = await createEngine({ dataFolder, version: '0.0.0-test', home: homedir(), environment: variables });
  const { alerts } = await engine.api.settings.get({}, call);
  await engine.api.settings.set({ alerts: { ...alerts, graceMs: 0 } }, call);
  const serve = createServeWire(createRouter({ api: engine.api, checkOutputs: true }));
  const door = await serveSocket({
    dataFolder,
    environment: variables,
    serve,
    actor: { door: 'socket', user: 'tester' },
  });
  closeDoor = () => door.close();
}

async function watchState(): Promise<WatchState> {
  for await (const event of await engine!.api.state.watch({}, call)) {
    if (event.kind === 'snapshot') return event.state.watch;
  }
  throw new Error('no snapshot came');
}

async function stopEngine(): Promise<void> {
  await closeDoor();
  await engine?.close();
  engine = undefined;
  closeDoor = async () => undefined;
}

/** Ends by itself, with a code that nobody asked for. */
async function crash(service: string): Promise<void> {
  const container = docker.getContainer(`${project}-${service}-1`);
  const exec = await container.exec({ Cmd: ['touch', '/end'], User: 'root' });
  await exec.start({});
  await waitFor(async () => !(await container.inspect()).State.Running, { what: `${service} ends` });
}

beforeAll(async () => {
  home = await temporaryFolder('cli-health');
  folder = join(home.path, project);
  await mkdir(folder);
  const common = '    init: true\n    stop_grace_period: 0s\n';
  await writeFile(
    join(folder, 'compose.yaml'),
    `services:
  api:
    image: ${fixtureImages.http}
${common}  worker:
    image: ${fixtureImages.tools}
    command: [sh, -c, 'rm -f /end; echo "FATAL: no licence found" >&2; until [ -e /end ]; do sleep 0.1; done; exit 3']
    user: root
${common}`,
  );
  await writeFile(
    join(folder, 'golden.yml'),
    'version: 1\nhealth: { defaults: { interval: 2s, successes: 1, start_period: 1s } }\n',
  );
  await startEngine();
  expect(await golden((context) => runVerb(context, 'up', []))).toMatchObject({ code: 0 });
}, 120_000);

afterAll(async () => {
  await stopEngine();
  await removeProject(docker, project);
  await home?.remove();
}, 60_000);

describe('the commands about health', { timeout: 120_000 }, () => {
  it('says how each service is, and ends with 0 when all are well', async () => {
    const all = await parsed(healthSchema, health());
    expect(all).toMatchObject({ environment, fine: true });
    expect(all.services.map(({ service, state: is }) => `${service} ${is}`)).toEqual(['api healthy', 'worker healthy']);
    expect(all.services[0]).toMatchObject({ source: 'suggested', last: { ok: true } });
    const { out } = await golden(health(['api']));
    expect(out).toMatch(/^SERVICE +STATE +FOR +PROBE/);
    expect(out).toMatch(/^api +● healthy .* \(suggested\) +ok in .* ago/m);
    expect(out).not.toContain('worker');
    expect(await golden(health(['nobody']))).toMatchObject({ code: 2 });
    expect(await golden(health([], 'soon'))).toMatchObject({ code: 2 });
  });

  it('asks a service now, with its probe or another one', async () => {
    const outcome = probeOutcomeSchema.extend({ environment: z.string(), service: z.string() });
    expect(await parsed(outcome, (context) => runProbe(context, 'api', {}))).toMatchObject({
      service: 'api',
      ok: true,
    });
    const nobody = { try: '{"tcp":{"port":9}}' };
    expect(await parsed(outcome, (context) => runProbe(context, 'api', nobody), 1)).toMatchObject({ ok: false });
    expect((await golden((context) => runProbe(context, 'api', nobody))).out).toMatch(/^api: failed.*Nothing listens/);
    const bad = await golden((context) => runProbe(context, 'api', { try: '{"http":{"port":"x"}}' }));
    expect(bad.code).toBe(2);
    expect(bad.err).toContain('http.port');
  });

  it('follows what happens, through a restart of the engine, and lists it as an incident', async () => {
    const { context, out, err } = shell(true);
    const stop = new AbortController();
    const ended = runWatch(context, { all: false }, stop);
    const lines = () =>
      out
        .text()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => lineSchema.parse(JSON.parse(line)));
    const line = (wanted: Record<string, unknown>, after = 0) =>
      waitFor(
        () =>
          lines().findIndex((each, index) => index >= after && expect.objectContaining(wanted).asymmetricMatch(each)) +
          1,
        { what: `a line ${JSON.stringify(wanted)}`, deadlineMs: 60_000 },
      );

    await line({ environment, service: 'worker', from: null, to: 'healthy' });
    await crash('worker');
    await line({ service: 'worker', to: 'down' });
    await line({ incident: 'opened', service: 'worker' });
    await line({ incident: 'updated', logLine: 'FATAL: no licence found' });
    await line({ notice: 'shown', service: 'worker' });

    const down = await parsed(healthSchema, health(), 1);
    expect(down.fine).toBe(false);
    expect(down.services.find((each) => each.service === 'worker')).toMatchObject({ state: 'down' });
    expect((await golden(health())).out).toMatch(/^worker +■ down .*Exited with code 3/m);

    const [open] = await parsed(z.array(incidentSchema), incidents(undefined, { open: true }));
    expect(open).toMatchObject({ environment, service: 'worker', to: null, acknowledgedAt: null });
    const list = await golden(incidents());
    expect(list.out).toContain(open!.id);
    const one = await golden(incidents('worker@'));
    expect(one.out).toMatch(/log: FATAL: no licence found/);
    expect(await golden(incidents('no-such'))).toMatchObject({ code: 2 });
    expect(await golden((each) => runAcknowledge(each, open!.id))).toMatchObject({ code: 0 });
    await line({ incident: 'updated', acknowledged: true });

    await stopEngine();
    await waitFor(() => err.text().includes('The engine ended'), { what: 'the end of the engine is told' });
    await startEngine();
    const seen = lines().length;
    expect(await golden((each) => runVerb(each, 'up', []))).toMatchObject({ code: 0 });
    await line({ service: 'worker', to: 'healthy' }, seen);
    await line({ incident: 'closed', service: 'worker', acknowledged: true }, seen);
    // What did not change is not told a second time.
    expect(lines().filter((each) => 'to' in each && each.service === 'api')).toHaveLength(1);
    stop.abort();
    expect(await ended).toBe(130);

    const detail = await parsed(incidentsContract.get['~orpc'].outputSchema!, incidents(open!.id));
    expect(detail).toMatchObject({ incident: { id: open!.id, state: 'healthy' } });
    expect(detail.events.length).toBeGreaterThan(1);
    expect(await parsed(z.array(incidentSchema), incidents(undefined, { open: true }))).toEqual([]);
  });

  it('pauses the watch and holds back notices in the running engine', async () => {
    const paused = (): Promise<Result> => golden((each) => runPause(each, { for: '1h', end: false, all: false }), true);
    const { until } = JSON.parse((await paused()).out) as { until: number };
    expect(until).toBeGreaterThan(Date.now());
    const asleep = await parsed(healthSchema, health(), 1);
    expect(asleep.services.map((each) => each.state)).toEqual(['unknown', 'unknown']);
    await golden((each) => runPause(each, { for: '1h', end: true, all: false }));
    await parsed(healthSchema, health());
    const snoozed = await golden((each) => runSnooze(each, 'api', { for: '30m', end: false }));
    expect(snoozed).toMatchObject({ code: 0, out: 'api: notices are held back for 30m.\n' });
    expect(await golden((each) => runSnooze(each, 'nobody', { for: '30m', end: false }))).toMatchObject({ code: 2 });
  });

  it('runs a command on this machine for a check once it was read and allowed', async () => {
    const declared = `health: { services: { api: { probe: { command: { run: [sh, -c, 'echo > seen'], in: host } } } } }\n`;
    const file = join(folder, 'golden.yml');
    const before = await readFile(file, 'utf8');
    const allow = (change: { readonly yes?: boolean; readonly withdraw?: boolean } = {}): Run => {
      return (context) => runAllow(context, 'api', { yes: false, withdraw: false, ...change });
    };
    const seen = (): Promise<boolean> =>
      access(join(folder, 'seen')).then(
        () => true,
        () => false,
      );
    expect(await golden(allow())).toMatchObject({ code: 2, err: expect.stringContaining('runs no command') });
    await writeFile(file, `version: 1\n${declared}`);
    const asked = await waitFor(
      async () => {
        const result = await golden(allow());
        return result.code === 4 && result;
      },
      { what: 'the file is read' },
    );
    // Nobody is there to answer: the command is shown, and it is not allowed.
    expect(asked.err).toContain(`sh -c 'echo > seen'\nin ${folder}`);
    expect((await golden(health(['api']))).out).toContain('nobody has allowed that yet');
    expect(await golden((context) => runProbe(context, 'api', {}))).toMatchObject({ code: 1 });
    expect(await seen()).toBe(false);

    expect(await golden(allow({ yes: true }))).toMatchObject({ code: 0, out: 'api: its command is allowed.\n' });
    expect(await golden((context) => runProbe(context, 'api', {}))).toMatchObject({ code: 0 });
    expect(await seen()).toBe(true);

    const withdrawn = z.object({ run: z.array(z.string()), folder: z.string(), allowed: z.literal(false) });
    expect(await parsed(withdrawn, allow({ withdraw: true }))).toMatchObject({
      run: ['sh', '-c', 'echo > seen'],
      folder,
    });
    expect(await golden((context) => runProbe(context, 'api', {}))).toMatchObject({ code: 1 });
    await writeFile(file, before);
    await parsed(healthSchema, health());
  });

  it('answers truly with an engine of its own', async () => {
    await stopEngine();
    await parsed(healthSchema, health());
    await crash('worker');
    const down = await parsed(healthSchema, health(), 1);
    expect(down.services.find((each) => each.service === 'worker')).toMatchObject({ state: 'down' });
    const [open] = await parsed(z.array(incidentSchema), incidents(undefined, { open: true }));
    expect(open).toMatchObject({ service: 'worker', to: null });
    const acknowledged = await parsed(incidentSchema, (each) => runAcknowledge(each, open!.id));
    expect(acknowledged.acknowledgedAt).not.toBeNull();
    // What is put off is put off for the next engine too.
    const later = Date.now() + 1_800_000;
    expect(await golden((each) => runPause(each, { for: '1h', end: false, all: false }))).toMatchObject({ code: 0 });
    expect(await golden((each) => runSnooze(each, 'api', { for: '1h', end: false }))).toMatchObject({ code: 0 });
    await startEngine();
    const { pausedUntil, snoozes } = await watchState();
    expect(pausedUntil[environment]).toBeGreaterThan(later);
    expect(snoozes).toEqual([{ environment, service: 'api', until: expect.any(Number) }]);
    expect(await golden((each) => runPause(each, { for: '1h', end: true, all: false }))).toMatchObject({ code: 0 });
    await stopEngine();
  });
});
