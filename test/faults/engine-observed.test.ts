import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEngines, type Engines } from '../../electron/engine/engines/engines.ts';
import { systemClock } from '../../electron/engine/platform/clock.ts';
import { systemSurroundings } from '../../electron/engine/providers/docker/surroundings.ts';
import type { ContainerEvent, ContainerInfo } from '../../electron/engine/providers/provider.ts';
import type { EngineView } from '../../shared/contract/engines.ts';
import { fixtureImages } from '../support/docker.ts';
import { type PrivateEngine, startPrivateEngine } from '../support/private-engine.ts';
import { waitFor } from '../support/wait.ts';

/** An engine that is killed, frozen and started again under our eyes: what we say of it, and that we see it all again. */

const project = 'gh-observed';
let engine: PrivateEngine;
let engines: Engines | undefined;
let stop = new AbortController();

beforeAll(async () => {
  engine = await startPrivateEngine({ images: ['tools'] });
});
afterAll(async () => {
  await engine?.remove();
});
afterEach(() => {
  stop.abort(new Error('the test is over'));
  stop = new AbortController();
  engines?.close();
  engines = undefined;
});

async function open(host = engine.host): Promise<Engines> {
  engines = createEngines({
    surroundings: { ...systemSurroundings(), environment: { ...process.env, DOCKER_HOST: host } },
    clock: systemClock,
    chosenId: () => 'environment',
    choose: () => undefined,
    doctor: {
      nodeVersion: process.version,
      dataFolder: '/tmp',
      runProcess: () => Promise.reject(new Error('not here')),
      storeSpace: async () => null,
    },
  });
  await engines.start();
  return engines;
}

/** What a window would show: kept up to date from the events alone. */
function picture(from: Engines): { containers: Map<string, ContainerInfo>; kinds: string[] } {
  const containers = new Map<string, ContainerInfo>();
  const kinds: string[] = [];
  const read = async (events: AsyncIterable<ContainerEvent>): Promise<void> => {
    for await (const event of events) {
      kinds.push(event.kind);
      if (event.kind === 'snapshot') {
        containers.clear();
        for (const container of event.containers) {
          expect(containers.has(container.id), 'a container comes once').toBe(false);
          containers.set(container.id, container);
        }
      } else if (event.kind === 'changed') containers.set(event.container.id, event.container);
      else if (event.kind === 'removed') containers.delete(event.id);
    }
  };
  read(from.watch(stop.signal)).catch(() => undefined);
  return { containers, kinds };
}

function selected(from: Engines): EngineView {
  const view = from.selected();
  if (view === undefined) throw new Error('no engine is selected');
  return view;
}

async function runContainer(name: string): Promise<string> {
  const container = await engine.docker.createContainer({
    name,
    Image: fixtureImages.tools,
    Cmd: ['sleep', 'infinity'],
    StopSignal: 'SIGKILL',
    Labels: { 'com.docker.compose.project': project, 'com.docker.compose.service': name },
    HostConfig: { NetworkMode: 'none' },
  });
  await container.start();
  return container.id;
}

