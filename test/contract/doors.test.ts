import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRouter } from '../../electron/doors/router.ts';
import { AppError } from '../../shared/errors.ts';
import { type KnownApi, knownApi, knownError } from './doors-api.ts';
import { doorKinds, type OpenDoor } from './doors-kinds.ts';

async function failure(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => new Error('It did not fail.'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw error;
  return error;
}

describe.each(doorKinds)('door: $name', (kind) => {
  let known: KnownApi;
  let door: OpenDoor;
  beforeEach(async () => {
    known = knownApi();
    door = await kind.open(createRouter({ api: known.api, checkOutputs: true }));
  });
  afterEach(() => door.close());

  it('carries a call and its answer', async () => {
    expect(await door.client.system.hello()).toMatchObject({ version: '1.2.3', epoch: 'e1' });
    expect(await door.client.settings.set({ undoHours: 48 })).toMatchObject({ theme: 'dark', undoHours: 48 });
  });

  it('refuses bad input and names the place', async () => {
    const error = await failure(door.client.golden.capture({ environmentId: 'shop/main', purpose: 7 as never }));
    expect(error.code).toBe('input.invalid');
    expect(error.details).toMatchObject({ procedure: 'golden.capture', issues: [{ path: 'purpose' }] });
    const nested = await failure(
      door.client.environments.up({ environmentId: 'shop/main', services: ['db', null as never] }),
    );
    expect(nested.details).toMatchObject({ issues: [{ path: 'services[1]' }] });
    const none = await failure(door.client.golden.capture(undefined as never));
    expect(none.code).toBe('input.invalid');
  });

  it('carries an error whole', async () => {
    const error = await failure(door.client.environments.up({ environmentId: 'shop/main' }));
    expect(error.toShape()).toEqual(knownError.toShape());
  });

  it('makes anything unexpected an internal error', async () => {
    const error = await failure(door.client.system.diagnostics());
    expect(error.code).toBe('internal');
    expect(error.message).toContain('boom');
  });

  it('does not let through an answer that breaks the contract', async () => {
    const error = await failure(door.client.engines.list());
    expect(error.code).toBe('internal');
    expect(error.message).toContain('engines.list');
    expect(error.message).toContain('[0].id');
  });

  it('answers a procedure that does not exist with an error', async () => {
    const client = door.client as unknown as Record<string, Record<string, () => Promise<unknown>>>;
    await expect(Promise.resolve().then(() => client['system']?.['nothing']?.())).rejects.toThrow();
    expect(await door.client.system.hello()).toMatchObject({ epoch: 'e1' });
  });

  it('streams in order and ends the engine’s side when the reader leaves', async () => {
    const seen: number[] = [];
    for await (const event of await door.client.state.watch({})) {
      seen.push(event.seq);
      if (seen.length === 1000) break;
    }
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    await vi.waitFor(() => expect(known.ended()).toBe(1));
  });

  it('ends a waiting stream when its caller gives up', async () => {
    const caller = new AbortController();
    const stream = await door.client.state.watch({}, { signal: caller.signal });
    for (let count = 0; count < 2000; count += 1) await stream.next();
    const waiting = failure(stream.next().then(() => undefined));
    caller.abort();
    expect((await waiting).code).toBe('operation.cancelled');
    await vi.waitFor(() => expect(known.ended()).toBe(1));
  });

  it('lets go of a stream whose engine side does not listen', async () => {
    const stream = await door.client.state.watch({ since: { epoch: 'deaf', seq: 0 } });
    for (let count = 0; count < 2000; count += 1) await stream.next();
    const waiting = stream.next().catch(() => undefined);
    await stream.return?.();
    expect(await door.client.system.hello()).toMatchObject({ epoch: 'e1' });
    void waiting;
  });

  it('carries an error in the middle of a stream', async () => {
    const read = async (): Promise<void> => {
      for await (const _ of await door.client.state.watch({ since: { epoch: 'fails', seq: 0 } }));
    };
    expect((await failure(read())).toShape()).toEqual(knownError.toShape());
  });

  it('gives up at the deadline and tells the engine', async () => {
    const error = await failure(door.client.engines.doctor(undefined, { context: { deadlineMs: 30 } }));
    expect(error.code).toBe('operation.timeout');
    expect(error.message).toContain('engines.doctor');
    await vi.waitFor(() => expect(known.waiting.map((signal) => signal.aborted)).toEqual([true]));
  });

  it('asks who calls', async () => {
    const work = door.client.desktop.pickFolder({ title: 'Choose' });
    if (kind.actor.door === 'window') expect(await work).toEqual({ folder: '/chosen' });
    else expect((await failure(work)).code).toBe('unauthorized');
  });

  it('fails at once when the connection is gone', async () => {
    if (door.cut === undefined) return;
    const stream = await door.client.state.watch({});
    for (let count = 0; count < 2000; count += 1) await stream.next();
    const waiting = [failure(door.client.engines.doctor()), failure(stream.next().then(() => undefined))];
    await vi.waitFor(() => expect(known.waiting).toHaveLength(1));
    door.cut();
    for (const error of await Promise.all(waiting)) expect(error.code).toBe('engine.disconnected');
    expect((await failure(door.client.system.hello())).code).toBe('engine.disconnected');
    await vi.waitFor(() => expect(known.ended()).toBe(1));
  });
});
