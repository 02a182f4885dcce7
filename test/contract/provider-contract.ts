import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EnvironmentTarget, Progress, StackRuntime } from '../../electron/engine/providers/provider.ts';
import type { Plan } from '../../shared/contract/environments.ts';
import { AppError } from '../../shared/errors.ts';

/**
 * An environment of two services of any provider: `db` with a data volume and a health check, and `app`, which waits for
 * `db` to be healthy.
 */
export interface ProviderSubject {
  readonly runtime: StackRuntime;
  target(): Promise<EnvironmentTarget>;
  plan(action: Plan['action'], options?: { services?: string[]; volumes?: boolean }): Promise<Plan>;
  /** Runs a stack operation to its end. */
  run(
    kind: 'up' | 'stop' | 'restart' | 'down' | 'remove',
    input?: Record<string, unknown>,
  ): Promise<{ readonly state: 'done' } | { readonly state: 'failed'; readonly error: unknown }>;
  /** Declares `app` as: as it was first; with another setting; ending at once with an error. */
  declare(app: 'first' | 'other' | 'broken'): Promise<void>;
  /** Stores and reads a word in `db`'s volume, through `db`. */
  writeData(word: string): Promise<void>;
  readData(): Promise<string>;
  /** Anything of the environment that the provider still holds: containers, networks, volumes. */
  left(): Promise<{ readonly running: number; readonly parts: number; readonly data: number }>;
  dispose(): Promise<void>;
}

const quiet: Progress = { progress: () => undefined, detail: () => undefined, log: () => undefined };
const soon = (): AbortSignal => AbortSignal.timeout(60_000);

/** What every provider must do the same way. */
export function providerContract(name: string, make: () => Promise<ProviderSubject>): void {
  describe(`provider contract: ${name}`, () => {
    let subject: ProviderSubject;

    beforeAll(async () => {
      subject = await make();
    });
    afterAll(async () => {
      await subject.dispose();
    });

    const done = async (
      kind: Parameters<ProviderSubject['run']>[0],
      input?: Record<string, unknown>,
    ): Promise<void> => {
      const ended = await subject.run(kind, input);
      if (ended.state === 'failed') throw ended.error;
    };
    const states = async (): Promise<Record<string, string>> => {
      const containers = await subject.runtime.containers(await subject.target(), soon());
      return Object.fromEntries(containers.map((each) => [each.service, each.state]));
    };

    it('plans without touching anything', async () => {
      const plan = await subject.plan('up');
      expect(plan.problems).toEqual([]);
      expect(plan.changes.filter((each) => each.action === 'create' && each.service !== null)).toHaveLength(2);
      expect(plan.hash).toBe((await subject.plan('up')).hash);
      expect(await subject.left()).toEqual({ running: 0, parts: 0, data: 0 });
    });

    it('brings everything up, dependencies first, and then has nothing to do', async () => {
      await done('up');
      const containers = await subject.runtime.containers(await subject.target(), soon());
      const at = (service: string): number =>
        Date.parse(containers.find((each) => each.service === service)?.startedAt ?? '');
      expect(at('db')).toBeLessThan(at('app'));
      expect(containers.find((each) => each.service === 'db')?.health?.status).toBe('healthy');
      expect((await subject.plan('up')).changes).toEqual([]);
      await done('up');
      const again = await subject.runtime.containers(await subject.target(), soon());
      expect(again.map((each) => [each.id, each.startedAt])).toEqual(
        containers.map((each) => [each.id, each.startedAt]),
      );
    });

    it('pauses and resumes, as often as it is told', async () => {
      const ids = (await subject.runtime.containers(await subject.target(), soon())).map((each) => each.id);
      for (let twice = 0; twice < 2; twice++) await subject.runtime.pause(ids, soon());
      expect(await states()).toEqual({ app: 'paused', db: 'paused' });
      for (let twice = 0; twice < 2; twice++) await subject.runtime.unpause(ids, soon());
      expect(await states()).toEqual({ app: 'running', db: 'running' });
    });

    it('stops and starts what is there, as often as it is told', async () => {
      const target = await subject.target();
      for (let twice = 0; twice < 2; twice++) await subject.runtime.stop(target, undefined, quiet, soon());
      expect(await states()).toEqual({ app: 'exited', db: 'exited' });
      for (let twice = 0; twice < 2; twice++) await subject.runtime.start(target, undefined, quiet, soon());
      expect(await states()).toEqual({ app: 'running', db: 'running' });
      const gate = await subject.runtime.waitHealthy(target, undefined, 30_000, quiet, soon());
      expect(gate).toMatchObject({ passed: true, failures: [] });
    });

    it('works on the named service alone', async () => {
      await done('stop', { services: ['app'] });
      expect(await states()).toEqual({ app: 'exited', db: 'running' });
      await done('restart', { services: ['app'] });
      expect(await states()).toEqual({ app: 'running', db: 'running' });
      const refused = await subject.run('stop', { services: ['nobody'] });
      expect(refused).toMatchObject({ state: 'failed', error: { code: 'input.not-found' } });
    });

    it('recreates what changed and keeps the data', async () => {
      await subject.writeData('kept');
      await subject.declare('other');
      const plan = await subject.plan('up');
      expect(plan.changes).toMatchObject([{ service: 'app', action: 'recreate', cost: 'recreate' }]);
      await done('up', { planHash: plan.hash });
      expect(await subject.readData()).toBe('kept');
      const stale = await subject.run('up', { planHash: plan.hash });
      expect(stale).toMatchObject({ state: 'failed', error: { code: 'plan.stale' } });
    });

    it('goes back to what ran when the new one does not come up', async () => {
      const before = await states();
      await subject.declare('broken');
      const ended = await subject.run('up');
      expect(ended).toMatchObject({ state: 'failed', error: { code: 'docker.container-exited' } });
      expect(await states()).toEqual(before);
      await subject.declare('other');
      expect((await subject.plan('up')).changes).toEqual([]);
    });

    it('leaves with the reason when it is cancelled', async () => {
      const reason = new AppError({ code: 'operation.cancelled', message: 'Cancelled.', remedy: 'None.' });
      const target = await subject.target();
      await expect(subject.runtime.stop(target, undefined, quiet, AbortSignal.abort(reason))).rejects.toBe(reason);
      await expect(subject.runtime.containers(target, AbortSignal.abort(reason))).rejects.toBe(reason);
    });

    it('goes down without its data, and with it only when that was agreed to', async () => {
      await done('down');
      expect(await subject.left()).toEqual({ running: 0, parts: 0, data: 1 });
      await done('up');
      expect(await subject.readData()).toBe('kept');
      const refused = await subject.run('remove', { volumes: true });
      expect(refused).toMatchObject({ state: 'failed', error: { code: 'guard.refused' } });
      const plan = await subject.plan('remove', { volumes: true });
      expect(plan.changes.some((each) => each.resource === 'volume' && each.cost === 'data')).toBe(true);
      await done('remove', { volumes: true, planHash: plan.hash });
      expect(await subject.left()).toEqual({ running: 0, parts: 0, data: 0 });
    });
  });
}