describe('an engine under our eyes', () => {
  it('that freezes is not responding within 5 s, fails calls at once, and is all there again when it thaws', async () => {
    const id = await runContainer('frozen');
    const from = await open();
    const seen = picture(from);
    await waitFor(() => seen.containers.get(id)?.state === 'running', { what: 'the container on show' });
    engine.freeze();
    try {
      await waitFor(() => selected(from).state === 'not-responding', {
        what: '"not responding" on show',
        deadlineMs: 5000,
        intervalMs: 20,
      });
      expect(selected(from).problem?.remedy).toMatch(/restart/);
      expect(selected(from).version, 'what we knew of it stays on show').not.toBeNull();
      await waitFor(() => seen.kinds.at(-1) === 'lost', { what: 'the picture marked as lost' });
      expect(() => from.current()).toThrow(expect.objectContaining({ code: 'docker.not-responding' }));
    } finally {
      engine.thaw();
    }
    await waitFor(() => selected(from).state === 'available', { what: 'the engine back on show' });
    await waitFor(() => seen.kinds.at(-1) !== 'lost', { what: 'a new snapshot' });
    expect(seen.kinds.filter((kind) => kind === 'lost')).toHaveLength(1);
    expect(seen.containers.get(id)?.state).toBe('running');
    // What happens now is pushed again.
    await engine.docker.getContainer(id).remove({ force: true });
    await waitFor(() => !seen.containers.has(id), { what: 'the removal seen' });
  });

  it('tells what it reported while nobody listened, before its picture, and once', async () => {
    const id = await runContainer('unseen');
    const since = new Date().toISOString();
    await engine.docker.getContainer(id).exec({ Cmd: ['true'] });
    await engine.docker.getContainer(id).kill();
    await engine.docker.getContainer(id).wait();
    const from = await open();
    const heard: string[] = [];
    const read = async (): Promise<void> => {
      for await (const event of from.watch(stop.signal, ({ action }) => heard.push(action), since))
        heard.push(event.kind);
    };
    read().catch(() => undefined);
    await waitFor(() => heard.includes('snapshot'), { what: 'a picture' });
    // Its start may have been in the same millisecond.
    expect(heard.slice(0, heard.indexOf('snapshot')).filter((each) => each !== 'start')).toEqual(['kill', 'die']);
    await engine.docker.getContainer(id).start();
    await waitFor(() => heard.lastIndexOf('start') > heard.indexOf('snapshot'), { what: 'its start is reported' });
    expect(heard.filter((each) => each === 'kill' || each === 'die')).toHaveLength(2);
    await engine.docker.getContainer(id).remove({ force: true });
  });

  it('that is killed is gone at once; what changed meanwhile is seen when it is back, nothing twice', async () => {
    const kept = await runContainer('kept');
    const from = await open();
    const seen = picture(from);
    await waitFor(() => seen.containers.get(kept)?.state === 'running', { what: 'the container on show' });
    await engine.kill();
    await waitFor(() => selected(from).state === 'gone', { what: '"gone" on show', deadlineMs: 2000, intervalMs: 20 });
    await waitFor(() => seen.kinds.at(-1) === 'lost', { what: 'the picture marked as lost' });
    await expect(
      from
        .current()
        .call('list containers', { signal: stop.signal }, (docker, abortSignal) =>
          docker.listContainers({ abortSignal }),
        ),
    ).rejects.toMatchObject({ code: 'docker.gone' });
    await engine.start();
    // A dockerd that comes back without live restore has ended its containers.
    await waitFor(() => seen.containers.get(kept)?.state === 'exited', { what: 'the ended container on show' });
    expect(selected(from).state).toBe('available');
    expect(seen.kinds.filter((kind) => kind === 'lost')).toHaveLength(1);
    expect([...seen.containers.keys()].filter((id) => id === kept)).toHaveLength(1);
    await engine.docker.getContainer(kept).remove({ force: true });
    await waitFor(() => !seen.containers.has(kept), { what: 'the removal seen' });
  });

  it('a single call that hangs fails by its own deadline while others work', async () => {
    const from = await open();
    const client = from.current();
    const id = await runContainer('waiting');
    const hanging = client.call('end its wait', { signal: stop.signal, timeoutMs: 300 }, (docker, abortSignal) =>
      docker.getContainer(id).wait({ abortSignal }),
    );
    const other = client.call('list', { signal: stop.signal }, (docker, abortSignal) =>
      docker.listContainers({ abortSignal }),
    );
    await expect(hanging).rejects.toMatchObject({ code: 'docker.not-responding' });
    expect((await other).map((container) => container.Id)).toContain(id);
    expect(selected(from).state).toBe('available');
    const given = new AbortController();
    const aborted = client.call('end its wait', { signal: given.signal }, (docker, abortSignal) =>
      docker.getContainer(id).wait({ abortSignal }),
    );
    given.abort(new Error('no longer wanted'));
    await expect(aborted).rejects.toThrow('no longer wanted');
    await engine.docker.getContainer(id).remove({ force: true });
  });
});
